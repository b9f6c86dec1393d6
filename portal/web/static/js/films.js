/* Videos go up as soon as they are chosen, one after the other, and say how far their conversion is. Without this file
   the form carries them, and loading the page again shows how far they are. */

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

  const send = (upload) => {
    const request = upload.request = new XMLHttpRequest(), body = new FormData();
    body.append("videos", upload.file);
    request.upload.onprogress = (event) => {
      const percent = Math.floor(100 * event.loaded / event.total);
      show(upload, percent < 100 ? words.sending.replace("#", percent) : words.working, "up", { percent });
    };
    request.onload = () => { answered(upload, request); ended(); };
    request.onerror = () => { show(upload, words.offline, "warn", { tone: "yellow", retry: true }); ended(); };
    request.onabort = ended;
    request.open("POST", words.videos);
    request.setRequestHeader("X-CSRFToken", form.elements.csrf_token.value);
    request.setRequestHeader("Accept", "application/json");
    request.send(body);
  };
  const answered = (upload, request) => {
    let said = {};
    try { said = JSON.parse(request.responseText); } catch { /* not from us: the status says enough */ }
    if (request.status === 201) {
      const parsed = document.createElement("template");
      parsed.innerHTML = said.html;
      upload.item.remove();
      if (!tray.querySelector(`[data-video-id="${said.video}"]`)) tray.append(parsed.content.querySelector("li"));
      return;
    }
    if ([400, 401, 403].includes(request.status)) document.dispatchEvent(new Event("signed-out"));
    const refused = request.status === 422 && said.said;
    show(upload, refused ? words.refused.replace("#", said.said) : said.said || words.offline, "warn",
      { tone: refused ? "red" : "yellow", retry: !refused });
  };

  const choose = (file, input) => {
    const item = blank.cloneNode(true), upload = { file, item };
    item.querySelector(".tray-name").textContent = `${file.name}　${(file.size / 1048576).toFixed(1)} MB`;
    item.querySelector("progress").setAttribute("aria-label", file.name);
    item.querySelector("[data-retry]").onclick = () => { queue.push(upload); next(); };
    item.querySelector("[data-cancel]").onclick = () => {
      if (queue.includes(upload)) queue.splice(queue.indexOf(upload), 1);
      upload.request?.abort();
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
