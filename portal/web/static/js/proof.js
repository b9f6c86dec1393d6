/* Checking the record: hashes, ways to the root, signed notes. Knows no page and asks nobody but `fetch` for tiles.
   Words and formats: RFC 9162 section 2, C2SP tlog-proof, tlog-checkpoint, signed-note, tlog-tiles. */

const ED25519 = 1;
const COSIGNATURE = 4; // Ed25519 with the time, over a checkpoint (C2SP tlog-cosignature)
const HEAD = "c2sp.org/tlog-proof@v1";
const TILE = 256;
const utf8 = new TextEncoder();

/** What does not hold. `step` says where: form, entry, document, way, signature. */
export class Wrong extends Error {
  constructor(step, said) {
    super(said);
    this.step = step;
  }
}

/* --- hashing; a browser without WebCrypto, or a page that came without TLS, takes the packaged library --- */

const packaged = {};

/** Addresses of the packaged libraries, used when the browser itself cannot: {hash, signature}. */
export const useInstead = (addresses) => Object.assign(packaged, addresses);

export const sha256 = async (...parts) => {
  const data = join(...parts);
  if (globalThis.crypto?.subtle) return new Uint8Array(await crypto.subtle.digest("SHA-256", data));
  if (!packaged.hash) throw new Wrong("form", "this browser cannot hash on this page");
  return (await import(packaged.hash)).sha256(data);
};

const verified = async (key, signature, message) => {
  try {
    const made = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", made, signature, message);
  } catch (error) {
    if (!packaged.signature || !packaged.hash) throw new Wrong("signature", String(error));
    const [library, { sha512 }] = await Promise.all([import(packaged.signature), import(packaged.hash)]);
    library.hashes.sha512 = sha512;
    return library.verify(signature, message, key, { zip215: false });
  }
};

const join = (...parts) => {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
};

const node = (left, right) => sha256(Uint8Array.of(1), left, right);

export const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);

export const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export const unhex = (text) => {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) throw new Wrong("form", "not hexadecimal");
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
};

export const unbase64 = (text) => {
  let raw;
  try {
    raw = atob(text);
  } catch {
    throw new Wrong("form", "not base64");
  }
  if (btoa(raw) !== text) throw new Wrong("form", "not base64 in its one form");
  return Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
};

const number = (text) => {
  if (!/^(?:0|[1-9][0-9]{0,14})$/.test(text)) throw new Wrong("form", "not a number");
  return Number(text);
};

/* --- notes and keys ------------------------------------------------------------------------------ */

/** A public key from its line `name+id+base64`; null for a kind that browsers do not know. */
export const parseKey = async (line) => {
  const found = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(line);
  if (!found) throw new Wrong("form", "not a key");
  const data = unbase64(found[3]);
  if (data[0] !== ED25519 && data[0] !== COSIGNATURE) return null;
  const id = (await sha256(utf8.encode(`${found[1]}\n`), data)).slice(0, 4);
  if (data.length !== 33 || hex(id) !== found[2]) throw new Wrong("form", "not a key");
  return { name: found[1], id, kind: data[0], public: data.slice(1), line };
};

/** A signed note: its text, and who signed it. */
export const parseNote = (whole) => {
  const gap = whole.lastIndexOf("\n\n");
  if (gap < 0 || !whole.endsWith("\n")) throw new Wrong("form", "not a signed note");
  const lines = whole.slice(gap + 2, -1).split("\n");
  const signatures = lines.map((line) => {
    const found = /^— ([^\s+]+) (\S+)$/.exec(line);
    if (!found) throw new Wrong("form", "not a signature");
    const data = unbase64(found[2]);
    return { name: found[1], id: data.slice(0, 4), signature: data.slice(4) };
  });
  return { whole, text: whole.slice(0, gap + 1), signatures };
};

