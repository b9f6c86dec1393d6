/* Boxes on a photo, drawn and moved by pointer and by keyboard. The fields of the form are what is sent, so the page
   does the same without this file; here they are filled in. Places are set through the CSSOM, which the strict policy allows. */

const form = document.querySelector("[data-cover]");
const stage = document.querySelector("[data-stage]");
const image = stage.querySelector("img");
const rows = form.querySelector("[data-rows]");
const blank = form.querySelector("[data-blank]");
const said = document.querySelector("[data-cover-said]");
const most = Number(form.dataset.most);
const SIDES = ["left", "top", "width", "height"];
const LEAST = 5; // thousandths: what is smaller was a slip of the finger
const STEP = 10;
const EDGE = { mouse: 8, pen: 12, touch: 18 }; // px around a border that pull it instead of the box

const layer = document.createElement("div");
layer.className = "cover-layer";
stage.append(layer);
for (const each of document.querySelectorAll("[data-script-only]")) each.hidden = false;

const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
const percent = (value) => String(value / 10);
const fieldOf = (row, name) => row.querySelector(`[name^="${name}-"]`);
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
let telling;
const tell = (words) => { clearTimeout(telling); telling = setTimeout(() => { said.textContent = words; }, 250); };

/* A box knows its row of fields. */
const boxes = [];

const read = (row) => {
  const numbers = SIDES.map((side) => fieldOf(row, side).value.trim());
  if (numbers.some((value) => value === "" || Number.isNaN(Number(value.replace("%", ""))))) return null;
  const [left, top, width, height] = numbers.map((value) => Math.round(Number(value.replace("%", "")) * 10));
  if (left < 0 || top < 0 || left > 999 || top > 999) return null;
  return { left, top, width: clamp(width, 1, 1000 - left), height: clamp(height, 1, 1000 - top) };
};

const nameOf = (box) => {
  const kind = fieldOf(box.row, "kind");
  const shown = Object.fromEntries(SIDES.map((side) => [side, percent(box[side])]));
  return fill(form.dataset.name, { n: boxes.indexOf(box) + 1, kind: kind.selectedOptions[0].textContent, ...shown });
};

const show = (box) => {
  for (const side of SIDES) {
    box.button.style[side] = `${box[side] / 10}%`;
    fieldOf(box.row, side).value = percent(box[side]);
  }
  box.button.textContent = boxes.indexOf(box) + 1;
  box.button.setAttribute("aria-label", nameOf(box));
};

const place = () => {
  layer.style.left = `${image.offsetLeft}px`;
  layer.style.top = `${image.offsetTop}px`;
  layer.style.width = `${image.offsetWidth}px`;
  layer.style.height = `${image.offsetHeight}px`;
};
new ResizeObserver(place).observe(image);
image.addEventListener("load", place);
place();

/* Rows: those that are empty wait out of sight until a box needs one. */
const emptyRow = () => {
  const waiting = [...rows.children].find((row) => row.hidden);
  if (waiting) return waiting;
  const made = blank.content.firstElementChild.cloneNode(true);
  const n = rows.children.length;
  made.dataset.row = n;
  made.querySelector("legend").textContent = made.querySelector("legend").textContent.replace("#", n + 1);
  for (const each of made.querySelectorAll("[id], [for], [name]")) {
    for (const attribute of ["id", "for", "name"]) {
      if (each.hasAttribute(attribute)) each.setAttribute(attribute, each.getAttribute(attribute).replace("#", n));
    }
  }
  rows.append(made);
  return made;
};

const attach = (row, sides) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "cover-box";
  const box = { ...sides, row, button };
  row.hidden = false;
  fieldOf(row, "drop").checked = false;
  boxes.push(box);
  layer.append(button);
  button.addEventListener("focus", () => row.classList.add("in-hand"));
  button.addEventListener("blur", () => row.classList.remove("in-hand"));
  button.addEventListener("keydown", (event) => onKey(event, box));
  show(box);
  return box;
};

