/* A receipt, checked on its holder's device: is it signed, does the log say it, what was decided, and was that published
   which was handed in. Public lists are fetched by month; what is looked for in them is never sent.
   Formats: docs/record.md, "Receipts". */

const DAY = 24 * 3600 * 1000;
const SLACK = 10 * 60 * 1000;
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const PASSAGES = ["month", "physical_percent", "done", "problems", "next_step", "reason"];
const utf8 = new TextEncoder();

const json = async (address) => JSON.parse(await text(address));
const text = async (address) => {
  const answer = await fetch(address, { cache: "no-store", credentials: "omit" });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.text();
};

/** The 15 bytes of a code as the file writes it. */
const codeBytes = (written, Wrong) => {
  const letters = written.replaceAll("-", "");
  if (!/^[0-9A-HJKMNP-TV-Z]{28}$/.test(letters)) throw new Wrong("form", "not a code");
  let bits = 0n;
  for (const letter of letters.slice(0, 24)) bits = bits * 32n + BigInt(ALPHABET.indexOf(letter));
  return Uint8Array.from({ length: 15 }, (_, at) => Number((bits >> BigInt(8 * (14 - at))) & 255n));
};

/** A file taken apart; nothing of it is checked yet. */
const parse = (file, proof) => {
  const gap = file.indexOf("\n\n");
  const said = Object.fromEntries(
    file.slice(0, gap).split("\n").slice(1).map((line) => [line.split(" ", 1)[0], line.slice(line.indexOf(" ") + 1)]),
  );
  const note = proof.parseNote(file.slice(gap + 2));
  const [head, origin, commitment, received, by, end, ...more] = note.text.split("\n");
  const known = head === "sunlight/receipt/v1" && end === "" && !more.length && said.code;
  if (!known || Number.isNaN(Date.parse(received)) || Number.isNaN(Date.parse(by))) {
    throw new proof.Wrong("form", "not a receipt");
  }
  const checkpoint = said.checkpoint && new TextDecoder().decode(proof.unbase64(said.checkpoint));
  return {
    code: codeBytes(said.code, proof.Wrong),
    content: said.content,
    checkpoint: checkpoint ? proof.parseCheckpoint(proof.parseNote(checkpoint)) : null,
    note,
    origin,
    commitment: proof.hex(proof.unbase64(commitment)),
    received: new Date(received),
    by: new Date(by),
  };
};

/** What follows from the code: commitment of a content, marks, and what the marked lines say. */
const opened = async (code, proof) => {
  const sha = (name, ...parts) => proof.sha256(utf8.encode(`sunlight/${name}/v1\n`), ...parts);
  const secret = await sha("secret", code);
  const xor = (bytes, pad) => bytes.map((byte, at) => byte ^ pad[at]);
  const [mark, decisionMark, timesPad] = await Promise.all(["logged", "decided", "times"].map((each) => sha(each, secret)));
  const wordsPad = [];
  for (const half of [0, 1]) wordsPad.push(...(await sha("decision", secret, Uint8Array.of(half))));
  return {
    commitment: async (content) => proof.hex(await sha("receipt", secret, utf8.encode(content))),
    mark: proof.hex(mark),
    decisionMark: proof.hex(decisionMark),
    times: (line) => {
      const found = new DataView(xor(proof.unhex(line.slice(128)), timesPad).buffer);
      return [0, 8].map((at) => Number(found.getBigUint64(at)) * 1000);
    },
    decision: (line) => {
      const words = String.fromCharCode(...xor(proof.unhex(line.slice(64)), wordsPad)).replace(/\0+$/, "");
      const [outcome, at, entry] = words.split(" ");
      return { words, outcome, at: new Date(at), entry: entry === undefined ? null : Number(entry) };
    },
  };
};

/** Every batch from the month of a moment to that of another. */
const batches = async (from, to) => {
  const found = [];
  for (let at = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth())); at <= to; at.setUTCMonth(at.getUTCMonth() + 1)) {
    found.push(...(await json(`/record/receipts/${at.toISOString().slice(0, 7)}.json`)).batches);
  }
  return found;
};

/** An entry as the log proves it: {leaf, document}; null when it cannot. */
const proven = async (seq, now, { proof, record }) => {
  try {
    const found = await proof.checkProof(await text(`/record/${seq}.tlog-proof`));
    const [older, newer] =
      found.checkpoint.size <= now.checkpoint.size ? [found.checkpoint, now.checkpoint] : [now.checkpoint, found.checkpoint];
    const ours = found.checkpoint.origin === now.key.name && (await proof.signedBy(found.checkpoint.note, now.key));
    return ours && found.index === seq && (await proof.extendsFrom(older, newer, record.tile)) ? found : null;
  } catch (error) {
    if (!(error instanceof proof.Wrong)) throw error;
    return null;
  }
};

