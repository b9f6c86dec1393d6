/* Suggestions under the search field, as a combobox with a list (ARIA 1.2). Without this file the field is a field, and
   /archive/suggest is a page of links. */

const WAIT = 150; // ms after the last key
const field = document.querySelector("form.search.big input[type=search]");
const { suggest, found, none } = field?.form.querySelector("[data-suggest]")?.dataset ?? {};

const begin = () => {
  const list = document.createElement("ul");
  const told = document.createElement("span");
  let asked = 0;
  let timer = 0;
  let chosen = -1;
  let shownFor = "";

  list.id = "suggestions";
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.placeholder);
  list.hidden = true;
  told.className = "visually-hidden";
  told.setAttribute("role", "status");
  field.form.append(list, told);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  })) field.setAttribute(name, value);

  const options = () => [...list.children];

  const close = () => {
    list.hidden = true;
    chosen = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };

  const choose = (place) => {
    const all = options();
    chosen = (place + all.length + 1) % (all.length + 1);
    if (chosen === all.length) chosen = -1;
    all.forEach((option, index) => option.setAttribute("aria-selected", String(index === chosen)));
    if (chosen < 0) field.removeAttribute("aria-activedescendant");
    else {
      field.setAttribute("aria-activedescendant", all[chosen].id);
      all[chosen].scrollIntoView({ block: "nearest" });
    }
  };

  const take = (option) => {
    field.value = option.dataset.text;
    close();
    field.form.requestSubmit();
  };

  const show = (suggestions) => {
    list.replaceChildren(...suggestions.map(({ text, kind }, index) => {
      const option = document.createElement("li");
      const name = document.createElement("span");
      const what = document.createElement("span");
      option.id = `suggestion-${index}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.text = text;
      name.lang = "zh-CN";
      name.textContent = text;
      what.className = "note";
      what.textContent = kind;
      option.append(name, what);
      return option;
    }));
    chosen = -1;
    list.hidden = !suggestions.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
    field.removeAttribute("aria-activedescendant");
    told.textContent = suggestions.length ? found.replace("0", String(suggestions.length)) : none;
  };

  const ask = async () => {
    const typed = field.value.trim();
    if (typed && typed === shownFor && !list.hidden) return; // what is chosen stays chosen
    const mine = (asked += 1);
    if (!typed || typed.length > 60) return close();
    const address = new URL(suggest, location.href);
    address.searchParams.set("q", typed);
    try {
      const answer = await fetch(address);
      const { suggestions } = answer.ok ? await answer.json() : { suggestions: [] };
      if (mine !== asked || document.activeElement !== field) return;
      shownFor = typed;
      show(suggestions);
    } catch {
      close();
    }
  };

  field.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (event.isComposing) return;
    timer = setTimeout(ask, WAIT);
  });
  field.addEventListener("compositionend", () => { timer = setTimeout(ask, WAIT); });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || list.hidden) return;
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen < 0 ? options().length - 1 : chosen - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && chosen >= 0) take(options()[chosen]);
    else return;
    event.preventDefault();
  });
  field.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
};

if (suggest) begin();
