/* Reading and checking the signed statement inside a photo: JPEG, JUMBF, CBOR, COSE, X.509, as far as C2PA 2.2 needs them
   for a JPEG signed with ES256 under an authority of our own. Knows no page and asks nobody. */

const OURS = "org.sunlight-oversight.photo";
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** What cannot be read, or does not hold. */
export class Broken extends Error {}

const must = (holds, said) => {
  if (!holds) throw new Broken(said);
};

const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
const sha256 = async (data) => new Uint8Array(await crypto.subtle.digest("SHA-256", data));
const big = (data, at, size) => {
  must(at + size <= data.length, "cut off");
  return data.subarray(at, at + size).reduce((sum, byte) => sum * 256 + byte, 0);
};

/* --- JPEG: where the statement lies ---------------------------------------------------------------- */

/** The JUMBF bytes of a JPEG and where they stand, {store, start, end}; null when it has none. */
const storeIn = (jpeg) => {
  const parts = [];
  let [at, start, end] = [2, 0, 0];
  must(big(jpeg, 0, 2) === 0xffd8, "not a JPEG");
  while (at + 4 <= jpeg.length && jpeg[at] === 0xff && jpeg[at + 1] !== 0xda) {
    const [marker, size] = [jpeg[at + 1], big(jpeg, at + 2, 2)];
    if (marker === 0xeb && size > 18 && big(jpeg, at + 4, 2) === 0x4a50) {
      must(!parts.length || at === end, "a statement in two places"); // nothing may hide between its parts
      must(big(jpeg, at + 8, 4) === parts.length + 1, "a statement out of order");
      if (!parts.length) start = at;
      parts.push(jpeg.subarray(at + (parts.length ? 20 : 12), at + 2 + size)); // later parts say the box's size again
      end = at + 2 + size;
    }
    at += 2 + size;
  }
  if (!parts.length) return null;
  const store = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  parts.reduce((to, part) => (store.set(part, to), to + part.length), 0);
  return { store, start, end };
};

/* --- JUMBF: boxes ------------------------------------------------------------------------------------ */

const boxesIn = (data) => {
  const found = [];
  for (let at = 0; at < data.length; ) {
    const size = big(data, at, 4);
    must(size >= 8 && at + size <= data.length, "a box that is cut off");
    found.push({ type: big(data, at + 4, 4), body: data.subarray(at + 8, at + size) });
    at += size;
  }
  return found;
};

const [JUMB, JUMD, CBOR] = [0x6a756d62, 0x6a756d64, 0x63626f72];

/** A box that holds others: its label, the boxes in it, and its bytes, which is what is hashed. */
const opened = ({ type, body }) => {
  must(type === JUMB, "not a box of boxes");
  const [described, ...inside] = boxesIn(body);
  must(described?.type === JUMD, "a box without a description");
  const from = described.body.subarray(17);
  const until = from.indexOf(0);
  must(described.body[16] & 2 && until >= 0, "a box without a label");
  return { label: utf8.decode(from.subarray(0, until)), inside, body };
};

const cborOf = (box) => {
  const content = box.inside.find(({ type }) => type === CBOR);
  must(content, `${box.label} says nothing`);
  return content.body;
};

/* --- CBOR: definite lengths, which is all that is written ---------------------------------------------- */

const decode = (data) => {
  let at = 0;
  const take = (size) => {
    must(at + size <= data.length, "cut off");
    at += size;
    return data.subarray(at - size, at);
  };
  const item = (depth) => {
    must(depth < 16, "too deep");
    const [first] = take(1);
    const [major, minor] = [first >> 5, first & 31];
    must(minor < 28, "a form that is not used here");
    const count = minor < 24 ? minor : big(take(2 ** (minor - 24)), 0, 2 ** (minor - 24));
    if (major === 0) return count;
    if (major === 1) return -1 - count;
    if (major === 2) return take(count);
    if (major === 3) return utf8.decode(take(count));
    if (major === 4) {
      must(count <= data.length, "cut off");
      return Array.from({ length: count }, () => item(depth + 1));
    }
    if (major === 5) {
      must(count <= data.length, "cut off");
      return new Map(Array.from({ length: count }, () => [item(depth + 1), item(depth + 1)]));
    }
    if (major === 6) return item(depth + 1);
    return { 20: false, 21: true }[minor] ?? null;
  };
  const found = item(0);
  must(at === data.length, "more than one thing");
  return found;
};

/** A byte string, or an array's beginning, as CBOR. */
const head = (major, size) =>
  size < 24 ? [major + size] : size < 256 ? [major + 24, size] : [major + 25, size >> 8, size & 255];

/** What a COSE signature is over: the words, the protected header, nothing, the payload. */
const toBeSigned = (header, payload) => {
  const words = new TextEncoder().encode("Signature1");
  const before = [0x84, ...head(0x60, words.length), ...words, ...head(0x40, header.length), ...header, 0x40];
  must(payload.length < 65536, "too long");
  return Uint8Array.of(...before, ...head(0x40, payload.length), ...payload);
};

/* --- X.509: a certificate and the one that vouches for it ------------------------------------------------ */

