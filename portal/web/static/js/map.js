/* The map that can be moved, in place of the drawing: borders and projects from /map.geojson, marks that are buttons,
   those too near each other as one. Without it, or when it fails, the drawing and the list stay. */

const box = document.getElementById("map");
const library = document.querySelector("link[data-vendor=leaflet]");
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const WORST = ["red", "yellow", "green", "blue", "none"];
const NEAR = 48;                                           // px between marks that stay apart
const DEEPEST = 18;

const element = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};
const shape = (colour) => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${box.dataset.sprite}#lamp-${colour}`);
  svg.append(use);
  return svg;
};
const word = (colour) => box.dataset[`word${colour[0].toUpperCase()}${colour.slice(1)}`];
const worst = (features) => WORST.find((colour) => features.some((each) => each.properties.lamp === colour));
const drawn = (feature) => feature[box.dataset.datum] ?? feature.geometry;

/* Greedy and stable: each joins the first group within reach, worst lamps first, so that a red one never hides. */
const grouped = (map, features) => {
  const groups = [];
  for (const feature of features) {
    const at = map.project(feature.at);
    const found = groups.find((group) => Math.hypot(group.x - at.x, group.y - at.y) < NEAR);
    if (found) found.features.push(feature);
    else groups.push({ x: at.x, y: at.y, features: [feature] });
  }
  return groups.sort((one, other) => one.y - other.y || one.x - other.x);      // Tab goes as one reads
};

const told = (properties) => {
  const numbers = [properties.physical_percent, properties.scheduled_percent];
  return "physical_percent" in properties ? box.dataset.percent.replaceAll("#", () => numbers.shift()) : "";
};
const line = ({ properties }) => {
  const lamp = element("span", {}, shape(properties.lamp), properties.lamp_word);
  const link = element("a", { href: new URL(properties.url).pathname + new URL(properties.url).search }, lamp, properties.title);
  link.dataset.lamp = properties.lamp;
  const said = told(properties);
  if (said) link.append(element("small", { textContent: said }));
  return link;
};