const add = (sides) => {
  if (boxes.length >= most) { tell(form.dataset.full); return null; }
  const box = attach(emptyRow(), sides);
  box.button.focus({ preventScroll: true });
  tell(nameOf(box));
  return box;
};

const remove = (box) => {
  const n = boxes.indexOf(box);
  boxes.splice(n, 1);
  box.button.remove();
  for (const side of SIDES) fieldOf(box.row, side).value = "";
  box.row.hidden = true;
  rows.append(box.row); // the rows stand in the order of the boxes
  [...rows.children].forEach((row, index) => { row.querySelector("legend").textContent = row.querySelector("legend").textContent.replace(/\d+/, index + 1); });
  boxes.forEach(show);
  tell(fill(form.dataset.gone, { n: n + 1 }));
  (boxes[Math.min(n, boxes.length - 1)]?.button ?? document.querySelector("[data-add]")).focus({ preventScroll: true });
};

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const onKey = (event, box) => {
  if (event.ctrlKey || event.metaKey) return;
  const kind = fieldOf(box.row, "kind");
  const arrow = ARROWS[event.key];
  if (arrow) {
    const step = event.altKey ? 1 : STEP;
    if (event.shiftKey) {
      box.width = clamp(box.width + arrow[0] * step, LEAST, 1000 - box.left);
      box.height = clamp(box.height + arrow[1] * step, LEAST, 1000 - box.top);
    } else {
      box.left = clamp(box.left + arrow[0] * step, 0, 1000 - box.width);
      box.top = clamp(box.top + arrow[1] * step, 0, 1000 - box.height);
    }
  } else if (event.key === "Delete" || event.key === "Backspace") {
    event.preventDefault();
    remove(box);
    return;
  } else if (event.key >= "1" && event.key <= String(kind.options.length)) {
    kind.selectedIndex = Number(event.key) - 1;
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
  show(box);
  tell(nameOf(box));
};

/* Pointers: on the photo they draw, in a box they move it, near its border they pull that. */
const at = (event) => {
  const room = layer.getBoundingClientRect();
  return [
    clamp(Math.round(((event.clientX - room.left) / room.width) * 1000), 0, 1000),
    clamp(Math.round(((event.clientY - room.top) / room.height) * 1000), 0, 1000),
  ];
};

const grip = (event, button) => {
  const room = button.getBoundingClientRect();
  const near = (distance, size) => distance <= Math.min(EDGE[event.pointerType] ?? EDGE.mouse, size / 3);
  return {
    left: near(event.clientX - room.left, room.width),
    right: near(room.right - event.clientX, room.width),
    top: near(event.clientY - room.top, room.height),
    bottom: near(room.bottom - event.clientY, room.height),
  };
};

const between = (one, other) => [Math.min(one, other), Math.max(Math.abs(one - other), 1)];

const drag = (event, onMove, onEnd) => {
  layer.setPointerCapture(event.pointerId);
  const mine = (then) => (each) => { if (each.pointerId === event.pointerId) then(each); };
  const moved = mine(onMove);
  const ended = mine((each) => {
    layer.removeEventListener("pointermove", moved);
    for (const name of ["pointerup", "pointercancel"]) layer.removeEventListener(name, ended);
    onEnd(each.type === "pointercancel");
  });
  layer.addEventListener("pointermove", moved);
  for (const name of ["pointerup", "pointercancel"]) layer.addEventListener(name, ended);
};

const draw = (event) => {
  const [x, y] = at(event);
  const box = add({ left: Math.min(x, 999), top: Math.min(y, 999), width: 1, height: 1 });
  if (!box) return;
  drag(event, (each) => {
    const [nowX, nowY] = at(each);
    [box.left, box.width] = between(x, nowX);
    [box.top, box.height] = between(y, nowY);
    show(box);
  }, (broken) => {
    if (broken || box.width < LEAST || box.height < LEAST) remove(box);
    else tell(nameOf(box));
  });
};

const pull = (event, box, held) => {
  const [x, y] = at(event);
  const was = { ...box };
  const right = was.left + was.width, bottom = was.top + was.height;
  const any = Object.values(held).some(Boolean);
  drag(event, (each) => {
    const [nowX, nowY] = at(each);
    if (!any) {
      box.left = clamp(was.left + nowX - x, 0, 1000 - was.width);
      box.top = clamp(was.top + nowY - y, 0, 1000 - was.height);
    }
    if (held.left) { box.left = clamp(nowX, 0, right - LEAST); box.width = right - box.left; }
    else if (held.right) box.width = clamp(nowX - was.left, LEAST, 1000 - was.left);
    if (held.top) { box.top = clamp(nowY, 0, bottom - LEAST); box.height = bottom - box.top; }
    else if (held.bottom) box.height = clamp(nowY - was.top, LEAST, 1000 - was.top);
    show(box);
  }, () => tell(nameOf(box)));
};

layer.addEventListener("pointerdown", (event) => {
  if (event.button !== 0 || !event.isPrimary) return;
  const box = boxes.find((each) => each.button === event.target);
  event.preventDefault();
  if (!box) { draw(event); return; }
  box.button.focus({ preventScroll: true });
  pull(event, box, grip(event, box.button));
});
layer.addEventListener("pointermove", (event) => {
  if (!event.target.matches(".cover-box") || event.buttons) return;
  const held = grip(event, event.target);
  event.target.dataset.edge = `${held.left || held.right ? "x" : ""}${held.top || held.bottom ? "y" : ""}`;
});

document.querySelector("[data-add]").addEventListener("click", () => add({ left: 400, top: 400, width: 200, height: 200 }));

/* Suggestions: boxes like any other, which a person keeps, moves or deletes. */
const find = document.querySelector("[data-find]");
const covered = (face) => boxes.some((box) => {
  const x = face.left + face.width / 2, y = face.top + face.height / 2;
  return x >= box.left && x <= box.left + box.width && y >= box.top && y <= box.top + box.height;
});
const suggest = async () => {
  const { facesIn } = await import(find.dataset.find);
  const found = (await facesIn(image, { library: find.dataset.library, faces: find.dataset.faces })).filter((face) => !covered(face));
  const drawn = found.slice(0, Math.max(most - boxes.length, 0));
  for (const face of drawn) attach(emptyRow(), face).button.classList.add("suggested");
  boxes.find((box) => box.button.matches(".suggested"))?.button.focus({ preventScroll: true });
  return fill(drawn.length ? form.dataset.found : form.dataset.foundNone, { n: drawn.length });
};
if (find?.dataset.library) {
  find.addEventListener("click", async () => {
    const saying = document.querySelector("[data-found-said]");
    find.disabled = true;
    saying.textContent = form.dataset.finding;
    await new Promise((seen) => { requestAnimationFrame(() => setTimeout(seen)); });
    saying.textContent = await suggest().catch(() => form.dataset.foundNot);
    find.disabled = false;
  });
} else {
  find?.remove();
}

/* The fields still work: what is typed there moves the box. */
rows.addEventListener("change", (event) => {
  const row = event.target.closest("[data-row]");
  const box = boxes.find((each) => each.row === row);
  if (!box) return;
  if (fieldOf(row, "drop").checked) { fieldOf(row, "drop").checked = false; remove(box); return; }
  Object.assign(box, read(row) ?? {});
  show(box);
});

form.addEventListener("submit", () => {
  form.querySelector("[data-working-said]").textContent = form.dataset.working;
});

for (const row of [...rows.children]) {
  const sides = read(row);
  if (sides) attach(row, sides);
  else if (!row.classList.contains("wrong")) row.hidden = true;
}
