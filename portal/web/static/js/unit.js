/* On every page of a unit's people: says what is on this phone only, sends it, lets the desk be opened without a network,
   and leaves nothing behind at signing out. */

import * as outbox from "./outbox.js";
import "./outgoing.js";

const bar = document.getElementById("phone-only");
const question = document.getElementById("leave-phone");
const { worker, scope } = bar.dataset;
const SHELL = "unit-shell-";

outbox.stayAs(document.documentElement.dataset.person);

const inWords = async () => {
  const unsent = await outbox.unsent();
  return ["photos", "videos", "words"].filter((kind) => unsent[kind])
    .map((kind) => bar.dataset[kind].replace("#", unsent[kind])).join(bar.dataset.and);
};
const say = async () => {
  const what = await inWords();
  const text = what && bar.dataset.only.replace("#", what);
  const said = bar.querySelector("p span");
  if (said.textContent !== text) said.textContent = text;
  bar.hidden = !what;
};
/* Words are saved a moment after they are typed; what is still here then is worth saying. */
const SAVED_BY = 6000;                                     // ms
let timer = 0;
document.addEventListener("outbox", ({ detail }) => {
  clearTimeout(timer);
  if (detail === "words" && bar.hidden) timer = setTimeout(say, SAVED_BY); else say();
});
document.addEventListener("visibilitychange", () => { if (!document.hidden) say(); });
say();

/* The unit's first page says what may be reported on; begun without a network, it is begun on this phone,
   where the service worker has the page for it. */
const projects = document.getElementById("own-projects");
if (projects) outbox.knowProjects([...projects.querySelectorAll("[data-begin]")].map(({ dataset: { code, title, begin, most, bytes } }) => ({ code, title, begin, most, bytes })));
projects?.addEventListener("submit", (event) => {
  const project = event.target.closest("[data-begin]")?.dataset;
  if (navigator.onLine || !navigator.serviceWorker?.controller || !project || new URL(event.target.action).pathname !== project.begin) return;
  event.preventDefault();
  outbox.beginHere(project);
  location.href = bar.dataset.kept;
});

/* WeChat on iPhone has none; everything but opening a closed page without a network works without it. */
navigator.serviceWorker?.register(worker, { scope }).catch(() => {});

const leaveNothing = async () => {
  await outbox.clear();
  const registration = await navigator.serviceWorker?.getRegistration(scope).catch(() => null);
  await registration?.unregister();
  if (globalThis.caches) for (const name of await caches.keys()) if (name.startsWith(SHELL)) await caches.delete(name);
};
const asked = (what) => new Promise((done) => {
  const said = question.querySelector("[data-said]");
  said.textContent = said.dataset.said.replace("#", what);
  question.returnValue = "";
  question.addEventListener("close", () => done(question.returnValue === "leave"), { once: true });
  question.showModal();
});
const LEAVING = ["/account/logout", "/account/sign-out-everywhere"];
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!LEAVING.some((address) => new URL(form.action).pathname.endsWith(address)) || form.dataset.asked) return;
  event.preventDefault();
  const what = await inWords();
  if (what && !await asked(what)) return;
  await leaveNothing();
  form.dataset.asked = "yes";
  form.requestSubmit();
});
