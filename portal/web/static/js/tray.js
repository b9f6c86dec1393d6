/* How a file on its way looks in the trays of a report, and what is said of it: the same for photos and for videos. */

const words = document.getElementById("report-words")?.dataset;
const blank = document.getElementById("tray-file")?.content.firstElementChild;

export const sizeOf = (bytes) => bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;

/** An empty card for a file: {id, item, state, kept}. `id` is the outbox's, "" until it has one. */
export const card = (name, size, { again, cancel }) => {
  const item = blank.cloneNode(true);
  const upload = { id: "", item, state: "keeping", kept: true };
  item.querySelector(".tray-name").textContent = `${name}　${sizeOf(size)}`;
  item.querySelector("progress").setAttribute("aria-label", name);
  item.querySelector("[data-retry]").onclick = () => again(upload);
  item.querySelector("[data-cancel]").onclick = () => cancel(upload);
  return upload;
};

const show = (upload, { text, icon, tone = "", percent = null, again = false }) => {
  const { item } = upload;
  const said = item.querySelector(".tray-state span");
  if (said.textContent !== text) said.textContent = text;
  const use = item.querySelector(".tray-state use");
  use.setAttribute("href", `${use.getAttribute("href").split("#")[0]}#${icon}`);
  if (tone) item.dataset.lamp = tone; else delete item.dataset.lamp;
  const bar = item.querySelector("progress");
  bar.hidden = percent === null;
  bar.value = percent ?? 0;
  item.querySelector("[data-retry]").hidden = !again;
  item.querySelector("[data-cancel]").textContent = tone === "red" ? words.dismiss : words.cancel;
};

const STATES = {
  keeping: () => ({ text: words.keeping, icon: "wait" }),
  waiting: () => ({ text: words.waiting, icon: "wait", percent: 0 }),
  sending: ({ percent }) => ({ text: words.sending.replace("#", percent), icon: "up", percent }),
  working: () => ({ text: words.working, icon: "up", percent: 100 }),
  offline: () => ({ text: words.offline, icon: "warn", tone: "yellow", again: true }),
  later: ({ said }) => ({ text: said || words.notSaved, icon: "warn", tone: "yellow", again: true }),
  "signed-out": () => ({ text: words.signedOut, icon: "warn", tone: "yellow", again: true }),
  refused: ({ said, again = false }) => ({ text: words.refused.replace("#", said || ""), icon: "warn", tone: "red", again }),
};

/** Say how far it is. A card of something that this device could not keep says that too. */
export const turn = (upload, state, facts = {}) => {
  upload.state = state;
  const shown = STATES[state](facts);
  if (!upload.kept && shown.tone === "yellow") shown.text = `${shown.text}　${words.notKept}`;
  show(upload, shown);
};
