/* The videos of a report. One that is chosen is kept on this phone first and goes up from there (outgoing.js), in pieces
   and after the photos, so that it outlives a reload and a network that is gone; once there, its card says how far the
   conversion is. Without this file the form carries them, and loading the page again shows how far they are. */

import * as outbox from "./outbox.js";
import { drop, kick, retry } from "./outgoing.js";
import { card, turn } from "./tray.js";

const ASK_EVERY = 5000;
const section = document.getElementById("video-section");
const form = document.getElementById("report");
if (section && form) receive(form, section);
if (section) watch(section);

function watch(section) {
  const unsettled = () => [...section.querySelectorAll("[data-video-id]")].filter((item) => !["ready", "failed"].includes(item.dataset.state));
  const ask = async () => {
    if (!document.hidden && unsettled().length) {
      try {
        const answer = await fetch(section.dataset.videos, { headers: { Accept: "application/json" } });
        if (answer.ok) for (const video of (await answer.json()).videos) tell(video);
      } catch { /* no network: asked again later */ }
    }
    setTimeout(ask, ASK_EVERY);
  };
  const tell = (video) => {
    const item = section.querySelector(`[data-video-id="${video.id}"]`);
    if (!item || item.dataset.state === video.state && video.state !== "converting") return;
    item.dataset.state = video.state;
    const said = item.querySelector("[data-film-said]"), bar = item.querySelector("progress");
    if (said) said.textContent = video.said;
    if (bar) { bar.value = video.percent; bar.hidden = ["ready", "failed"].includes(video.state); }
    if (item.dataset.lamp) item.dataset.lamp = { ready: "green", failed: "red" }[video.state] ?? "yellow";
  };
  setTimeout(ask, ASK_EVERY);
}

function receive(form, section) {
  const words = section.dataset;
  const tray = document.getElementById("video-tray");
  const uploads = new Map();                               // by id, and by itself before it has one
  const place = { report: form.dataset.report, title: form.dataset.title, page: location.pathname, uploads: form.dataset.uploads, photos: words.videos };

  const onTheirWay = () => [...uploads.values()].filter((each) => each.state !== "refused");
  const received = () => tray.querySelectorAll("[data-video-id]").length;
  const arrange = () => {
    const full = Number(words.most) <= received();
    document.getElementById("video-picker").hidden = full;
    document.getElementById("video-room").hidden = !full;
    form.dataset.uploadingFilms = onTheirWay().length;
    form.dataset.unkeptFilms = onTheirWay().filter((each) => !each.kept).length;
    form.dispatchEvent(new Event("uploads"));
  };
  const say = (upload, state, facts) => { turn(upload, state, facts); arrange(); };
  const forget = (upload) => { for (const key of [upload, upload.id]) uploads.delete(key); arrange(); };

  const begin = ({ name, bytes }) => {
    const upload = card(name, bytes.size, {
      again: (each) => { say(each, "waiting"); retry(each.id); },
      cancel: (each) => {
        each.cancelled = true;
        if (each.id) drop(each.id);
        each.item.remove();
        form.elements.videos.focus();
        forget(each);
      },
    });
    tray.append(upload.item);
    return upload;
  };

  /* By its name, size and ends a file is known again that is too large to be hashed, so that it goes on where it was. */
  const markOf = async (file) => {
    const ends = [file.slice(0, 65536), file.slice(-65536)], said = `${file.name} ${file.size} ${file.lastModified}`;
    return outbox.hashOf(await new Blob([said, ...ends]).arrayBuffer());
  };
  const choose = async (file) => {
    const upload = begin({ name: file.name, bytes: file });
    uploads.set(upload, upload);
    if (file.size > Number(words.bytes)) { say(upload, "refused", { said: words.tooLarge }); return; }
    say(upload, "keeping");
    const mark = await markOf(file).catch(() => "");
    const kept = await outbox.add({ ...place, field: "videos", name: file.name, bytes: new Blob([file], { type: file.type }), sha256: "", mark });
    uploads.delete(upload);
    if (upload.cancelled) { drop(kept.id); return; }
    Object.assign(upload, { id: kept.id, kept: kept.kept });
    uploads.set(upload.id, upload);
    say(upload, "waiting");
  };

  const taken = (upload, said) => {
    upload.item.remove();
    if (!said.removed && !tray.querySelector(`[data-video-id="${said.video}"]`)) {
      const parsed = document.createElement("template");
      parsed.innerHTML = said.html;
      tray.append(parsed.content.querySelector("li"));
    }
    forget(upload);
  };
  document.addEventListener("outgoing", ({ detail }) => {
    if (["offline", "signed-out"].includes(detail.state)) {  // what waits behind it waits for the same
      for (const each of uploads.values()) if (each.state === "waiting") say(each, detail.state);
    }
    const upload = uploads.get(detail.id);
    if (!upload) return;
    if (detail.state === "taken") taken(upload, detail.answer);
    else say(upload, detail.state, detail);
  });

  form.addEventListener("change", async (event) => {
    const input = event.target;
    if (input.name !== "videos" || !input.files.length) return;
    const room = Number(words.most) - received() - onTheirWay().length;
    const files = [...input.files].slice(0, Math.max(room, 0));
    input.value = "";                                      // the form itself must not carry them again
    const said = input.closest(".picker")?.querySelector("[data-chosen]");
    if (said) said.textContent = "";
    for (const file of files) await choose(file);
    kick();
  });

  /* What was chosen before this page was loaded. */
  const restore = async () => {
    const kept = (await outbox.list()).filter((each) => each.report === place.report && each.field === "videos");
    for (const each of kept.filter(({ id }) => !uploads.has(id))) {
      const upload = Object.assign(begin(each), { id: each.id, kept: each.kept });
      uploads.set(each.id, upload);
      if (each.refused) say(upload, "refused", { said: each.refused, again: true });
      else say(upload, "waiting");
    }
    kick();
  };
  restore();

  /* What was chosen while this script was still on its way. */
  for (const input of form.querySelectorAll("input[name=videos]")) {
    if (input.files.length) input.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
