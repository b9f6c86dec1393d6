/* Whether a picture is one that this site published, and unchanged: its hash is looked for in the record, and the signature
   inside it is checked here. The picture goes to nobody. All words are in the page. */

const desk = document.querySelector("[data-photo-check]");
const { proof: proofAddress, credential: credentialAddress, hash, look, report } = desk.dataset;
const [proof, credential] = await Promise.all([import(proofAddress), import(credentialAddress)]);
proof.useInstead({ hash });

const MOST = 6 * 1024 * 1024;
const verdict = desk.querySelector("[data-verdict]");
const steps = new Map([...desk.querySelectorAll("[data-step]")].map((item) => [item.dataset.step, item]));
const lamps = { good: "green", changed: "red", gone: "yellow", unknown: "yellow", large: "yellow", open: "yellow" };

const filled = (words, facts) => words.replace(/\{(\w+)\}/g, (all, name) => facts[name] ?? all);

const tell = (name, how, facts = {}) => {
  const item = steps.get(name);
  item.hidden = false;
  item.dataset.lamp = how.startsWith("no") && how !== "none" ? "red" : how === "ok" || how === "old" ? "green" : "yellow";
  item.querySelector("[data-mark]").textContent = { red: "✕", yellow: "…", green: "✓" }[item.dataset.lamp];
  item.querySelector("[data-words]").textContent = filled(item.dataset[how], facts);
};

const conclude = (how) => {
  verdict.dataset.lamp = lamps[how];
  verdict.querySelector("[data-words]").textContent = verdict.dataset[how];
  desk.querySelector("[data-by-sight]").hidden = how !== "unknown";
};

const link = (name, address) => {
  const found = desk.querySelector(`[data-${name}]`);
  found.hidden = !address;
  if (address) found.href = address;
  desk.querySelector("[data-links]").hidden &&= !address;
};

const begin = () => {
  for (const item of steps.values()) item.hidden = true;
  verdict.hidden = false;
  delete verdict.dataset.lamp;
  verdict.querySelector("[data-words]").textContent = verdict.dataset.busy;
  for (const part of ["links", "by-sight", "entry", "original"]) desk.querySelector(`[data-${part}]`).hidden = true;
};

/* --- checking ------------------------------------------------------------------------------------------ */

/** What the record says of a file: {found}, {gone}, or neither. */
const ask = async (digest) => {
  const answer = await fetch(`${look}${digest}.json`, { credentials: "omit" });
  if (answer.ok) return { found: await answer.json() };
  if (answer.status === 410) return { gone: true };
  if (answer.status === 404) return {};
  throw new Error(`the record answers ${answer.status}`);
};

/** What the picture says of itself, by the authorities that the record has. */
const signatureIn = async (bytes) => {
  if (!globalThis.crypto?.subtle) return { state: "cannot" };
  const answer = await fetch("/record/photo-authority.pem", { credentials: "omit" });
  if (!answer.ok && answer.status !== 404) throw new Error(`the authority answers ${answer.status}`);
  const jpeg = bytes[0] === 0xff && bytes[1] === 0xd8;
  const authorities = answer.ok ? credential.certificatesIn(await answer.text()) : [];
  return jpeg ? credential.checkCredential(bytes, authorities) : { state: "none" };
};

const tellRecord = ({ found, gone }, digest) => {
  if (gone) tell("file", "waitgone");
  else if (!found) tell("file", "waitnone");
  else {
    const facts = { entry: found.entries[0], number: found.number, photo: found.photo };
    tell("file", found.stands ? "ok" : "old", facts);
  }
  if (found || gone) link("entry", `${look}${digest}`);
};

const tellSignature = ({ state, statement }) => {
  const facts = statement ? { number: statement.get("report"), photo: statement.get("photo") } : {};
  const words = { good: "ok", changed: "nochanged", foreign: "waitforeign", none: "none", cannot: "waitcannot" };
  tell("credential", words[state], facts);
  if (statement && /^20\d\d-\d{6}$/.test(facts.number)) link("original", `${report}${facts.number}`);
};

const check = async (file) => {
  begin();
  if (file.size > MOST) {
    conclude("large");
    return;
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  const digest = proof.hex(await proof.sha256(bytes));
  const [known, signature] = await Promise.all([ask(digest), signatureIn(bytes)]);
  tellRecord(known, digest);
  tellSignature(signature);
  if (known.gone) conclude("gone");
  else if (known.found || signature.state === "good") conclude("good");
  else conclude(signature.state === "changed" ? "changed" : "unknown");
};

/* --- where a picture comes from ------------------------------------------------------------------------ */

const place = desk.querySelector("[data-drop]");
const chooser = place.querySelector("input[type=file]");
for (const part of place.querySelectorAll("[data-without-script]")) part.hidden = true;
for (const part of place.querySelectorAll("[data-with-script]")) part.hidden = false;

const take = (file) =>
  file &&
  check(file)
    .catch((error) => {
      conclude("open");
      console.warn(error);
    })
    .finally(() => verdict.scrollIntoView({ block: "nearest" }));

chooser.addEventListener("click", () => (chooser.value = "")); // the same picture may be chosen again
chooser.addEventListener("change", () => take(chooser.files[0]));
place.addEventListener("submit", (event) => event.preventDefault());
for (const name of ["dragover", "dragleave", "drop"]) {
  place.addEventListener(name, (event) => {
    event.preventDefault();
    place.toggleAttribute("data-over", name === "dragover");
    if (name === "drop") take(event.dataTransfer.files[0]);
  });
}
take(chooser.files[0]); // chosen while this was still on its way
