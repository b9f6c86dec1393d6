/* The pictures of a view one at a time, with a player above them. It never starts by itself. Without this file they stand
   one under the other. */

const PACE = 1400; // ms for each month
for (const sequence of document.querySelectorAll("[data-sequence]")) play(sequence);

function play(sequence) {
  const frames = [...sequence.querySelectorAll("[data-frame]")];
  const find = (name) => sequence.querySelector(`[data-${name}]`);
  const now = find("now"), range = find("month"), button = find("play"), previous = find("previous"), next = find("next");
  let here = 0, timer = 0;

  const picture = (at) => frames[at]?.querySelector("img");
  const fetchSoon = (at) => { const image = picture(at); if (image) image.loading = "eager"; };

  const show = (at) => {
    here = Math.min(Math.max(at, 0), frames.length - 1);
    frames.forEach((frame, place) => { frame.hidden = place !== here; });
    const { label, skipped } = frames[here].dataset;
    const place = now.dataset.words.replace("{n}", here + 1).replace("{total}", frames.length);
    now.textContent = [label, place, skipped].filter(Boolean).join("　");
    range.value = String(here + 1);
    range.setAttribute("aria-valuetext", label);
    previous.disabled = here === 0;
    next.disabled = here === frames.length - 1;
    fetchSoon(here + 1);
  };

  const paused = () => {
    clearTimeout(timer);
    timer = 0;
    button.textContent = button.dataset.paused;
  };
  /* The next month comes when its picture is there, so that a slow network shows no empty frame. */
  const step = async () => {
    const coming = here + 1;
    await picture(coming)?.decode?.().catch(() => {});
    if (!timer) return;
    show(coming);
    if (here === frames.length - 1) paused();
    else timer = setTimeout(step, PACE);
  };
  const start = () => {
    if (here === frames.length - 1) show(0);
    button.textContent = button.dataset.playing;
    timer = setTimeout(step, PACE);
  };
  const go = (at) => {
    paused();
    show(at);
    history.replaceState(null, "", `#${frames[here].id}`);
  };

  button.addEventListener("click", () => (timer ? paused() : start()));
  previous.addEventListener("click", () => { go(here - 1); if (previous.disabled) next.focus(); });
  next.addEventListener("click", () => { go(here + 1); if (next.disabled) previous.focus(); });
  range.addEventListener("input", () => go(Number(range.value) - 1));
  document.addEventListener("visibilitychange", () => { if (document.hidden) paused(); });
  addEventListener("beforeprint", () => { paused(); for (const frame of frames) frame.hidden = false; });
  addEventListener("afterprint", () => show(here));

  sequence.classList.add("played");
  find("player").hidden = false;
  const asked = frames.findIndex((frame) => `#${frame.id}` === location.hash);
  show(Math.max(asked, 0));
}
