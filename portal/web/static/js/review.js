/* The review desk without a mouse, and the claim that keeps two people off one submission.
   Single keys themselves are pressed by site.js; here the keys are moved to the photo in hand. */

const CLAIM_AGAIN = 120000; // ms; a claim lasts five minutes
const desk = document.querySelector("[data-review]");

/* The undo bars count down by the server's seconds and leave when the decision has taken effect. */
for (const bar of document.querySelectorAll("[data-undo-seconds]")) {
  const left = bar.querySelector("[data-undo-left]");
  const until = performance.now() + Number(bar.dataset.undoSeconds) * 1000;
  const tick = setInterval(() => {
    const seconds = Math.ceil((until - performance.now()) / 1000);
    left.textContent = left.dataset.words.replace("#", Math.max(seconds, 0));
    if (seconds <= 0) { clearInterval(tick); bar.remove(); }
  }, 250);
  bar.querySelector("[role=status]").removeAttribute("role"); // said once on arrival, not every second
}

if (desk) {
  const form = document.getElementById("decide");
  const shots = [...desk.querySelectorAll("[data-shot]")];
  const said = form.querySelector("[data-return-said]");
  const boxes = (shot) => [...shot.querySelectorAll("input[type=checkbox]")];
  let inHand;

  /* 1 to 6, Z and B belong to the photo in hand: the one that has the focus, else the first. */
  const take = (shot) => {
    if (!shot || shot === inHand) return;
    for (const old of inHand?.querySelectorAll("[aria-keyshortcuts]") ?? []) old.removeAttribute("aria-keyshortcuts");
    inHand = shot;
    boxes(shot).forEach((box, index) => box.setAttribute("aria-keyshortcuts", String(index + 1)));
    shot.querySelector("a[data-photo]").setAttribute("aria-keyshortcuts", "Z");
    shot.querySelector("a[data-cover-photo]").setAttribute("aria-keyshortcuts", "B");
  };
  take(shots[0]);
  desk.addEventListener("focusin", (event) => take(event.target.closest("[data-shot]")));

  form.addEventListener("change", (event) => {
    const box = event.target.closest("[data-reasons]");
    if (box) box.open = true;
    said.hidden = true;
  });

  /* 退回 without a reason opens the reasons instead of asking the server to refuse. */
  const reasonGiven = () => [...form.querySelectorAll("[data-reasons] :is(input, textarea)")]
    .some((field) => (field.type === "checkbox" ? field.checked : field.value.trim()));
  form.querySelector("button[value=return]").addEventListener("click", (event) => {
    if (reasonGiven()) return;
    event.preventDefault();
    for (const reasons of form.querySelectorAll("[data-reasons]")) reasons.open = Boolean(reasons.closest("[data-shot]")) || !shots.length;
    said.textContent = form.dataset.none;
    said.hidden = false;
    (inHand ?? form).querySelector("[data-reasons] input").focus();
  });

  /* The claim: taken on opening, renewed while the page is looked at, given back on leaving. */
  const token = form.querySelector("[name=csrf_token]").value;
  let held = false, underWay;
  const claim = async () => {
    underWay = new AbortController();
    const answer = await fetch(desk.dataset.claim, {
      method: "POST", headers: { "X-CSRFToken": token, Accept: "application/json" }, signal: underWay.signal,
    }).catch(() => null);
    if (!answer) return;
    const words = await answer.json().catch(() => ({}));
    held = answer.ok;
    const state = document.querySelector("[data-claim-state]");
    if (held && state?.dataset.words) {
      state.textContent = state.dataset.words.replace("#", words.minutes);
      document.querySelector("[data-claim-form]").hidden = true;
    }
    if (!held && answer.status === 409) tellBlocked(words.said);
  };
  const tellBlocked = (words) => {
    const notice = document.createElement("div");
    notice.className = "notice";
    notice.dataset.lamp = "yellow";
    notice.setAttribute("role", "alert");
    notice.append(document.createElement("span"), document.createElement("p"));
    notice.lastChild.textContent = words;
    desk.querySelector("[data-claim-said]").replaceChildren(notice);
    for (const button of form.querySelectorAll(".acts button")) button.disabled = true;
  };
  if (!("blocked" in desk.dataset)) {
    claim();
    setInterval(() => { if (!document.hidden) claim(); }, CLAIM_AGAIN);
  }
  let deciding = false;
  document.addEventListener("submit", (event) => {
    if (event.target.method === "dialog" || event.submitter?.formAction.includes("/original")) return;   // the page stays
    deciding = true;
    underWay?.abort();                           // who has decided needs no claim, and no word that it came too late
  });
  addEventListener("pagehide", () => {
    if (!held || deciding) return;
    const body = new FormData();
    body.set("csrf_token", token);
    navigator.sendBeacon(desk.dataset.release, body);
  });
}
