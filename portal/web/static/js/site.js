/* Small improvements on pages that already work without this file. */

/* Photos open over the page: with PhotoSwipe where it was collected, else the plain link is followed. It is fetched when
   all of the page is there, or at the first tap. */
const photoLinks = [...document.querySelectorAll("a[data-photo]")];
const library = document.querySelector("template[data-vendor=photoswipe]");
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

const slide = (link) => ({
  src: link.href,
  width: Number(link.dataset.pswpWidth),
  height: Number(link.dataset.pswpHeight),
  alt: link.querySelector("img")?.alt ?? "",
  msrc: link.querySelector("img")?.currentSrc,
});

let viewer = null;
const fetchViewer = () => viewer ??= (async () => {
  const links = [...document.importNode(library.content, true).querySelectorAll("link")];
  await Promise.all(links.map((link) => new Promise((fetched, failed) => {
    link.addEventListener("load", fetched);
    link.addEventListener("error", failed);
    document.head.append(link);
  })));
  return import(links.find((link) => link.rel === "modulepreload").href);
})();

const openPhoto = async (link) => {
  const { default: PhotoSwipe } = await fetchViewer();
  const english = document.documentElement.lang === "en";
  const shown = new PhotoSwipe({
    dataSource: photoLinks.map(slide),
    index: photoLinks.indexOf(link),
    showHideAnimationType: calm ? "none" : "fade",
    zoomAnimationDuration: calm ? false : 240,
    bgOpacity: 0.94,
    closeTitle: english ? "Close" : "关上",
    zoomTitle: english ? "Zoom" : "放大",
    arrowPrevTitle: english ? "Previous" : "上一张",
    arrowNextTitle: english ? "Next" : "下一张",
    errorMsg: english ? "This photo did not load." : "这张照片没有打开。",
  });
  shown.on("destroy", () => link.focus());
  shown.init();
  shown.element.setAttribute("aria-label", english ? "Photos" : "照片");
};

if (library && photoLinks.length) {
  const early = () => fetchViewer().catch(() => {});
  if (document.readyState === "complete") early();
  else addEventListener("load", early);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-photo]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    openPhoto(link).catch(() => location.assign(link.href));
  });
}

/* The record that this device has seen before must be the beginning of today's. Looked at quietly, now and then; an
   alarm stays on every page until it agrees again. A site that does not answer says nothing. */
const { proof: proofAddress, record: recordAddress, alarm } = document.documentElement.dataset;
const LOOKED = "sunlight.looked";
const DUE = 10 * 60_000; // ms

const raise = () => {
  const { alarmWay, alarmLink } = document.documentElement.dataset;
  const band = document.createElement("aside");
  band.className = "band alarm";
  band.setAttribute("role", "alert");
  const words = document.createElement("p");
  const link = document.createElement("a");
  link.href = alarmWay;
  link.textContent = alarmLink;
  words.append(alarm, " ", link);
  band.append(words);
  document.querySelector("main").before(band);
};

const lookAtRecord = async () => {
  const record = await import(recordAddress);
  if (record.remembered() === null) {
    localStorage.setItem(LOOKED, String(Date.now())); // the first visit is remembered on a page that says so
    return;
  }
  const { state } = await record.visit(await import(proofAddress));
  const agrees = !["fork", "older", "unsigned"].includes(state);
  localStorage.setItem(LOOKED, agrees ? String(Date.now()) : "alarm");
  if (!agrees) raise();
};

if (proofAddress && !document.querySelector("[data-check]")) {
  try {
    const looked = localStorage.getItem(LOOKED);
    if (looked === "alarm" || !(Date.now() - Number(looked) < DUE)) lookAtRecord().catch(() => {});
  } catch {
    /* nothing can be kept on this device */
  }
}

/* Buttons that open a dialog: data-opens holds its id. */
for (const opener of document.querySelectorAll("[data-opens]")) {
  opener.hidden = false;
  opener.addEventListener("click", () => document.getElementById(opener.dataset.opens)?.showModal());
}

/* The list of what is wrong takes the focus, so that it is read first. */
document.querySelector("[data-focus]")?.focus();

/* A picker says how many files were chosen. */
for (const input of document.querySelectorAll(".picker input[type=file]")) {
  input.addEventListener("change", () => {
    const said = input.closest(".picker").querySelector("[data-chosen]");
    if (said) said.textContent = input.files.length ? said.dataset.words.replace("#", input.files.length) : "";
  });
}

/* Single keys press the control that names them (WCAG 2.1.4: they can be switched off, and are deaf while
   somebody writes, composes Chinese, holds another key, or looks at something that lies over the page). */
const KEYS = "portal-keys";
const remembered = () => { try { return localStorage.getItem(KEYS); } catch { return null; } };
const remember = (value) => { try { localStorage.setItem(KEYS, value); } catch { /* private window: this page only */ } };
let keysOn = remembered() !== "off";
const switches = [...document.querySelectorAll("[data-keys-switch]")];

const showKeys = () => {
  document.documentElement.dataset.keys = keysOn ? "on" : "off";
  for (const button of switches) {
    button.hidden = false;
    button.textContent = keysOn ? button.dataset.off : button.dataset.on;
  }
};
for (const button of switches) {
  button.addEventListener("click", () => { keysOn = !keysOn; remember(keysOn ? "on" : "off"); showKeys(); });
}

const writing = (target) => target instanceof Element
  && (target.isContentEditable || target.matches("textarea, select, input:not([type=radio], [type=checkbox], [type=button], [type=submit])"));

const pressKey = (event) => {
  if (!keysOn || event.isComposing || event.keyCode === 229 || event.repeat) return;
  if (event.ctrlKey || event.altKey || event.metaKey || writing(event.target) || document.querySelector("dialog[open], .pswp")) return;
  const key = event.key.toUpperCase();
  if (key.length !== 1) return;
  const named = [...document.querySelectorAll("[aria-keyshortcuts]")]
    .find((one) => one.getAttribute("aria-keyshortcuts").toUpperCase() === key && !one.disabled);
  if (!named) return;
  event.preventDefault();
  named.click();
};
if (document.querySelector("[aria-keyshortcuts]")) {
  document.addEventListener("keydown", pressKey);
  showKeys();
}

/* The undo bar counts down and leaves when the decision has taken effect. */
for (const bar of document.querySelectorAll("[data-undo-until]")) {
  const until = Date.parse(bar.dataset.undoUntil);
  const left = bar.querySelector("[data-undo-left]");
  const live = bar.querySelector("[role=status]");
  live?.removeAttribute("role");                    // said once on arrival, not every second
  const tick = setInterval(() => {
    const seconds = Math.ceil((until - Date.now()) / 1000);
    if (seconds > 0 && left) left.textContent = left.dataset.words.replace("#", seconds);
    if (seconds <= 0) { clearInterval(tick); bar.hidden = true; }
  }, 500);
}
