/* Photos go up as soon as they are chosen, one after the other so that they stay in order, each with its own
   state. Without this file the form carries them. */

const AT_ONCE = 1;
const form = document.getElementById("report");
if (form) receive(form);

function receive(form) {
  const words = document.getElementById("report-words").dataset;
  const tray = document.getElementById("tray");
  const count = document.getElementById("tray-state");
  const blank = document.getElementById("tray-file").content.firstElementChild;
  const room = document.getElementById("tray-room");
  const queue = [];
  let running = 0, surplus = false;

  /* One file on its way: {file, field, item, replaced, request, sent: whether all of it has left}. */
  const show = (upload, { text, icon, tone = "", percent = null, retry = false }) => {
    const { item } = upload;
    const said = item.querySelector(".tray-state span");
    if (said.textContent !== text) said.textContent = text;
    const use = item.querySelector(".tray-state use");
    use.setAttribute("href", `${use.getAttribute("href").split("#")[0]}#${icon}`);
    if (tone) item.dataset.lamp = tone; else delete item.dataset.lamp;
    const bar = item.querySelector("progress");
    bar.hidden = percent === null;
    bar.value = percent ?? 0;
    item.querySelector("[data-retry]").hidden = !retry;
    item.querySelector("[data-cancel]").hidden = upload.sent;   // it has left: what comes back can be taken away
    if (tone) item.querySelector("[data-cancel]").textContent = words.dismiss;
  };

  const tell = () => {
    const waiting = queue.length + running;
    const received = tray.querySelectorAll("[data-photo-id]").length;
    form.dataset.uploading = waiting;
    count.textContent = [received ? words.received.replace("#", received) : "", waiting ? words.pending.replace("#", waiting) : "",
      surplus ? words.tooMany : ""]
      .filter(Boolean).join("　");
    if (room) {
      room.hidden = received < Number(form.dataset.most);
      document.getElementById("tray-picker").hidden = !room.hidden;
    }
    form.dispatchEvent(new Event("uploads"));
  };

  const next = () => {
    while (running < AT_ONCE && queue.length) { running += 1; send(queue.shift()); }
    tell();
  };
  const ended = () => { running -= 1; next(); };
  const enqueue = (upload) => {
    show(upload, { text: words.waiting, icon: "wait", percent: 0 });
    queue.push(upload);
  };

  const send = (upload) => {
    const request = upload.request = new XMLHttpRequest();
    const body = new FormData();
    body.append(upload.field, upload.file);
    request.upload.onprogress = (event) => {
      const percent = Math.floor(100 * event.loaded / event.total);
      upload.sent = percent === 100;
      show(upload, percent < 100
        ? { text: words.sending.replace("#", percent), icon: "up", percent }
        : { text: words.working, icon: "up", percent });
    };
    request.onload = () => { upload.sent = false; answered(upload, request); ended(); };
    request.onerror = () => { upload.sent = false; show(upload, { text: words.offline, icon: "warn", tone: "yellow", retry: true }); ended(); };
    request.onabort = ended;
    request.open("POST", form.dataset.photos);
    request.setRequestHeader("X-CSRFToken", form.elements.csrf_token.value);
    request.setRequestHeader("Accept", "application/json");
    request.send(body);
  };

  const answered = (upload, request) => {
    let said = {};
    try { said = JSON.parse(request.responseText); } catch { /* not from us: the status says enough */ }
    if (request.status === 201) { taken(upload, said); return; }
    const signedOut = [400, 401, 403].includes(request.status);
    if (signedOut && !upload.turnedAway) document.dispatchEvent(new Event("signed-out"));
    upload.turnedAway = signedOut;
    const why = signedOut ? words.signedOut : said.said;
    if (request.status === 422 && why) show(upload, { text: words.refused.replace("#", why), icon: "warn", tone: "red" });
    else show(upload, { text: why || words.notSaved, icon: "warn", tone: "yellow", retry: true });
  };

  /* The photo as the server shows it takes the place of the file, and of the photo it replaces. */
  const taken = (upload, said) => {
    const parsed = document.createElement("template");
    parsed.innerHTML = said.html;
    const item = parsed.content.querySelector("li");
    const typed = upload.replaced?.querySelector("input[id^=caption-]")?.value;
    if (tray.querySelector(`[data-photo-id="${said.photo}"]`)) upload.item.remove();   // the same picture was there already
    else if (upload.replaced) upload.item.replaceWith(item);
    else {
      const before = [...tray.querySelectorAll("[data-photo-id]")].at(-1);
      upload.item.remove();
      if (before) before.after(item); else tray.prepend(item);
    }
    upload.replaced?.remove();
    URL.revokeObjectURL(upload.preview);
    const caption = item.querySelector("input[id^=caption-]");
    if (typed && caption && caption.value !== typed) {
      caption.value = typed;
      caption.dispatchEvent(new Event("input", { bubbles: true }));
    }
    form.dispatchEvent(new Event("tray"));
  };

  const choose = (file, input) => {
    const item = blank.cloneNode(true);
    const replaced = input.closest("[data-returned]");
    const upload = { file, field: input.name, item, replaced, sent: false, preview: URL.createObjectURL(file) };
    const picture = new Image();
    picture.alt = "";
    picture.onload = () => item.querySelector(".thumb").replaceChildren(picture);
    picture.src = upload.preview;
    const size = file.size < 1048576 ? `${Math.ceil(file.size / 1024)} KB` : `${(file.size / 1048576).toFixed(1)} MB`;
    item.querySelector(".tray-name").textContent = `${file.name}　${size}`;
    item.querySelector("progress").setAttribute("aria-label", file.name);
    item.querySelector("[data-retry]").onclick = () => { enqueue(upload); next(); };
    item.querySelector("[data-cancel]").onclick = () => {
      const waiting = queue.indexOf(upload);
      if (waiting >= 0) queue.splice(waiting, 1);
      upload.request?.abort();
      URL.revokeObjectURL(upload.preview);
      item.remove();
      input.focus();
      tell();
    };
    upload.retry = () => !item.querySelector("[data-retry]").hidden && item.isConnected;
    if (replaced) replaced.after(item); else tray.append(item);
    chosen.push(upload);
    if (file.size > Number(form.dataset.bytes)) {
      show(upload, { text: words.refused.replace("#", words.tooLarge), icon: "warn", tone: "red" });
    } else enqueue(upload);
  };
  const chosen = [];
  const again = () => {
    for (const upload of chosen) if (upload.retry()) enqueue(upload);
    next();
  };
  addEventListener("online", again);
  document.addEventListener("signed-in", again);

  form.addEventListener("change", (event) => {
    const input = event.target;
    if (input.type !== "file" || input.name === "videos" || !input.files.length) return;
    const left = input.multiple ? Number(form.dataset.most) - tray.querySelectorAll("[data-photo-id]").length - queue.length - running : 1;
    const files = [...input.files];
    for (const file of files.slice(0, Math.max(left, 0))) choose(file, input);
    input.value = "";                                      // the form itself must not carry them again
    const said = input.closest(".picker")?.querySelector("[data-chosen]");
    if (said) said.textContent = "";
    surplus = files.length > left;
    next();
  });
  form.addEventListener("tray", tell);
}
