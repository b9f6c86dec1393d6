/* Videos go up as soon as they are chosen, one after the other and in pieces, and say how far their conversion is. A page
   that was loaded anew goes on where it was when the same file is chosen once more. Without this file
   the form carries them, and loading the page again shows how far they are. */

import { Stopped, giveUp, send as sendOne } from "./sending.js";

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
  const blank = document.getElementById("tray-file").content.firstElementChild;
  const queue = [];
  let running = null;

  const show = (upload, text, icon, { tone = "", percent = null, retry = false } = {}) => {
    const { item } = upload;
    item.querySelector(".tray-state span").textContent = text;
    const use = item.querySelector(".tray-state use");
    use.setAttribute("href", `${use.getAttribute("href").split("#")[0]}#${icon}`);
    if (tone) item.dataset.lamp = tone; else delete item.dataset.lamp;
    const bar = item.querySelector("progress");
    bar.hidden = percent === null;
    bar.value = percent ?? 0;
    item.querySelector("[data-retry]").hidden = !retry;
  };
  const room = () => Number(words.most) - tray.querySelectorAll("[data-video-id]").length - queue.length - (running ? 1 : 0);
  const arrange = () => {
    const full = Number(words.most) <= tray.querySelectorAll("[data-video-id]").length;
    document.getElementById("video-picker").hidden = full;
    document.getElementById("video-room").hidden = !full;
    form.dataset.uploadingFilms = queue.length + (running ? 1 : 0);
    form.dispatchEvent(new Event("uploads"));
  };
  const next = () => {
    if (!running && queue.length) send(running = queue.shift());
    arrange();
  };
  const ended = () => { running = null; next(); };

  /* By its name, size and ends a file is known again that is too large to be hashed, so that it goes on where it was. */
  const markOf = async (file) => {
    const ends = [file.slice(0, 65536), file.slice(-65536)], said = `${file.name} ${file.size} ${file.lastModified}`;
    const digest = await crypto.subtle.digest("SHA-256", await new Blob([said, ...ends]).arrayBuffer());
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  };
  const send = async (upload) => {
    upload.stop = new AbortController();
    try {
      upload.mark ??= await markOf(upload.file).catch(() => "");
      upload.bytes = upload.file;
      arrived(upload, await sendOne(upload, {
        progress: (percent) => show(upload, words.sending.replace("#", percent), "up", { percent }),
        working: () => show(upload, words.working, "up", { percent: 100 }),
        signal: upload.stop.signal,
      }));
    } catch (error) {
      if (error instanceof Stopped) stopped(upload, error);
      else if (error?.name !== "AbortError") throw error;
    } finally {
      ended();
    }
  };
  const arrived = (upload, said) => {
    upload.item.remove();
    if (said.removed || tray.querySelector(`[data-video-id="${said.video}"]`)) return;
    const parsed = document.createElement("template");
    parsed.innerHTML = said.html;
    tray.append(parsed.content.querySelector("li"));
  };
  const stopped = (upload, { why, said }) => {
    if (why === "signed-out") document.dispatchEvent(new Event("signed-out"));
    const refused = why === "refused" && said;
    show(upload, refused ? words.refused.replace("#", said) : said || words.offline, "warn",
      { tone: refused ? "red" : "yellow", retry: !refused });
  };
  const again = () => {
    for (const item of tray.children) {
      const retry = item.querySelector("[data-retry]");
      if (retry && !retry.hidden) retry.click();
    }
  };
  addEventListener("online", again);
  document.addEventListener("signed-in", again);

  const choose = (file, input) => {
    const item = blank.cloneNode(true);
    const upload = { file, item, name: file.name, field: "videos", uploads: form.dataset.uploads, photos: words.videos };
    item.querySelector(".tray-name").textContent = `${file.name}　${(file.size / 1048576).toFixed(1)} MB`;
    item.querySelector("progress").setAttribute("aria-label", file.name);
    item.querySelector("[data-retry]").onclick = () => { queue.push(upload); next(); };
    item.querySelector("[data-cancel]").onclick = () => {
      if (queue.includes(upload)) queue.splice(queue.indexOf(upload), 1);
      upload.stop?.abort();
      giveUp(upload);
      item.remove();
      input.focus();
      arrange();
    };
    tray.append(item);
    if (file.size > Number(words.bytes)) show(upload, words.refused.replace("#", words.tooLarge), "warn", { tone: "red" });
    else { show(upload, words.sending.replace("#", 0), "wait", { percent: 0 }); queue.push(upload); }
  };
  form.addEventListener("change", (event) => {
    const input = event.target;
    if (input.name !== "videos" || !input.files.length) return;
    for (const file of [...input.files].slice(0, Math.max(room(), 0))) choose(file, input);
    input.value = "";                                      // the form itself must not carry them again
    const said = input.closest(".picker")?.querySelector("[data-chosen]");
    if (said) said.textContent = "";
    next();
  });
}
