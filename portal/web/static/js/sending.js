/* One photo or video on its way: a photo announced by its hash, so that what the unit has sent before is not sent again;
   sent in pieces that go on where they stopped (tus); then taken into the report. Each step may be done again without harm. */

import * as outbox from "./outbox.js";

const PIECE = 256 * 1024;
const PAUSES = [500, 1000, 3000, 6000];                    // ms; the first lets what was on its way arrive
const ROUNDS = 4;                                          // of beginning anew, before a person is asked
const DISAGREE = [409, 423];

/** Why it stopped: "offline", "signed-out", "later" (the server cannot now), "refused" (it never will). */
export class Stopped extends Error {
  constructor(why, said = "") { super(said || why); Object.assign(this, { why, said }); }
}

const token = () => document.querySelector("input[name=csrf_token]")?.value ?? "";
const headers = () => ({ Accept: "application/json", "X-CSRFToken": token(), "Tus-Resumable": "1.0.0" });
const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

const judged = (status, said) => {
  if ([400, 401, 403].includes(status)) return new Stopped("signed-out");
  if (status === 429 || status >= 500) return new Stopped("later", said);
  return new Stopped("refused", said);
};

const post = async (address, { more = {}, body, signal } = {}) => {
  const answer = await fetch(address, { method: "POST", headers: { ...headers(), ...more }, body, signal }).catch((error) => {
    throw signal?.aborted ? error : new Stopped("offline");
  });
  const said = await answer.json().catch(() => ({}));      // not from us: the status says enough
  return { answer, said };
};

/** What the portal answers to a question that changes nothing when it is asked again. Raises `Stopped`. */
export const asked = async (address, { signal } = {}) => {
  const { answer, said } = await post(address, { signal });
  if (!answer.ok) throw judged(answer.status, said.said);
  return said;
};

const viewOf = (item) => /^photos-view-(\d+)$/.exec(item.field)?.[1] ?? "";

/* Where it is to be sent, or, when the unit has sent it before, the photo. */
const announce = async (item, signal) => {
  const replaces = /^(?:taken-)?replace-(\d+)$/.exec(item.field)?.[1];
  const told = { filename: item.name, sha256: item.sha256, replaces, view: viewOf(item), film: item.field === "videos" ? "1" : "", mark: item.mark };
  const metadata = Object.entries(told).filter(([, value]) => value).map(([name, value]) => `${name} ${base64(value)}`).join(",");
  const { answer, said } = await post(item.uploads, { more: { "Upload-Length": String(item.bytes.size), "Upload-Metadata": metadata }, signal });
  if (answer.status === 200) return said;
  if (answer.status !== 201) throw judged(answer.status, said.said);
  await outbox.change(item, { upload: answer.headers.get("Location") });
  return null;
};

let loaded;
const library = () => {
  const { tus } = document.documentElement.dataset;
  return loaded ??= tus ? import(tus).then(() => globalThis.tus ?? null).catch(() => { loaded = undefined; throw new Stopped("offline"); }) : Promise.resolve(null);
};

const pieces = (tus, item, { progress, signal }) => new Promise((done, failed) => {
  const upload = new tus.Upload(item.bytes, {
    uploadUrl: new URL(item.upload, location.href).href,
    chunkSize: PIECE,
    retryDelays: PAUSES,
    headers: { Accept: "application/json", "X-CSRFToken": token() },
    overridePatchMethod: true,                             // some networks let only GET and POST through
    storeFingerprintForResuming: false,
    onProgress: (sent, all) => progress(Math.floor(100 * sent / all)),
    onShouldRetry: (error) => {
      const status = error.originalResponse?.getStatus() ?? 0;
      return navigator.onLine && (status === 0 || DISAGREE.includes(status));
    },
    onSuccess: () => done(true),
    onError: (error) => {
      const answer = error.originalResponse;
      const status = answer?.getStatus() ?? 0;
      if (status === 0 || DISAGREE.includes(status)) failed(new Stopped("offline"));
      else if ([404, 410].includes(status)) done(false);
      else {
        let said = "";
        try { ({ said } = JSON.parse(answer.getBody())); } catch { /* not from us */ }
        failed(judged(status, said));
      }
    },
  });
  signal.addEventListener("abort", () => { upload.abort().finally(() => failed(signal.reason)); });
  upload.start();
});

/* Without the library the form's way for one photo carries it, whole. */
const atOnce = async (item, { signal }) => {
  const body = new FormData();
  body.append(item.field, item.bytes, item.name);
  for (const [name, value] of item.beside ?? []) body.append(name, value);
  const { answer, said } = await post(item.photos, { body, signal });
  if (answer.status !== 201) throw judged(answer.status, said.said);
  return said;
};

/** Send it; answers the photo as the page shows it. Raises `Stopped`, and what `signal` was aborted with. */
export const send = async (item, { progress, working, signal }) => {
  const tus = await library();
  for (let round = 0; round < ROUNDS; round += 1) {
    const known = item.upload ? null : await announce(item, signal);
    if (known) return known;
    if (!tus) return atOnce(item, { signal });
    if (await pieces(tus, item, { progress, signal })) {
      working();
      const body = new URLSearchParams([["view", viewOf(item)], ...item.beside ?? []]);
      const { answer, said } = await post(`${item.upload}/photo`, { body, signal });
      if (answer.status === 201) return said;
      if (answer.status === 409) continue;                 // it knows better how far it is: look again
      if (![404, 410, 460].includes(answer.status)) throw judged(answer.status, said.said);
    }
    await outbox.change(item, { upload: "" });             // what had arrived is gone there: from the beginning
  }
  throw new Stopped("later");
};

/** Tell the portal that this one is not coming. */
export const giveUp = (item) => item.upload && fetch(item.upload, {
  method: "POST", headers: { ...headers(), "X-HTTP-Method-Override": "DELETE" }, keepalive: true,
}).catch(() => {});
