/* The camera with the old picture laid over it, so that the new one is taken from the same place. What is taken goes into the
   file input, as if it had been chosen, and from there the usual way. Without a camera, or without leave to use it, the
   buttons stay away or say so, and the input does. */

const dialog = document.getElementById("ghost");
const able = dialog && isSecureContext && navigator.mediaDevices?.getUserMedia && typeof DataTransfer === "function";
if (able) offer();

function offer() {
  const find = (name) => dialog.querySelector(`[data-${name}]`);
  const title = dialog.querySelector("h2"), stage = find("stage"), live = find("live"), still = find("still"), over = find("over");
  const said = find("said"), range = find("range"), opacity = range.querySelector("input");
  const shoot = find("shoot"), use = find("use"), again = find("again");
  let input = null, stream = null, turn = 0;

  const say = (name) => { said.textContent = said.dataset[name]; };
  const stop = () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    live.srcObject = null;
  };
  /* live: the camera shows; taken: the still does; otherwise neither. */
  const show = (state) => {
    live.hidden = state !== "live";
    still.hidden = state !== "taken";
    shoot.hidden = state !== "live";
    use.hidden = again.hidden = state !== "taken";
    over.hidden = range.hidden = !over.hasAttribute("src") || state === "none";
  };
  const fade = () => stage.style.setProperty("--ghost", String(opacity.value / 100));

  const open = async (button) => {
    const mine = turn += 1;                              // closed and opened again meanwhile, an old answer is not wanted
    input = document.getElementById(button.dataset.ghost);
    title.textContent = button.dataset.name;
    if (button.dataset.reference) over.src = button.dataset.reference; else over.removeAttribute("src");
    show("none");
    say("asking");
    dialog.showModal();
    let opened;
    try {
      opened = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: { ideal: "environment" }, width: { ideal: 4096 }, height: { ideal: 3072 } },
      });
    } catch {
      if (mine === turn) say("refused");
      return;
    }
    if (mine !== turn || !dialog.open) { for (const track of opened.getTracks()) track.stop(); return; }
    stream = opened;
    live.srcObject = opened;
    await live.play().catch(() => {});
    show("live");
    say(button.dataset.reference ? "ready" : "alone");
    shoot.focus();
  };

  shoot.addEventListener("click", () => {
    if (!live.videoWidth) return;
    still.width = live.videoWidth;
    still.height = live.videoHeight;
    still.getContext("2d").drawImage(live, 0, 0);
    input.dispatchEvent(new Event("shot", { bubbles: true }));
    live.pause();
    show("taken");
    say("taken");
    use.focus();
  });
  again.addEventListener("click", async () => {
    await live.play().catch(() => {});
    show("live");
    say(over.hasAttribute("src") ? "ready" : "alone");
    shoot.focus();
  });
  use.addEventListener("click", () => {
    still.toBlob((blob) => {
      if (!blob || !input) return;
      const at = new Date();
      const name = [at.getFullYear(), at.getMonth() + 1, at.getDate(), at.getHours(), at.getMinutes(), at.getSeconds()]
        .map((part) => String(part).padStart(2, "0")).join("");
      const files = new DataTransfer();
      files.items.add(new File([blob], `${name}.jpg`, { type: "image/jpeg", lastModified: at.getTime() }));
      input.files = files.files;
      dialog.close();
      input.dataset.takenOn = [name.slice(0, 4), name.slice(4, 6), name.slice(6, 8)].join("-");
      input.dispatchEvent(new Event("change", { bubbles: true }));
      delete input.dataset.takenOn;
    }, "image/jpeg", 0.92);
  });
  opacity.addEventListener("input", fade);
  dialog.addEventListener("close", () => { turn += 1; stop(); });
  addEventListener("pagehide", stop);

  fade();
  for (const button of document.querySelectorAll("[data-ghost]")) {
    button.hidden = false;
    button.addEventListener("click", () => open(button));
  }
}
