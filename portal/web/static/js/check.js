/* "How to check this", done: on the page of an entry, and for any proof file on /verify. All words are in the page
   (data-ok, data-wrong of each step); this file fills them in. What of an entry was not come to is named
   as well (data-todo), so that the room kept for the answers is never empty. */

const desk = document.querySelector("[data-check]");
const { proof: proofAddress, record: recordAddress, hash, signature } = desk.dataset;
const [proof, record] = await Promise.all([import(proofAddress), import(recordAddress)]);
proof.useInstead({ hash, signature });

const verdict = desk.querySelector("[data-verdict]");
const steps = new Map([...desk.querySelectorAll("[data-step]")].map((item) => [item.dataset.step, item]));
const english = document.documentElement.lang === "en";
const figures = new Intl.NumberFormat(english ? "en-GB" : "zh-CN");
const days = new Intl.DateTimeFormat(english ? "en-GB" : "zh-CN", { dateStyle: "long", timeZone: "Asia/Shanghai" });

const moments = new Intl.DateTimeFormat(english ? "en-GB" : "zh-CN", {
  dateStyle: "long", timeStyle: "short", timeZone: "Asia/Shanghai",
});

/* --- words --------------------------------------------------------------------------------------- */

const filled = (words, facts) => words.replace(/\{(\w+)\}/g, (all, name) => facts[name] ?? all);

/** Say how a step went: ok, wrong, or another of its words. */
const tell = (name, how, facts = {}) => {
  const item = steps.get(name);
  const words = item?.dataset[how];
  if (!words) return;
  item.hidden = false;
  const yellow = how === "few" || how.startsWith("wait");
  item.dataset.lamp = how === "wrong" || how.startsWith("no") ? "red" : yellow ? "yellow" : "green";
  item.querySelector("[data-mark]").textContent = { red: "✕", yellow: "…", green: "✓" }[item.dataset.lamp];
  item.querySelector("[data-words]").textContent = filled(words, facts);
};

const conclude = (how, facts = {}) => {
  verdict.dataset.lamp = { good: "green", bad: "red", open: "yellow", unread: "yellow" }[how];
  verdict.querySelector("[data-words]").textContent = filled(verdict.dataset[how], facts);
  desk.querySelector("[data-cure]").hidden = how !== "bad";
  for (const item of steps.values()) {
    if (!item.hidden || !item.dataset.todo) continue;
    item.hidden = false; // after all that was told, so nothing moves
    item.querySelector("[data-mark]").textContent = "·";
    item.querySelector("[data-words]").textContent = item.dataset.todo;
  }
};

const begin = () => {
  for (const item of steps.values()) {
    item.hidden = true;
    delete item.dataset.lamp;
  }
  verdict.hidden = false;
  delete verdict.dataset.lamp;
  verdict.querySelector("[data-words]").textContent = verdict.dataset.busy;
  desk.querySelector("[data-cure]").hidden = true;
  desk.querySelector("[data-shown]").hidden = true;
};

/* --- checking ------------------------------------------------------------------------------------ */

/** One proof, from its document up to what this device remembers. */
const check = async (text, { foreignKey = "" } = {}) => {
  begin();
  let found;
  try {
    found = await proof.checkProof(text);
  } catch (error) {
    if (!(error instanceof proof.Wrong)) throw error;
    tell(error.step, "wrong");
    conclude(error.step === "form" ? "unread" : "bad");
    return;
  }
  const { index, leaf, document: shown, checkpoint } = found;
  const facts = { index: figures.format(index), size: figures.format(checkpoint.size), origin: checkpoint.origin };
  tell("document", shown === null ? "sealed" : "ok");
  tell("entry", "ok", facts);
  tell("way", "ok", facts);
  show(leaf, shown);
  const signed = foreignKey ? await signedByHand(checkpoint, foreignKey) : await signedHere(checkpoint);
  if (!foreignKey && signed === "good") await tellWitnesses(checkpoint);
  conclude(signed, facts);
};

/** Who else has signed the checkpoint, by the keys that this site names. */
const tellWitnesses = async ({ note }) => {
  const { witnesses: policy } = await record.keys();
  if (!policy?.witnesses.length) return;
  const words = steps.get("witnesses").dataset;
  const signed = [];
  for (const { name, vkey } of policy.witnesses) {
    const at = await proof.cosignedAt(note, await proof.parseKey(vkey));
    if (at) signed.push({ name, time: moments.format(at) });
  }
  const names = signed.map((each) => filled(words.each, each)).join(words.between);
  const enough = proof.isMet(policy, signed.map(({ name }) => name));
  tell("witnesses", enough ? "ok" : "few", { n: policy.witnesses.length, k: signed.length, names });
};

/** Against a key that the reader has brought along. */
const signedByHand = async (checkpoint, line) => {
  try {
    const key = await proof.parseKey(line.trim());
    if (key && checkpoint.origin === key.name && (await proof.signedBy(checkpoint.note, key))) {
      tell("signature", "brought", { key: proof.hex(key.id) });
      return "good";
    }
  } catch (error) {
    if (!(error instanceof proof.Wrong)) throw error;
  }
  tell("signature", "wrong");
  return "bad";
};