/** Whether this key signed this note. Throws `Wrong` for a line of the key that does not hold. */
export const signedBy = async (note, key) => {
  if (key.kind !== ED25519) return false;
  const mine = note.signatures.filter((each) => each.name === key.name && same(each.id, key.id));
  for (const { signature } of mine) {
    if (!(await verified(key.public, signature, utf8.encode(note.text)))) {
      throw new Wrong("signature", `the signature of ${key.name} does not hold`);
    }
  }
  return mine.length === 1;
};

/** When a witness with this key signed this checkpoint: a `Date`, or null when no line of it holds. */
export const cosignedAt = async (note, key) => {
  if (key?.kind !== COSIGNATURE) return null;
  for (const { name, id, signature } of note.signatures) {
    if (name !== key.name || !same(id, key.id) || signature.length !== 72) continue;
    const time = new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);
    const message = utf8.encode(`cosignature/v1\ntime ${time}\n${note.text}`);
    if (time <= 253402300799n && (await verified(key.public, signature.slice(8), message))) {
      return new Date(Number(time) * 1000);
    }
  }
  return null;
};

/** Whether witnesses of these names are enough: {witnesses, groups, quorum} as keys.json says it. */
export const isMet = ({ witnesses, groups, quorum }, names) => {
  const met = new Map([["none", true], ...witnesses.map(({ name }) => [name, names.includes(name)])]);
  for (const { name, threshold, members } of groups) {
    met.set(name, members.filter((member) => met.get(member)).length >= threshold);
  }
  return met.get(quorum) === true;
};

/** What a checkpoint says: the log's name, its size, its root. */
export const parseCheckpoint = (note) => {
  const [origin, size, root, end, ...more] = note.text.split("\n");
  if (!origin || end !== "" || more.length) throw new Wrong("form", "not a checkpoint");
  const found = { origin, size: number(size), root: unbase64(root), note };
  if (found.root.length !== 32) throw new Wrong("form", "not a root");
  return found;
};

/* --- the tree ------------------------------------------------------------------------------------ */