const start = async () => {
  await import(library.href);
  const { L } = window;
  const answer = await fetch(box.dataset.features);
  if (!answer.ok) throw new Error(answer.statusText);
  const { features } = await answer.json();
  const borders = features.filter((each) => each.properties.kind === "town");
  const projects = features.filter((each) => each.properties.kind === "project" && each.geometry);
  for (const each of projects) each.at = L.latLng(drawn(each).coordinates.toReversed());
  projects.sort((one, other) => WORST.indexOf(one.properties.lamp) - WORST.indexOf(other.properties.lamp));

  const place = element("div", { className: "map-live" });
  place.setAttribute("role", "region");
  place.setAttribute("aria-label", box.dataset.label);
  box.append(place);
  box.querySelector(".map-still").hidden = true;
  const map = L.map(place, {
    zoomControl: false, attributionControl: Boolean(box.dataset.tiles), scrollWheelZoom: false, zoomSnap: .25, zoomDelta: 1,
    maxZoom: DEEPEST, zoomAnimation: !calm, fadeAnimation: !calm, markerZoomAnimation: !calm, inertia: !calm,
  });
  const size = parseFloat(getComputedStyle(place).getPropertyValue("--target")) * 16 || 44;
  L.control.zoom({ position: "bottomright", zoomInTitle: box.dataset.in, zoomOutTitle: box.dataset.out }).addTo(map);
  if (box.dataset.tiles) {
    place.classList.add("has-tiles");
    map.attributionControl.setPrefix(false);
    const credit = element("span", { textContent: box.dataset.credit }).innerHTML;
    L.tileLayer(box.dataset.tiles, { attribution: credit, maxZoom: DEEPEST, referrerPolicy: "no-referrer" }).addTo(map);
  }
  const ground = L.geoJSON(borders.map((each) => ({ ...each, geometry: drawn(each) })), {
    interactive: false, style: { className: "land", weight: 1, fillOpacity: 1, color: "", fillColor: "" },
  }).addTo(map);
  const bounds = ground.getBounds();
  for (const each of projects) bounds.extend(each.at);
  map.fitBounds(bounds, { paddingTopLeft: [size / 2, size / 2], paddingBottomRight: [size * 1.25, size / 2] });
  map.setMinZoom(map.getZoom() - 1).setMaxBounds(bounds.pad(.5));
  map.on("focus", () => map.scrollWheelZoom.enable()).on("blur", () => map.scrollWheelZoom.disable());

  const marks = L.layerGroup().addTo(map);
  let opener = null;
  const open = (mark, group) => {
    const close = element("button", { type: "button", textContent: box.dataset.close, onclick: () => map.closePopup() });
    const content = element("div", { className: "map-popup" }, ...group.features.map(line), close);
    opener = mark;
    L.popup({ closeButton: false, offset: [0, -8], minWidth: 220, maxWidth: 280 }).setLatLng(mark.getLatLng()).setContent(content).openOn(map);
    content.querySelector("a").focus();
  };
  const choose = (mark, group) => {
    const around = L.latLngBounds(group.features.map((each) => each.at));
    const apart = around.getNorthEast().distanceTo(around.getSouthWest()) > 20;     // metres
    if (group.features.length > 1 && apart && map.getZoom() < DEEPEST) {
      const inside = group.features.at(0);
      map.fitBounds(around.pad(.2), { maxZoom: Math.max(map.getZoom() + 2, map.getBoundsZoom(around)) });
      map.once("marked", () => markOf(inside)?.getElement().focus());
    } else open(mark, group);
  };
  const markOf = (feature) => marks.getLayers().find((mark) => mark.group.features.includes(feature));
  const draw = () => {
    marks.clearLayers();
    for (const group of grouped(map, projects)) {
      const colour = worst(group.features), many = group.features.length > 1;
      const inside = element("span", {}, shape(colour));
      if (many) inside.append(element("b", { textContent: group.features.length }));
      const icon = L.divIcon({ className: "map-mark", html: inside, iconSize: [size, size] });
      const mark = L.marker(many ? L.latLngBounds(group.features.map((each) => each.at)).getCenter() : group.features[0].at, { icon });
      mark.group = group;
      mark.addTo(marks).on("click", () => choose(mark, group));
      const node = mark.getElement(), one = group.features[0].properties;
      node.dataset.lamp = colour;
      node.setAttribute("aria-label", many ? box.dataset.many.replace("#", group.features.length) + word(colour) : `${one.title} ${one.lamp_word}`);
      node.addEventListener("keydown", (event) => { if ([" ", "Enter"].includes(event.key)) { event.preventDefault(); choose(mark, group); } });
    }
    map.fire("marked");
  };
  map.createPane("names").style.zIndex = 550;              // above borders, below marks
  const names = L.layerGroup().addTo(map);
  const name = () => {
    names.clearLayers();
    ground.eachLayer((layer) => {
      const edges = layer.getBounds(), called = layer.feature.properties.name;
      const width = map.project(edges.getNorthEast()).x - map.project(edges.getSouthWest()).x;
      if (width < called.length * 16 + 8) return;
      const tip = L.tooltip({ permanent: true, direction: "center", className: "map-name", offset: [0, 28], pane: "names" });
      names.addLayer(tip.setLatLng(edges.getCenter()).setContent(element("span", { textContent: called })));
      tip.getElement()?.setAttribute("aria-hidden", "true");
    });
  };
  map.on("zoomend", draw).on("zoomend", name);
  name();
  draw();

  const back = () => {
    const mark = opener && (opener.getElement() ?? markOf(opener.group.features[0])?.getElement());
    opener = null;
    mark?.focus();
  };
  map.on("popupclose", (event) => { if (event.popup.getElement()?.contains(document.activeElement)) queueMicrotask(back); });
  place.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (opener) { map.closePopup(); back(); } else document.getElementById("list")?.focus();
    event.stopPropagation();
  }, true);
  box.dataset.ready = "";
};

if (box && library) {
  start().catch(() => {
    box.querySelector(".map-live")?.remove();
    box.querySelector(".map-still").hidden = false;
    box.append(element("p", { className: "note", textContent: box.dataset.failed }));
  });
}
