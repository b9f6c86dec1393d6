/* A photo taken in the page: a one-time code is fetched when the camera is pressed, and the place is asked of the phone
   only after somebody agreed to it in words. Whatever fails, the photo goes up without it. `form.captured` tells
   upload.js what goes beside a file: File → Promise of [[name, value], …]. */

const form = document.getElementById("report");
const place = document.getElementById("capture-place");
if (form && place) capture(form, place);

function capture(form, place) {
  const token = form.elements.csrf_token.value;
  const claims = form.captured = new WeakMap();
  const pressed = new WeakMap();                       // input → {code, where}, promises begun with the press
  let waiting = null;                                  // the input that was pressed before the question was answered

  const post = async (address, fields) => {
    const answer = await fetch(address, {
      method: "POST", body: new URLSearchParams(fields), headers: { "X-CSRFToken": token, Accept: "application/json" },
    });
    if (!answer.ok) throw new Error(answer.status);
    return answer.json();
  };

  const located = () => new Promise((resolve) => {
    if (place.dataset.answer !== "yes" || !navigator.geolocation) { resolve(null); return; }
    navigator.geolocation.getCurrentPosition((found) => resolve(found.coords), () => resolve(null),
      { enableHighAccuracy: true, maximumAge: 30000, timeout: 15000 });
  });

  const press = (input) => pressed.set(input, {
    code: post(place.dataset.code, { clock: Date.now() }).then(({ code }) => code).catch(() => ""),
    where: located(),
  });

  const show = () => {
    const answer = place.dataset.answer;
    place.querySelector("[data-ask]").hidden = answer !== "" || !waiting;
    for (const said of place.querySelectorAll("[data-said]")) said.hidden = said.dataset.said !== answer;
  };

  form.addEventListener("click", (event) => {
    const input = event.target.closest("input[data-camera]");
    if (!input) return;
    if (place.dataset.answer === "") {                 // asked once, in words, before the phone asks
      event.preventDefault();
      waiting = input;
      show();
      place.querySelector("[data-ask] button").focus();
      return;
    }
    press(input);
  });
  form.addEventListener("shot", (event) => press(event.target));   // the camera of ghost.js

  /* Before upload.js empties the input. */
  form.addEventListener("change", (event) => {
    const input = event.target;
    const { code, where } = pressed.get(input) ?? {};
    if (!code || !input.files.length) return;
    pressed.delete(input);
    const [file] = input.files;
    claims.set(file, (async () => {
      const given = await code;
      if (!given) return [];
      const coords = await where ?? await located();   // the camera may have kept the page from being told
      const fields = [["capture_code", given], ["capture_at", file.lastModified]];
      if (coords) fields.push(["capture_lon", coords.longitude], ["capture_lat", coords.latitude], ["capture_accuracy", coords.accuracy]);
      return fields;
    })());
  }, true);

  place.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-agree]");
    if (!button) return;
    event.preventDefault();
    place.dataset.answer = button.dataset.agree;       // what was said holds at once, whether or not it can be kept
    const input = waiting;
    waiting = null;
    show();
    post(place.dataset.place, { agree: button.dataset.agree }).catch(() => { place.dataset.answer = ""; });
    if (input) input.click(); else place.querySelector("[data-said]:not([hidden]) button")?.focus();
  });
  show();
}