/** The root that a proof leads to from an entry's leaf hash (RFC 9162, 2.1.3.2). */
export const rootOver = async (leaf, index, size, way) => {
  if (!(index < size)) throw new Wrong("way", "beyond the tree");
  let [at, last, found] = [index, size - 1, leaf];
  for (const step of way) {
    if (last === 0) throw new Wrong("way", "the way is too long");
    if (at % 2 || at === last) {
      found = await node(step, found);
      while (at && at % 2 === 0) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
    } else found = await node(found, step);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  if (last !== 0) throw new Wrong("way", "the way is too short");
  return found;
};

/** The largest power of two below a count. */
const half = (count) => 2 ** Math.floor(Math.log2(count - 1));

/** Whether the tree of `now` begins with the whole tree of `old`. `fetchTile(path)` gives a tile's bytes; they only
    make a proof, which must lead to both roots. */
export const extendsFrom = async (old, now, fetchTile) => {
  if (old.size > now.size) return false;
  if (old.size === now.size) return same(old.root, now.root);
  return old.size === 0 || joins(old, now, await consistency(old.size, now.size, fetchTile));
};

/** The proof that a tree of so many entries extends an older one (RFC 9162, 2.1.4.1). */
const consistency = async (old, size, fetchTile) => {
  const tiles = new Map();
  const hashAt = async (height, index) => {
    const level = Math.floor(height / 8);
    if (height % 8) return node(await hashAt(height - 1, 2 * index), await hashAt(height - 1, 2 * index + 1));
    const place = Math.floor(index / TILE);
    const path = tilePath(level, place, Math.min(TILE, Math.floor(size / TILE ** level) - place * TILE));
    if (!tiles.has(path)) tiles.set(path, await fetchTile(path));
    return tiles.get(path).slice((index % TILE) * 32, (index % TILE) * 32 + 32);
  };
  const over = async (low, high) => {
    const height = Math.log2(high - low);
    if (Number.isInteger(height)) return hashAt(height, low / (high - low));
    const middle = low + half(high - low);
    return node(await over(low, middle), await over(middle, high));
  };
  const proof = [];
  let [low, high, whole] = [0, size, true];
  while (old !== high) {
    const middle = low + half(high - low);
    if (old <= middle) {
      proof.unshift(await over(middle, high));
      high = middle;
    } else {
      proof.unshift(await over(low, middle));
      [low, whole] = [middle, false];
    }
  }
  return whole ? proof : [await over(low, high), ...proof];
};

/** Whether such a proof leads to both roots (RFC 9162, 2.1.4.2). */
const joins = async (old, now, proof) => {
  const steps = Number.isInteger(Math.log2(old.size)) ? [old.root, ...proof] : proof;
  if (!steps.length) return false;
  let [at, last] = [old.size - 1, now.size - 1];
  while (at % 2) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  let [first, second] = [steps[0], steps[0]];
  for (const step of steps.slice(1)) {
    if (last === 0) return false;
    if (at % 2 || at === last) {
      [first, second] = [await node(step, first), await node(step, second)];
      while (at && at % 2 === 0) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
    } else second = await node(second, step);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && same(first, old.root) && same(second, now.root);
};

/** Where a tile lies (C2SP tlog-tiles). */
const tilePath = (level, index, width) => {
  const groups = [String(index % 1000).padStart(3, "0")];
  for (let rest = Math.floor(index / 1000); rest; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${String(rest % 1000).padStart(3, "0")}`);
  }
  return `tile/${level}/${groups.join("/")}${width < TILE ? `.p/${width}` : ""}`;
};

/* --- proof files --------------------------------------------------------------------------------- */

/** A proof file taken apart; nothing of it is checked yet. */
export const parseProof = (text) => {
  const gap = text.indexOf("\n\n");
  const lines = gap < 0 ? [] : text.slice(0, gap).split("\n");
  if (lines.shift() !== HEAD) throw new Wrong("form", "not a proof file");
  let extra = {};
  if (lines[0]?.startsWith("extra ")) {
    try {
      const decoder = new TextDecoder("utf-8", { fatal: true });
      extra = JSON.parse(decoder.decode(unbase64(lines.shift().slice(6))));
    } catch (error) {
      throw error instanceof Wrong ? error : new Wrong("form", "its opening cannot be read");
    }
  }
  if (!lines[0]?.startsWith("index ")) throw new Wrong("form", "not a proof file");
  const index = number(lines.shift().slice(6));
  const way = lines.map(unbase64);
  if (way.length > 63 || way.some((step) => step.length !== 32)) throw new Wrong("form", "not a way");
  return { index, way, extra, checkpoint: parseCheckpoint(parseNote(text.slice(gap + 2))) };
};

/** Check a proof file from the entry up to the root. What it is of: {index, leaf, document, checkpoint}; document is
    null when its opening was destroyed. Who signed is asked apart (`signedBy`). Throws `Wrong`. */
export const checkProof = async (text) => {
  const { index, way, extra, checkpoint } = parseProof(text);
  if (typeof extra.leaf !== "string") throw new Wrong("form", "the entry itself is not in it");
  let leaf, document = null;
  try {
    leaf = JSON.parse(extra.leaf);
    if (typeof extra.document === "string") document = JSON.parse(extra.document);
  } catch {
    throw new Wrong("form", "its entry cannot be read");
  }
  if (leaf.seq !== index) throw new Wrong("entry", `it is of entry ${leaf.seq}, not ${index}`);
  if (document !== null) {
    const opened = [utf8.encode("sunlight/opening/v1\n"), unhex(String(extra.salt)), utf8.encode(extra.document)];
    if (opened[1].length !== 32 || hex(await sha256(...opened)) !== leaf.commit) {
      throw new Wrong("document", "the document is not what the entry committed to");
    }
  }
  const hash = await sha256(Uint8Array.of(0), utf8.encode(extra.leaf));
  if (extra.seq !== index || extra.leaf_hash !== hex(hash)) throw new Wrong("entry", "its hash is not what it says");
  if (!same(await rootOver(hash, index, checkpoint.size, way), checkpoint.root)) {
    throw new Wrong("way", "the way does not lead to the root that was signed");
  }
  return { index, leaf, document, checkpoint };
};
