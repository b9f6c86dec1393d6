/* What is on this phone only, with or without a network: drafts, their words, their photos. Nothing is sent from here;
   the pages of the desk do that. */

import * as outbox from "./outbox.js";

const page = document.getElementById("kept-drafts");
const away = document.getElementById("no-network");
const blankDraft = document.getElementById("kept-draft").content.firstElementChild;
const blankPhoto = document.getElementById("kept-photo").content.firstElementChild;

const asked = location.pathname.endsWith("/kept");         // else it stands for a page that did not come
const look = () => { away.hidden = navigator.onLine && asked; };
addEventListener("offline", look);
addEventListener("online", () => { look(); if (!asked) location.reload(); });
look();

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
  card.querySelector("[data-open]").href = draft.page;
  tray.append(...photos.map(photoCard));
  text.id = `done-${draft.report}`;
  card.querySelector("[data-label]").htmlFor = text.id;
  text.value = outbox.keptWords(draft.report)?.fields.done ?? "";
  text.oninput = () => {
    outbox.keepWords(draft.report, { ...outbox.keptWords(draft.report)?.fields, done: text.value });
    said.textContent = said.dataset.kept;
  };
  input.onchange = async () => {
    const files = [...input.files], left = Number(draft.most) - tray.children.length;
    input.value = "";
    let trouble = files.length > left ? said.dataset.tooMany : "";
    for (const file of files.slice(0, Math.max(left, 0))) {
      if (file.size > Number(draft.bytes)) { trouble = said.dataset.tooLarge; continue; }
      const content = await file.arrayBuffer();
      const bytes = new Blob([content], { type: file.type });
      const { report, title, page: opened, uploads, photos: whole } = draft;
      const item = await outbox.add({ report, title, page: opened, uploads, photos: whole, field: "photos", name: file.name, bytes, sha256: await outbox.hashOf(content) });
      if (item.kept) tray.append(photoCard(item));
      else { await outbox.remove(item.id); trouble = said.dataset.notKept; }
    }
    said.textContent = trouble || said.dataset.kept;
  };
  return card;
};

const show = async () => {
  const photos = await outbox.list();
  const drafts = [...outbox.knownDrafts()];
  for (const { report, title, page: opened, uploads, photos: whole } of photos) {
    if (!drafts.some((each) => each.report === report)) drafts.push({ report, title, page: opened, uploads, photos: whole, most: 0, bytes: 0 });
  }
  const here = drafts.filter((each) => each.page === location.pathname);   // the one that was asked for comes first
  const shown = [...here, ...drafts.filter((each) => !here.includes(each))];
  page.replaceChildren(...shown.map((draft) => draftCard(draft, photos.filter((each) => each.report === draft.report))));
  const { photos: waiting, words } = await outbox.unsent();
  document.getElementById("kept-none").hidden = Boolean(waiting || words);
};
show();