const SIGNED_WITH = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]; // ecdsa-with-SHA256

/** One DER element: {tag, body, whole, next}. */
const element = (data, at = 0) => {
  const [tag, first] = [big(data, at, 1), big(data, at + 1, 1)];
  const more = first < 128 ? 0 : first - 128;
  must(more <= 3, "too long");
  const size = more ? big(data, at + 2, more) : first;
  const start = at + 2 + more;
  must(start + size <= data.length, "cut off");
  return { tag, body: data.subarray(start, start + size), whole: data.subarray(at, start + size), next: start + size };
};

const elements = (data) => {
  const found = [];
  for (let at = 0; at < data.length; at = found.at(-1).next) found.push(element(data, at));
  return found;
};

/** An ECDSA signature as WebCrypto wants it, two numbers of 32 bytes. */
const plainSignature = (der) => {
  const numbers = elements(element(der).body);
  must(numbers.length === 2, "not a signature");
  const plain = new Uint8Array(64);
  numbers.forEach(({ body }, place) => {
    const number = body[0] === 0 ? body.subarray(1) : body;
    must(number.length <= 32, "not a signature");
    plain.set(number, 32 * place + 32 - number.length);
  });
  return plain;
};

/** What a certificate says: {signed, signature, key}. */
const certificate = (der) => {
  const [signed, kind, signature] = elements(element(der).body);
  must(same([...elements(kind.body)[0].body], SIGNED_WITH), "signed in another way");
  const parts = elements(signed.body);
  const key = parts[parts[0].tag === 0xa0 ? 6 : 5];
  return { signed: signed.whole, signature: plainSignature(signature.body.subarray(1)), key: key.whole };
};

const P256 = { name: "ECDSA", namedCurve: "P-256" };
const verified = async (key, signature, data) => {
  try {
    const made = await crypto.subtle.importKey("spki", key, P256, false, ["verify"]);
    return await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, made, signature, data);
  } catch {
    return false; // another kind of key than ours
  }
};

/** The certificates in a PEM file, as DER. */
export const certificatesIn = (pem) =>
  [...pem.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END/g)].map(([, text]) =>
    Uint8Array.from(atob(text.replace(/\s/g, "")), (letter) => letter.charCodeAt(0)),
  );

/* --- the statement --------------------------------------------------------------------------------------- */

/** What a JPEG says of itself: {state, statement}. state: `none`; `foreign`, signed by somebody else or past reading;
    `changed`, ours, and something was changed after it was signed; `good`. statement: what we signed, a `Map`. */
export const checkCredential = async (jpeg, authorities) => {
  try {
    const found = storeIn(jpeg);
    return found ? await checkStore(jpeg, found, authorities) : { state: "none" };
  } catch (error) {
    if (!(error instanceof Broken) && !(error instanceof TypeError)) throw error;
    return { state: "foreign", said: String(error) }; // not as we write them
  }
};

const checkStore = async (jpeg, { store, start, end }, authorities) => {
  const manifest = opened(opened(boxesIn(store)[0]).inside.at(-1)); // the last one is the one that counts
  const parts = new Map(manifest.inside.map(opened).map((box) => [box.label, box]));
  const [claimBox, signatureBox] = [parts.get("c2pa.claim.v2"), parts.get("c2pa.signature")];
  must(claimBox && signatureBox && parts.get("c2pa.assertions"), "not a statement of ours");
  const claimed = cborOf(claimBox);
  const [header, loose, , signature] = decode(cborOf(signatureBox));
  const protectedHeader = decode(header);
  const chain = [protectedHeader.get(33) ?? loose.get(33) ?? loose.get("x5chain")].flat();
  const signer = certificate(chain[0]);
  const vouched = authorities.map((der) => verified(certificate(der).key, signer.signature, signer.signed));
  must(protectedHeader.get(1) === -7 && (await Promise.all(vouched)).includes(true), "under another authority");
  if (!(await verified(signer.key, signature, toBeSigned(header, claimed)))) return { state: "changed" };
  const claim = decode(claimed);
  const assertions = new Map(parts.get("c2pa.assertions").inside.map(opened).map((box) => [box.label, box]));
  for (const named of [...(claim.get("created_assertions") ?? []), ...(claim.get("gathered_assertions") ?? [])]) {
    const box = assertions.get(named.get("url").split("/").at(-1));
    if (!box || !same(await sha256(box.body), named.get("hash"))) return { state: "changed" };
    box.named = true;
  }
  const [bound, stated] = [assertions.get("c2pa.hash.data"), assertions.get(OURS)];
  must(bound?.named && stated?.named, "not a statement of ours");
  const statement = decode(cborOf(stated));
  const [left, ...others] = decode(cborOf(bound)).get("exclusions");
  const whole = left.get("start") === start && left.get("length") === end - start && !others.length;
  const rest = new Uint8Array(jpeg.length - (end - start));
  rest.set(jpeg.subarray(0, start));
  rest.set(jpeg.subarray(end), start);
  const unchanged = whole && same(await sha256(rest), decode(cborOf(bound)).get("hash"));
  return { state: unchanged ? "good" : "changed", statement };
};