/** Against this site's log and what this device remembers of it. */
const signedHere = async (checkpoint) => {
  const now = await record.visit(proof);
  if (now.state === "unsigned" || !now.key) {
    tell("signature", "wrong");
    return "bad";
  }
  const facts = { key: proof.hex(now.key.id) };
  const known = checkpoint.origin === now.key.name;
  if (!known) {
    tell("signature", "nostranger", { origin: checkpoint.origin });
    return "bad";
  }
  try {
    if (!(await proof.signedBy(checkpoint.note, now.key))) {
      tell("signature", "old", facts); // by a key of before, perhaps: that it is part of today's record decides
    } else tell("signature", now.before === null ? "first" : now.newKey ? "handed" : "ok", facts);
  } catch (error) {
    if (!(error instanceof proof.Wrong)) throw error;
    tell("signature", "wrong");
    return "bad";
  }
  return remembers(now, checkpoint);
};

/** Whether the record of today still begins with what the proof, and this device, have seen. */
const remembers = async (now, checkpoint) => {
  if (checkpoint.size > now.checkpoint.size) {
    tell("memory", "noolder", { old: figures.format(checkpoint.size), size: figures.format(now.checkpoint.size) });
    offerEvidence(now, checkpoint.note.whole);
    return "bad";
  }
  if (!(await proof.extendsFrom(checkpoint, now.checkpoint, record.tile))) {
    tell("memory", "noproof");
    offerEvidence(now, checkpoint.note.whole);
    return "bad";
  }
  const facts = {
    size: figures.format(now.checkpoint.size),
    old: figures.format(now.old?.size ?? 0),
    day: now.before ? days.format(new Date(now.before.seen)) : "",
  };
  if (now.state === "fork" || now.state === "older") {
    tell("memory", now.state === "fork" ? "nofork" : "noolder", facts);
    offerEvidence(now, now.before.note);
    return "bad";
  }
  tell("memory", now.state === "first" ? "first" : "ok", facts);
  return "good";
};

/** A receipt: everything is looked for here, in public lists; neither the file nor its code goes anywhere. */
const checkReceipt = async (text) => {
  begin();
  const receipts = await import(desk.dataset.receipt);
  const moment = (date) => date.toLocaleString(english ? "en-GB" : "zh-CN", { timeZone: "Asia/Shanghai" });
  const word = (name) => steps.get("decided").getAttribute(`data-word-${name}`) ?? name;
  await receipts.check(text, { proof, record, tell, conclude, remembers, moment, word });
};

/** Two checkpoints that cannot both be true, as a file: whoever has it can show it. */
const offerEvidence = (now, other) => {
  const link = desk.querySelector("[data-evidence]");
  const both = `${other}\n\n${now.checkpoint.note.whole}`;
  link.href = URL.createObjectURL(new Blob([both], { type: "text/plain" }));
  link.hidden = false;
};

/** What was proven, in its own words. */
const show = (leaf, shown) => {
  const place = desk.querySelector("[data-shown]");
  place.hidden = false;
  for (const [name, value] of Object.entries({
    item: leaf.item,
    title: shown?.title ?? "—",
    at: new Date(leaf.at).toLocaleString(english ? "en-GB" : "zh-CN", { timeZone: "Asia/Shanghai" }),
  })) {
    const part = place.querySelector(`[data-fact=${name}]`);
    if (part) part.textContent = value;
  }
  place.querySelector("[data-document]").textContent = JSON.stringify(shown ?? leaf, null, 2);
};

const unanswered = (error) => {
  conclude("open");
  console.warn(error);
};

/* --- where a proof comes from -------------------------------------------------------------------- */

if (desk.dataset.of) {
  begin();
  const answer = await fetch(desk.dataset.of, { cache: "no-store", credentials: "omit" });
  if (answer.ok) await check(await answer.text()).catch(unanswered);
  else {
    await answer.body?.cancel();  // what nobody reads would keep its connection
    conclude("open");
  }
}

const chooser = desk.querySelector("input[type=file]");
if (chooser) {
  const place = desk.querySelector("[data-drop]");
  place.hidden = false;
  const key = desk.querySelector("[data-key]");
  let again = () => {};
  const take = async (file) => {
    if (!file) return;
    if (file.size > 1e6) {
      begin();
      tell("form", "wrong");
      conclude("unread");
      return;
    }
    const text = await file.text();
    again = () => (text.startsWith("sunlight/receipt-file/v1\n") ? checkReceipt(text) : check(text, { foreignKey: key.value })).catch(unanswered);
    await again();
    verdict.scrollIntoView({ block: "nearest" });
  };
  chooser.addEventListener("click", () => (chooser.value = "")); // the same file may be chosen again
  chooser.addEventListener("change", () => take(chooser.files[0]));
  key.addEventListener("change", () => again());
  for (const name of ["dragover", "dragleave", "drop"]) {
    place.addEventListener(name, (event) => {
      event.preventDefault();
      place.toggleAttribute("data-over", name === "dragover");
      if (name === "drop") take(event.dataTransfer.files[0]);
    });
  }
  take(chooser.files[0]);                                  // chosen while this was still on its way
}
