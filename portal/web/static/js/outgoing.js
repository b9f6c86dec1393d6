/* Sends what the outbox holds, one photo after the other in the order in which they were chosen and then the videos, from
   whatever page of the unit desk is open. Tells with events on `document`, "outgoing" with {id, state, …} for each, in
   every tab. */

import { settleAll } from "./begun.js";
import * as outbox from "./outbox.js";
import { Stopped, giveUp, send } from "./sending.js";

const SOON = 5_000, LATE = 60_000, SILENT = 90_000;        // ms
let running = false, again = false, turnedAway = false, pause = SOON, timer = 0;
let current = null;                                        // {id, control}
const dropped = new Set();

const hear = (detail) => document.dispatchEvent(new CustomEvent("outgoing", { detail }));
const tabs = globalThis.BroadcastChannel ? new BroadcastChannel("unit-outbox") : null;
tabs?.addEventListener("message", ({ data }) => {
  if (data.person !== outbox.person()) return;
  hear(data.detail);
  document.dispatchEvent(new Event("outbox"));
});
const tell = (id, state, facts = {}) => {
  const detail = { id, state, ...facts };
  hear(detail);
  tabs?.postMessage({ person: outbox.person(), detail });
};

const one = async (item) => {
  const control = new AbortController();
  current = { id: item.id, control };
  let watch = 0;
  const alive = () => {                                    // a network that answers nothing is none
    clearTimeout(watch);
    watch = setTimeout(() => control.abort(new Stopped("offline")), SILENT);
  };
  try {
    alive();
    tell(item.id, "sending", { percent: 0 });
    const answer = await send(item, {
      signal: control.signal,
      progress: (percent) => { alive(); tell(item.id, "sending", { percent }); },
      working: () => { alive(); tell(item.id, "working"); },
    });
    await outbox.remove(item.id);
    pause = SOON;
    turnedAway = false;
    tell(item.id, "taken", { answer });
  } finally {
    clearTimeout(watch);
    current = null;
  }
};

const refuse = async (item, said) => { await outbox.change(item, { refused: said || "?" }); tell(item.id, "refused", { said }); };

/* What was begun on this phone is begun at the portal, before its photos can go anywhere. Answers why it cannot, or "". */
const settled = async () => {
  try {
    await settleAll({ signal: AbortSignal.timeout?.(SILENT), refused: async (items, said) => { for (const item of items) await refuse(item, said); } });
    return "";
  } catch (error) {
    if (error instanceof Stopped) return error.why;
    if (["AbortError", "TimeoutError"].includes(error?.name)) return "offline";
    throw error;
  }
};

/* All that can be sent now. Answers why it stopped, "" when nothing is left. */
const drain = async () => {
  const left = new Set();
  const early = await settled();
  if (early) return early;
  for (;;) {
    const open = (await outbox.list()).filter((each) => each.uploads && !each.refused && !left.has(each.id) && !dropped.has(each.id));
    const ready = open.filter((each) => !outbox.waits(each));
    const item = ready.find((each) => each.field !== "videos") ?? ready[0];
    if (!item) return left.size || open.length ? "later" : "";
    try {
      await one(item);
    } catch (error) {
      if (!(error instanceof Stopped)) { if (error?.name === "AbortError") continue; throw error; }
      if (error.why === "refused") { await refuse(item, error.said); continue; }
      tell(item.id, error.why, { said: error.said });
      if (error.why === "later") { left.add(item.id); continue; }
      return error.why;
    }
  }
};

/* One page at a time, where the browser can say so; two do no harm, they only send more than they need. */
const alone = (work) => navigator.locks
  ? navigator.locks.request("unit-outbox", { ifAvailable: true }, (lock) => lock ? work() : "elsewhere")
  : work();

/** Send what there is to send, now. */
export const kick = async () => {
  if (running) { again = true; return; }
  if (!document.querySelector("input[name=csrf_token]") || !outbox.person()) return;
  running = true;
  clearTimeout(timer);
  let why = "later";
  try {
    do { again = false; why = await alone(drain); } while (again);
  } finally {
    running = false;
  }
  if (why === "signed-out" && !turnedAway) {                // once: a door that stays shut is not knocked at for ever
    turnedAway = true;
    document.dispatchEvent(new Event("signed-out"));
    return;
  }
  if (!why) return;
  timer = setTimeout(kick, why === "elsewhere" ? SOON : pause);
  pause = Math.min(pause * 2, LATE);
};

/** Send one again that was refused or waits. */
export const retry = async (id) => {
  const item = (await outbox.list()).find((each) => each.id === id);
  if (item) await outbox.change(item, { refused: "" });
  kick();
};

/** Not to be sent at all. */
export const drop = async (id) => {
  dropped.add(id);
  if (current?.id === id) current.control.abort();
  const item = (await outbox.list()).find((each) => each.id === id);
  await outbox.remove(id);
  if (item) giveUp(item);
};

addEventListener("online", () => { pause = SOON; kick(); });
document.addEventListener("signed-in", kick);
document.addEventListener("visibilitychange", () => { if (!document.hidden) kick(); });
kick();
