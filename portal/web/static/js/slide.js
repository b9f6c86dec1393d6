/* The edge between two photos follows the range, a finger on the picture, and the steps below it. Without this file the
   steps are links, and both photos stand below. */

for (const figure of document.querySelectorAll("[data-slide]")) {
  const stage = figure.querySelector("[data-stage]");
  const row = figure.querySelector("[data-range]");
  const range = row.querySelector("input");
  const steps = [...figure.querySelectorAll("[data-at]")];

  const show = () => {
    stage.style.setProperty("--at", `${range.value}%`);
    range.setAttribute("aria-valuetext", range.dataset.words.replace("#", range.value));
    for (const step of steps) {
      if (step.dataset.at === range.value) step.setAttribute("aria-current", "true"); else step.removeAttribute("aria-current");
    }
  };
  const move = (value) => { range.value = String(Math.round(value)); show(); };

  range.addEventListener("input", show);
  for (const step of steps) {
    step.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      move(Number(step.dataset.at));
    });
  }

  /* A finger that moves sideways moves the edge; up and down it scrolls the page as ever. */
  const follow = (event) => {
    const box = stage.getBoundingClientRect();
    move(100 * (event.clientX - box.left) / box.width);
  };
  stage.addEventListener("dragstart", (event) => event.preventDefault());
  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    stage.setPointerCapture(event.pointerId);
    if (event.pointerType === "mouse") follow(event);
  });
  stage.addEventListener("pointermove", (event) => { if (stage.hasPointerCapture(event.pointerId)) follow(event); });

  row.hidden = false;
  const hint = figure.querySelector("[data-hint]");
  if (hint) hint.hidden = false;
  show();
}
