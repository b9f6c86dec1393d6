/* What is on this phone only: photos and videos in IndexedDB, words and the drafts they belong to in localStorage. Everything is
   kept under the person it belongs to; nobody else who signs in on this phone sees it or sends it. */

const STORE = "photos";
const PERSON = "unit-person";
const held = new Map();                                    // where the device keeps nothing: private windows, a full disk
const storage = (act, otherwise = null) => { try { return act(localStorage) ?? otherwise; } catch { return otherwise; } };

/** Who works here: the page says so; a page that was opened without a network goes by who was here last. */
export const person = () => document.documentElement.dataset.person ?? storage((kept) => kept.getItem(PERSON), "");
export const stayAs = (who) => storage((kept) => kept.setItem(PERSON, who));

let opened;
const open = () => opened ??= new Promise((done, failed) => {
  const request = indexedDB.open("unit-outbox", 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" }).createIndex("person", "person");
  request.onsuccess = () => done(request.result);
  request.onerror = request.onblocked = () => failed(request.error);
}).catch((error) => { opened = undefined; throw error; });

/* One act on the store; done when it is on the disk as far as the browser tells. */
const act = async (mode, work) => {
  const database = await open();
  return new Promise((done, failed) => {
    const transaction = database.transaction(STORE, mode, { durability: "strict" });
    const request = work(transaction.objectStore(STORE));
    transaction.oncomplete = () => done(request?.result);
    transaction.onerror = transaction.onabort = () => failed(transaction.error ?? request?.error);
  });
};
const tell = (what) => document.dispatchEvent(new CustomEvent("outbox", { detail: what }));

/** Put a photo or a video in: {report, title, page, uploads, photos, field, name, type, bytes, sha256, more}. Answers it with its id;
    `kept` is false when this device keeps nothing, so that it lasts as long as the page. */
export const add = async (photo) => {
  const item = { ...photo, id: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`, person: person(), at: Date.now(), kept: true };
  try {
    await act("readwrite", (store) => store.put(item));
    navigator.storage?.persist?.().catch(() => {});
  } catch {
    item.kept = false;
    held.set(item.id, item);
  }
  tell("photos");
  return item;
};

export const list = async () => {
  const who = person();
  const stored = await act("readonly", (store) => store.index("person").getAll(who)).catch(() => []);
  return [...stored, ...held.values()].filter((item) => item.person === who).sort((a, b) => a.at - b.at);
};

/** Other facts of what is here; what has been sent meanwhile stays away. */
export const change = async (item, facts) => {
  Object.assign(item, facts);
  if (!item.id || held.has(item.id)) return;
  await act("readwrite", (store) => {
    const here = store.getKey(item.id);
    here.onsuccess = () => { if (here.result !== undefined) store.put(item); };
    return here;
  }).catch(() => {});
};

/* A photo is kept before it is known what goes beside it (the place, a code). It is not sent before that is there, from
   whatever page or tab; nor does it wait for ever, when its page was closed meanwhile or a clock was set. */
const MORE = 30_000;                                       // ms
export const soon = () => Date.now() + MORE;
export const waits = ({ more = 0 }) => more > Date.now() && more <= soon();

export const remove = async (...ids) => {                  // several go together or not at all
  ids.forEach((id) => held.delete(id));
  await act("readwrite", (store) => { for (const id of ids) store.delete(id); }).catch(() => {});
  tell("photos");
};

/* Words that were typed and not saved yet, and which drafts this phone knows. */
const wordsOf = (report) => `report-${person()}-${report}`;
const drafts = () => `unit-drafts-${person()}`;
export const keepWords = (report, fields) => { storage((kept) => kept.setItem(wordsOf(report), JSON.stringify({ at: Date.now(), fields }))); tell("words"); };
export const keptWords = (report) => storage((kept) => JSON.parse(kept.getItem(wordsOf(report))));
export const forgetWords = (report) => { storage((kept) => kept.removeItem(wordsOf(report))); tell("words"); };
export const knownDrafts = () => storage((kept) => JSON.parse(kept.getItem(drafts())), []);
export const knowDraft = (draft) => storage((kept) => kept.setItem(drafts(),
  JSON.stringify([draft, ...knownDrafts().filter((each) => each.report !== draft.report)].slice(0, 40))));

/* The unit's projects, so that a report on one can be begun without a network: [{code, title, begin, most, bytes}]. */
const projects = () => `unit-projects-${person()}`;
export const knowProjects = (known) => storage((kept) => kept.setItem(projects(), JSON.stringify(known)));
export const knownProjects = () => storage((kept) => JSON.parse(kept.getItem(projects())), []);
export const beginHere = ({ code, title, begin, most, bytes }) => {
  const draft = { report: `new-${code}`, title, begin, most, bytes, page: "", uploads: "", photos: "" };
  if (!knownDrafts().some((each) => each.report === draft.report)) knowDraft(draft);
};

export const forgetDraft = (report) => {
  forgetWords(report);
  storage((kept) => kept.setItem(drafts(), JSON.stringify(knownDrafts().filter((each) => each.report !== report))));
};

/** Leave nothing of this person on the phone. */
export const clear = async () => {
  await remove(...(await list()).map((item) => item.id));
  storage((kept) => {
    for (const key of Object.keys(kept)) if (key.startsWith(`report-${person()}-`) || [drafts(), projects(), PERSON].includes(key)) kept.removeItem(key);
  });
};

/** How many photos, videos and texts are on this phone only. */
export const unsent = async () => {
  const items = await list(), videos = items.filter((each) => each.field === "videos").length;
  return { photos: items.length - videos, videos, words: knownDrafts().filter((each) => keptWords(each.report)).length };
};

/** The SHA-256 of a file, in hex; "" where the browser cannot say. */
export const hashOf = async (bytes) => {
  const hex = (digest) => [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  if (globalThis.crypto?.subtle) return hex(await crypto.subtle.digest("SHA-256", bytes));
  const { hash } = document.documentElement.dataset;
  return hash ? import(hash).then(({ sha256 }) => hex(sha256(new Uint8Array(bytes)))).catch(() => "") : "";
};
