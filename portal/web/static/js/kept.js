/* What is on this phone only, with or without a network: drafts, their words, their photos. Nothing is sent from here;
   the pages of the desk do that. */

import * as outbox from "./outbox.js";

const page = document.getElementById("kept-drafts");
const away = document.getElementById("no-network");
const blankDraft = document.getElementById("kept-draft").content.firstElementChild;
const gone = document.getElementById("kept-gone").content.firstElementChild;
const blankPhoto = document.getElementById("kept-photo").content.firstElementChild;

const asked = location.pathname.endsWith("/kept");         // else it stands for a page that did not come
const here = document.getElementById("begin-here");
const look = () => {
  away.hidden = navigator.onLine && asked;
  here.hidden = away.hidden || !here.elements.project.length;
};
addEventListener("offline", look);
addEventListener("online", () => { look(); if (!asked) location.reload(); });

/* A report begun without a network: on one of the unit's projects, which were read when there was one. */
const offerProjects = () => {
  const begun = new Set(outbox.knownDrafts().map((each) => each.report));
  here.elements.project.replaceChildren(...outbox.knownProjects()
    .filter(({ code }) => !begun.has(`new-${code}`)).map(({ code, title }) => new Option(title, code)));
  look();
};
here.addEventListener("submit", async (event) => {
  event.preventDefault();
  const chosen = outbox.knownProjects().find((each) => each.code === here.elements.project.value);
  if (!chosen) return;
  outbox.beginHere(chosen);
  await show();
  document.getElementById(`done-new-${chosen.code}`)?.focus();
});

const sizeOf = (bytes) => bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;

const photoCard = (item) => {
  const card = blankPhoto.cloneNode(true);
  const state = card.querySelector(".tray-state");
  const picture = new Image();
  picture.alt = "";
  picture.onload = () => card.querySelector(".thumb").replaceChildren(picture);
  picture.src = URL.createObjectURL(item.bytes);
  card.querySelector(".tray-name").textContent = `${item.name}　${sizeOf(item.bytes.size)}`;
  state.querySelector("span").textContent = item.refused ? state.dataset.refused.replace("#", item.refused) : away.hidden ? state.dataset.waiting : state.dataset.offline;
  if (item.refused) card.dataset.lamp = "red";
  if (item.field === "videos") card.dataset.film = "";
  card.querySelector("button").onclick = async () => { await outbox.remove(item.id); card.remove(); };
  return card;
};

const draftCard = (draft, photos) => {
  const card = blankDraft.cloneNode(true);
  const tray = card.querySelector("ul");
  const said = card.querySelector("[data-said]");
  const text = card.querySelector("textarea");
  const input = card.querySelector("input");
  card.querySelector("h2").textContent = draft.title;
  const opened = card.querySelector("[data-open]");
  if (draft.page) opened.href = draft.page;
  else opened.replaceWith(Object.assign(document.createElement("span"), { className: "note", textContent: draft.refused ? opened.dataset.refused.replace("#", draft.refused) : opened.dataset.new }));
  let keeping = Promise.resolve();
  tray.append(...photos.map(photoCard));
  text.id = `done-${draft.report}`;
  card.querySelector("[data-label]").htmlFor = text.id;
  text.value = outbox.keptWords(draft.report)?.fields.done ?? "";
  text.oninput = () => {
    if (draft.begin) outbox.knowDraft(draft);              // another page may have handed it over meanwhile: then it is begun once more, and is the same
    outbox.keepWords(draft.report, { ...outbox.keptWords(draft.report)?.fields, done: text.value });
    said.textContent = said.dataset.kept;
  };
  const keep = async () => {
    const files = [...input.files], left = Number(draft.most) - tray.querySelectorAll("li:not([data-film])").length;
    input.value = "";
    let trouble = files.length > left ? said.dataset.tooMany : "";
    if (draft.begin) outbox.knowDraft(draft);
    for (const file of files.slice(0, Math.max(left, 0))) {
      if (file.size > Number(draft.bytes)) { trouble = said.dataset.tooLarge; continue; }
      const content = await file.arrayBuffer();
      const bytes = new Blob([content], { type: file.type });
      const { report, title, page: where, uploads, photos: whole } = draft;
      const item = await outbox.add({ report, title, page: where, uploads, photos: whole, field: "photos", name: file.name, bytes, sha256: await outbox.hashOf(content) });
      if (item.kept) tray.append(photoCard(item));
      else { await outbox.remove(item.id); trouble = said.dataset.notKept; }
    }
    said.textContent = trouble || said.dataset.kept;
  };
  input.onchange = () => { keeping = keeping.then(keep); };
  if (draft.begin) {                                       // nobody else has it: it may be thrown away here
    card.dataset.begunHere = "";
    const away = card.querySelector("[data-away]");
    away.hidden = false;
    away.querySelector("button").onclick = () => keeping.then(() => throwAway(draft, card));
  }
  return card;
};

const throwAway = async (draft, card) => {
  const photos = (await outbox.list()).filter((each) => each.report === draft.report);
  const words = outbox.keptWords(draft.report);
  await outbox.remove(...photos.map((item) => item.id));
  outbox.forgetDraft(draft.report);
  const note = gone.cloneNode(true);
  card.replaceWith(note);
  offerProjects();
  const undo = note.querySelector("button");
  undo.onclick = async () => {
    outbox.knowDraft(draft);
    if (words) outbox.keepWords(draft.report, words.fields);
    for (const item of photos) await outbox.add(item);
    show();
  };
  undo.focus();
};

const saySent = async () => {
  const { photos, videos, words } = await outbox.unsent();
  document.getElementById("kept-none").hidden = Boolean(photos || videos || words || page.querySelector("[data-begun-here]"));
};
document.addEventListener("outbox", saySent);

const show = async () => {
  const photos = await outbox.list();
  const drafts = [...outbox.knownDrafts()];
  for (const { report, title, page: opened, uploads, photos: whole } of photos) {
    if (!drafts.some((each) => each.report === report)) drafts.push({ report, title, page: opened, uploads, photos: whole, most: 0, bytes: 0 });
  }
  const wanted = drafts.filter((each) => each.page === location.pathname);   // the one that was asked for comes first
  const shown = [...wanted, ...drafts.filter((each) => !wanted.includes(each))];
  page.replaceChildren(...shown.map((draft) => draftCard(draft, photos.filter((each) => each.report === draft.report))));
  await saySent();
  offerProjects();
};
show();
