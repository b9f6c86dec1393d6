/* The tray of a report. A photo that is chosen is kept on this phone first and goes up from there (outgoing.js), so that
   it outlives a reload, a closed page and a network that is gone. Without this file the form carries the photos. */

import * as outbox from "./outbox.js";
import { drop, kick, retry } from "./outgoing.js";
import { card as blankCard, turn as turnCard } from "./tray.js";

const form = document.getElementById("report");
if (form) receive(form);

function receive(form) {
  const words = document.getElementById("report-words").dataset;
  const tray = document.getElementById("tray");
  const count = document.getElementById("tray-state");
  const room = document.getElementById("tray-room");
  const uploads = new Map();                               // by id, and by itself before it has one: {id, item, replaced, preview, state, kept}
  let surplus = false;

  const turn = (upload, state, facts = {}) => { turnCard(upload, state, facts); tell(); };

  const tell = () => {
    const waiting = [...uploads.values()].filter((each) => each.state !== "refused");
    const received = tray.querySelectorAll("[data-photo-id]").length;
    form.dataset.uploading = waiting.length;
    form.dataset.unkept = waiting.filter((each) => !each.kept).length;
    count.textContent = [received ? words.received.replace("#", received) : "", waiting.length ? words.pending.replace("#", waiting.length) : "",
      surplus ? words.tooMany : ""].filter(Boolean).join("　");
    if (room) {
      room.hidden = received < Number(form.dataset.most);
      document.getElementById("tray-picker").hidden = !room.hidden;
    }
    form.dispatchEvent(new Event("uploads"));
  };

  /* The photo as the server shows it takes the place of the file, and of the photo it replaces. */
  const taken = (upload, said) => {
    const parsed = document.createElement("template");
    parsed.innerHTML = said.html;
    const item = parsed.content.querySelector("li");
    const typed = upload.replaced?.querySelector("input[id^=caption-]")?.value;
    if (said.removed || tray.querySelector(`[data-photo-id="${said.photo}"]`)) upload.item.remove();   // here already, or taken away since
    else if (upload.replaced) upload.item.replaceWith(item);
    else {
      const before = [...tray.querySelectorAll("[data-photo-id]")].at(-1);
      upload.item.remove();
      if (before) before.after(item); else tray.prepend(item);
    }
    upload.replaced?.remove();
    forget(upload);
    const day = item.querySelector("input[id^=taken_on-]");
    if (upload.takenOn && day && !day.value) {              // the camera of this page writes nothing into its pictures
      day.value = upload.takenOn;
      day.dispatchEvent(new Event("input", { bubbles: true }));
    }
    const caption = item.querySelector("input[id^=caption-]");
    if (typed && caption && caption.value !== typed) {
      caption.value = typed;
      caption.dispatchEvent(new Event("input", { bubbles: true }));
    }
    form.dispatchEvent(new Event("tray"));
  };
  const forget = (upload) => {
    for (const key of [upload, upload.id]) uploads.delete(key);
    URL.revokeObjectURL(upload.preview);
    tell();
  };

  const card = ({ name, bytes, field, takenOn }) => {
    const input = form.elements[field];
    const replaced = input?.closest?.("[data-returned]") ?? null;
    const upload = blankCard(name, bytes.size, {
      again: (each) => { turn(each, "waiting"); retry(each.id); },
      cancel: (each) => {
        each.cancelled = true;
        if (each.id) drop(each.id);
        each.item.remove();
        (input?.focus ? input : form.elements.photos)?.focus?.();
        forget(each);
      },
    });
    Object.assign(upload, { replaced, takenOn, preview: URL.createObjectURL(bytes) });
    const picture = new Image();
    picture.alt = "";
    picture.onload = () => upload.item.querySelector(".thumb").replaceChildren(picture);
    picture.src = upload.preview;
    if (replaced) replaced.after(upload.item); else tray.append(upload.item);
    return upload;
  };

  const place = { report: form.dataset.report, title: form.dataset.title, page: location.pathname, uploads: form.dataset.uploads, photos: form.dataset.photos };
  const choose = async (file, field, takenOn) => {
    const upload = card({ name: file.name, bytes: file, field, takenOn });
    uploads.set(upload, upload);
    if (file.size > Number(form.dataset.bytes)) { turn(upload, "refused", { said: words.tooLarge }); return; }
    turn(upload, "keeping");
    let content;
    try { content = await file.arrayBuffer(); } catch { turn(upload, "refused", { said: words.unreadable }); return; }
    const bytes = new Blob([content], { type: file.type });  // a copy: the file itself may be gone tomorrow
    const beside = form.captured?.get(file);               // what capture.js knows of it, or will
    const kept = await outbox.add({ ...place, field, takenOn, name: file.name, bytes, sha256: await outbox.hashOf(content), more: beside ? outbox.soon() : 0 });
    uploads.delete(upload);
    if (upload.cancelled) { drop(kept.id); return; }
    Object.assign(upload, { id: kept.id, kept: kept.kept });
    uploads.set(upload.id, upload);
    if (beside) await outbox.change(kept, { beside: await beside, more: 0 });
    turn(upload, "waiting");
  };

  document.addEventListener("outgoing", ({ detail }) => {
    const upload = uploads.get(detail.id);
    if (!upload) return;
    if (detail.state === "taken") taken(upload, detail.answer);
    else turn(upload, detail.state, detail);
    if (detail.state === "offline" || detail.state === "signed-out") {   // what waits behind it waits for the same
      for (const each of uploads.values()) if (each.state === "waiting") turn(each, detail.state);
    }
  });

  form.addEventListener("change", async (event) => {
    const input = event.target;
    if (input.type !== "file" || input.name === "videos" || !input.files.length) return;
    const left = input.multiple ? Number(form.dataset.most) - tray.querySelectorAll("[data-photo-id]").length - Number(form.dataset.uploading ?? 0) : 1;
    const files = [...input.files], { name } = input, { takenOn } = input.dataset;
    input.value = "";                                      // the form itself must not carry them again
    const said = input.closest(".picker")?.querySelector("[data-chosen]");
    if (said) said.textContent = "";
    surplus = files.length > left;
    for (const file of files.slice(0, Math.max(left, 0))) await choose(file, name, takenOn);
    tell();
    kick();
  });
  form.addEventListener("tray", tell);

  /* What was chosen before this page was loaded. */
  const restore = async () => {
    for (const kept of (await outbox.list()).filter((each) => each.report === form.dataset.report && each.field !== "videos")) {
      if (uploads.has(kept.id)) continue;
      const upload = Object.assign(card(kept), { id: kept.id, kept: kept.kept });
      uploads.set(kept.id, upload);
      if (kept.refused) turn(upload, "refused", { said: kept.refused, again: true });
      else turn(upload, "waiting");
    }
    kick();
  };
  restore();

  /* What was chosen while this script was still on its way. */
  for (const input of form.querySelectorAll("input[type=file]:not([name=videos])")) {
    if (input.files.length) input.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
