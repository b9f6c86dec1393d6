/* What this device remembers of the record: the log's key as it first saw it, and the newest checkpoint it has seen.
   At every visit the record must begin with all of that. Used by site.js (quietly) and check.js (in words). */

const KEPT = "sunlight.record";

/** What is remembered: {key, note, seen} with the key's line, the signed note, and when; null before the first visit
    or where nothing can be kept. */
export const remembered = () => {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT));
    return kept && typeof kept.key === "string" && typeof kept.note === "string" ? kept : null;
  } catch {
    return null;
  }
};

const remember = (kept) => {
  try {
    localStorage.setItem(KEPT, JSON.stringify({ ...kept, seen: new Date().toISOString() }));
  } catch {
    /* a device that keeps nothing compares nothing; the check itself still holds */
  }
};

const text = async (address) => {
  const answer = await fetch(address, { cache: "no-store", credentials: "omit" });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.text();
};

/** A tile of the record, by its path. */
export const tile = async (path) => {
  const answer = await fetch(`/record/${path}`, { credentials: "omit" });
  if (!answer.ok) throw new Error(`/record/${path}: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
};

/** What the site says of the keys of its log and of its witnesses. */
export const keys = async () => JSON.parse(await text("/record/keys.json"));

/** Compare the record of today with what is remembered, and remember it when it agrees.
    The answer's `state` is `first`, `same`, `extends`, `fork`, `older` or `unsigned`; with it come `key`, `checkpoint`,
    what was remembered as `before`, and `newKey` when the log's key was replaced as it should be.
    Throws an `Error` when the site does not answer: that says nothing about the record. */
export const visit = async (proof) => {
  const note = await text("/record/checkpoint");
  const { keys } = JSON.parse(await text("/record/keys.json"));
  const before = remembered();
  let checkpoint, key, newKey;
  try {
    checkpoint = proof.parseCheckpoint(proof.parseNote(note));
    key = await standing(proof, keys, before?.key);
    newKey = before !== null && key.line !== before.key;
    const signed = await proof.signedBy(checkpoint.note, key);
    if (!signed || checkpoint.origin !== key.name) return { state: "unsigned", checkpoint, before, key };
  } catch (error) {
    if (!(error instanceof proof.Wrong)) throw error;
    return { state: "unsigned", checkpoint, before, key, said: error.message };
  }
  const found = { checkpoint, before, key, newKey };
  if (before !== null) {
    const old = proof.parseCheckpoint(proof.parseNote(before.note));
    if (old.size > checkpoint.size) return { ...found, state: "older", old };
    if (!(await proof.extendsFrom(old, checkpoint, tile))) return { ...found, state: "fork", old };
    found.old = old;
  }
  remember({ key: key.line, note });
  const state = before === null ? "first" : found.old.size === checkpoint.size ? "same" : "extends";
  return { ...found, state };
};

/** The key that stands now: the one that is remembered, or one that it has handed over to, note by note. */
const standing = async (proof, keys, line) => {
  const newest = await proof.parseKey(keys.at(-1)?.vkeys[0] ?? "");
  if (line === undefined || newest.line === line) return newest;
  let at = keys.findIndex((each) => each.vkeys[0] === line);
  if (at < 0) throw new proof.Wrong("signature", "the key that this device remembers is not among the log's keys");
  let key = await proof.parseKey(line);
  while (++at < keys.length) {
    const statement = proof.parseNote(keys[at].statement);
    const next = await proof.parseKey(keys[at].vkeys[0]);
    const names = statement.text.split("\n");
    const handed = names[0] === `${key.name}/keys` && names[1] === String(keys[at].number) && names[4] === next.line;
    if (!handed || !(await proof.signedBy(statement, key)) || !(await proof.signedBy(statement, next))) {
      throw new proof.Wrong("signature", "a new key that the old one has not signed");
    }
    key = next;
  }
  return key;
};