/** Check a receipt's file and say each step. `by` are the tools of check.js. */
export const check = async (file, by) => {
  const { proof, record, tell, conclude, moment } = by;
  let receipt;
  try {
    receipt = parse(file, proof);
  } catch (error) {
    if (!(error instanceof proof.Wrong)) throw error;
    tell("form", "wrong");
    return conclude("unread");
  }
  const now = await record.visit(proof);
  if (now.state === "unsigned" || !now.key) {
    tell("signature", "wrong");
    return conclude("bad");
  }
  const said = { received: moment(receipt.received), by: moment(receipt.by), due: moment(new Date(+receipt.received + DAY)) };
  const bad = [
    !(await signed(receipt, now, said, by)),
    !(await held(receipt, by)),
    (await by.remembers(now, receipt.checkpoint ?? now.checkpoint)) === "bad",
    !(await told(receipt, now, said, by)),
  ];
  return conclude(bad.includes(true) ? "bad" : "good");
};

/** Whether a key on the record signed it. */
const signed = async (receipt, now, said, by) => {
  const { proof, tell } = by;
  const { receipts } = await json("/record/keys.json");
  const entry = receipts ? await proven(receipts.entry, now, by) : null;
  const keys = entry?.leaf.item === "receipts/keys" ? entry.document.keys : [];
  try {
    for (const line of receipt.origin === now.key.name ? keys : []) {
      if (await proof.signedBy(receipt.note, await proof.parseKey(line))) {
        tell("receipt", "ok", said);
        return true;
      }
    }
    tell("receipt", "nokey");
  } catch (error) {
    if (!(error instanceof proof.Wrong)) throw error;
    tell("receipt", "wrong");
  }
  return false;
};

/** Whether code and content are what was committed to. */
const held = async (receipt, { proof, tell }) => {
  if (receipt.content === undefined) {
    tell("content", "none");
    return true;
  }
  const made = await (await opened(receipt.code, proof)).commitment(receipt.content);
  tell("content", made === receipt.commitment ? "ok" : "wrong");
  return made === receipt.commitment;
};

/** What the log says of it: that it was received, what was decided, what was published. */
const told = async (receipt, now, said, by) => {
  const { proof, tell, moment } = by;
  const code = await opened(receipt.code, proof);
  const lists = await batches(receipt.received, new Date());
  const where = (test) => lists.flatMap((each) => each.lines.filter(test).map((line) => ({ ...each, line })));
  const inLog = async ({ seq, line }) => {
    const entry = await proven(seq, now, by);
    return entry?.leaf.kind === "receipts" && entry.document.lines.includes(line) ? entry : null;
  };
  const [logged] = where((line) => line.startsWith(receipt.commitment));
  if (!logged) {
    const late = Date.now() > +receipt.received + DAY;
    tell("logged", late ? "noabsent" : "wait", said);
    return !late;
  }
  const entry = await inLog(logged);
  const at = new Date(entry?.leaf.at ?? NaN);
  const seen = now.before ? moment(new Date(now.before.seen)) : "";
  const facts = { ...said, entry: logged.seq, at: entry ? moment(at) : "", seen };
  const times = code.times(logged.line);
  // what this device saw was signed a minute after it was made at most, so what was not there then is not older
  const unseen = now.old !== undefined && logged.seq >= now.old.size && at < new Date(now.before.seen) - SLACK;
  const wrong = !entry ? "noproof"
    : at < receipt.received ? "noearly"
    : unseen ? "noback"
    : at - receipt.received > DAY ? "nolate"
    : logged.line.slice(64, 128) !== code.mark || times[0] !== +receipt.received || times[1] !== +receipt.by ? "nodiffers"
    : "";
  tell("logged", wrong || "ok", facts);
  const decided = await decision(receipt, said, by, { code, found: where((line) => line.startsWith(code.decisionMark)), inLog, now });
  return !wrong && decided;
};

const decision = async (receipt, said, by, { code, found, inLog, now }) => {
  const { tell, moment, word } = by;
  const lines = [];
  for (const each of found) {
    const entry = await inLog(each);
    if (entry) lines.push({ ...code.decision(each.line), seq: each.seq, logged: new Date(entry.leaf.at) });
  }
  if (!lines.length) {
    const late = Date.now() > +receipt.by + DAY;
    tell("decided", late ? "noabsent" : "wait", said);
    return !late;
  }
  if (new Set(lines.map((each) => each.words)).size > 1) {
    tell("decided", "notwo");
    return false;
  }
  const [first] = lines;
  const late = first.at > receipt.by || first.logged - first.at > DAY;
  tell("decided", late ? "nolate" : "ok", { ...said, outcome: word(first.outcome), at: moment(first.at), entry: first.seq });
  return (first.entry === null || (await published(receipt, first.entry, now, by))) && !late;
};

/** Whether the words that became public are those that were handed in. */
const published = async (receipt, seq, now, by) => {
  const entry = await proven(seq, now, by);
  const facts = { entry: seq };
  if (!entry || entry.leaf.kind === "receipts") {
    by.tell("published", "noproof", facts);
    return false;
  }
  if (entry.document === null || receipt.content === undefined) {
    if (entry.document === null) by.tell("published", "sealed", facts);
    return true;
  }
  const content = JSON.parse(receipt.content);
  const differing = PASSAGES.filter((name) => (content[name] ?? "") !== (entry.document[name] ?? ""));
  by.tell("published", differing.length ? "nodiffers" : "ok", { ...facts, fields: differing.join(", ") });
  return !differing.length;
};
