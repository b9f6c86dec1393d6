/* A report saves itself while it is written. Without this file the same form works by its buttons. */

import * as outbox from "./outbox.js";

const form = document.getElementById("report");
const finished = document.querySelector("[data-report-finished]");

if (finished) outbox.forgetDraft(finished.dataset.reportFinished);
if (form) write(form);

function write(form) {
  const words = document.getElementById("report-words").dataset;
  const state = document.getElementById("save-state");
  const tray = document.getElementById("tray");
  const signIn = document.getElementById("sign-in-again");
  const { report, title, most, bytes, uploads, photos } = form.dataset;
  let unsaved = false, leaving = false, turnedAway = false, timer = 0, edits = 0;
  let saving = Promise.resolve(true);

  document.documentElement.classList.add("scripted");
  const say = (text) => { state.textContent = text; };

  /* What was typed, by field name. */
  const typed = () => Object.fromEntries([...new FormData(form)]
    .filter(([name, value]) => typeof value === "string" && !["csrf_token", "version", "key"].includes(name)));
  const keep = () => outbox.keepWords(report, typed());
  const forget = () => outbox.forgetWords(report);
  outbox.knowDraft({ report, title, most, bytes, uploads, photos, page: location.pathname });   // can be gone on with without a network

  /* The sentence under a field, put there and taken away as the server says. */
  const mark = (problems) => {
    for (const old of form.querySelectorAll(".error[data-said]")) {
      const control = document.getElementById(old.dataset.said);
      control?.removeAttribute("aria-invalid");
      control?.closest(".field")?.classList.remove("wrong");
      old.remove();
    }
    for (const [name, said] of Object.entries(problems)) {
      const control = document.getElementById(name);
      const field = control?.closest(".field");
      if (!field || field.querySelector(".error")) continue;
      const error = document.getElementById("field-error").content.firstElementChild.cloneNode(true);
      error.id = `${name}-error`;
      error.dataset.said = name;
      error.querySelector("span").textContent = said;
      field.classList.add("wrong");
      control.setAttribute("aria-invalid", "true");
      control.setAttribute("aria-describedby", `${name}-hint ${name}-error`);
      (control.closest(".with-unit") ?? control).before(error);
    }
  };

  const refused = (status) => {
    if ([400, 401, 403].includes(status)) {
      say(words.signedOut);
      signIn.hidden = false;
      if (!turnedAway) document.dispatchEvent(new Event("signed-out"));    // once: a door that stays shut is not knocked at for ever
      turnedAway = true;
    }
    else if (status === 409) say(words.elsewhere);
    else { say(words.notSaved); timer = setTimeout(save, 15000); }
    return null;
  };

  const send = async (act) => {
    const edit = edits;
    clearTimeout(timer);
    say(words.saving);
    const body = new URLSearchParams({ ...typed(), act, version: form.elements.version.value, csrf_token: form.elements.csrf_token.value });
    const answer = await fetch(form.dataset.draft, { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) return refused(answer?.status ?? 0);
    const said = await answer.json();
    turnedAway = false;
    signIn.hidden = true;
    form.elements.version.value = said.version;
    mark(said.problems);
    if (edit !== edits) { say(words.unsaved); return said; }   // typed on meanwhile: the next save takes that along
    unsaved = Object.keys(said.problems).length > 0;
    if (!unsaved) forget();
    say(words.saved.replace("#", said.saved));
    return said;
  };
  /* One at a time, so that no version overtakes another. */
  const save = (act = "save") => { saving = saving.then(() => send(act)).catch(() => refused(0)); return saving; };

  form.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    edits += 1;
    unsaved = true;
    keep();
    say(words.unsaved);
    clearTimeout(timer);
    timer = setTimeout(save, 1500);
  });
  addEventListener("online", () => { if (unsaved) save(); });
  document.addEventListener("signed-in", () => { if (unsaved) save(); });
  const onTheirWay = () => Number(form.dataset.uploading ?? 0) + Number(form.dataset.uploadingFilms ?? 0);
  addEventListener("beforeunload", (event) => {
    if (!leaving && (unsaved || Number(form.dataset.unkept ?? 0) > 0 || Number(form.dataset.unkeptFilms ?? 0) > 0)) event.preventDefault();
  });

  /* The order of the tray, and which arrows still lead somewhere. */
  const settle = () => {
    const items = [...(tray?.querySelectorAll("[data-photo-id]") ?? [])];
    items.forEach((item, index) => {
      for (const [act, edge] of [["earlier", 0], ["later", items.length - 1]]) {
        const button = item.querySelector(`[value^="${act}:"]`);
        if (button) button.disabled = index === edge;
      }
    });
  };
  const arrange = (ids) => {
    const items = new Map([...tray.querySelectorAll("[data-photo-id]")].map((item) => [Number(item.dataset.photoId), item]));
    tray.prepend(...ids.filter((id) => items.has(id)).map((id) => items.get(id)));   // what was refused stays below
    settle();
  };
  form.addEventListener("tray", settle);

  const removed = document.getElementById("removed");
  const takeAway = (item) => {
    item.remove();
    const undo = removed.querySelector("button");
    removed.querySelector("span").textContent = words.removed.replace("#", item.querySelector(".tray-name").textContent.split("　")[0]);
    removed.hidden = false;
    undo.onclick = async () => {
      const said = await save(`restore:${item.dataset.photoId}`);
      if (!said) return;
      removed.hidden = true;
      tray.append(item);
      arrange(said.photos);
      item.querySelector("input")?.focus();
      form.dispatchEvent(new Event("tray"));
    };
    undo.focus();
    settle();
    form.dispatchEvent(new Event("tray"));
  };
  form.addEventListener("click", async (event) => {
    const button = event.target.closest("button[name=act]");
    const item = button?.closest("[data-photo-id]");
    if (!item || !removed) return;
    event.preventDefault();
    const said = await save(button.value);
    if (!said) return;
    if (button.value.startsWith("remove:")) { takeAway(item); return; }
    arrange(said.photos);
    (button.disabled ? item.querySelector("button:not([disabled])") : button).focus();
  });

  /* The plain form goes off when nothing is on its way any more. */
  const uploaded = () => new Promise((done) => {
    const look = () => { if (!onTheirWay()) { form.removeEventListener("uploads", look); done(); } };
    form.addEventListener("uploads", look);
    look();
  });
  form.addEventListener("submit", (event) => {
    if (leaving) return;
    event.preventDefault();
    const { submitter } = event;
    clearTimeout(timer);
    const waiting = onTheirWay();
    say(waiting ? words.sendAfter.replace("#", waiting) : words.saving);
    Promise.all([uploaded(), saving]).then(() => setTimeout(() => {   // a form cannot be sent while it tells that it is
      clearTimeout(timer);
      if (!navigator.onLine) { say(words.notSaved); return; }          // the browser's own page would take this one's place
      leaving = true;
      form.requestSubmit(submitter);
    }));
  });
  signIn.addEventListener("click", () => { leaving = true; });       // what is unsaved is kept on this device
  addEventListener("pageshow", () => { leaving = false; });

  offer();

  /* Words that could not be saved last time are offered, never put in by themselves. */
  function offer() {
    const kept = outbox.keptWords(report);
    const notice = document.getElementById("kept-words");
    if (!kept || !notice) return;
    const now = typed();
    if (Object.entries(kept.fields).every(([name, value]) => !(name in now) || now[name] === value)) { forget(); return; }
    notice.querySelector("[data-kept-at]").textContent = new Date(kept.at).toLocaleString(document.documentElement.lang);
    notice.hidden = false;
    notice.querySelector("[data-restore]").onclick = () => {
      for (const [name, value] of Object.entries(kept.fields)) if (form.elements[name]) form.elements[name].value = value;
      notice.hidden = true;
      form.elements.done?.dispatchEvent(new Event("input", { bubbles: true }));
      save();
    };
    notice.querySelector("[data-forget]").onclick = () => { forget(); notice.hidden = true; };
  }
}
