/* Two minutes before a sign-in ends the page says so. Nothing typed is ever thrown away: the page stays where it is,
   and after signing in again in another tab its forms get the token that they need now. A script that is refused
   says so with the event `signed-out`, and hears `signed-in` when its next try will be let in. */

const bar = document.getElementById("session-end");
const WARNING = 120;                                       // seconds
const english = document.documentElement.lang === "en";
const words = english
  ? { ending: "You will be signed out in two minutes. Save what you are writing.", go: "Go on",
      ended: "You were signed out. What you typed is still here: sign in in the new tab, come back and press “I am back”.",
      back: "I am back", sign: "Sign in in a new tab", lost: "The network does not answer. Try again." }
  : { ending: "再有两分钟没有操作就会退出登录。写到一半的内容先存一下。", go: "继续用",
      ended: "已经退出登录。写的内容还在这一页：在新标签页登录，回来按“我回来了”，再提交。",
      back: "我回来了", sign: "在新标签页登录", lost: "网络没有回应，再按一次。" };

const keepAlive = async (address) => {
  const answer = await fetch(address, {
    headers: { Accept: "application/json" }, credentials: "same-origin", cache: "no-store",
  });
  if (answer.status === 401 || answer.status === 403) return null;
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
};

const renewTokens = (token) => {
  for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = token;
  for (const meta of document.querySelectorAll("meta[name=csrf]")) meta.content = token;
};

const watch = () => {
  const prefix = english ? "/en" : "";
  const text = bar.querySelector("p");
  const button = bar.querySelector("button");
  let timer, out = false;
  let ends = Date.now() + Number(bar.dataset.idleSeconds) * 1000;

  const warn = () => { text.textContent = words.ending; button.textContent = words.go; bar.hidden = false; };
  const wind = () => {
    bar.hidden = true;
    clearTimeout(timer);
    timer = setTimeout(warn, Math.max(ends - Date.now() - WARNING * 1000, 0));
  };
  const ended = () => {
    out = true;
    text.textContent = `${words.ended} `;
    const link = document.createElement("a");
    Object.assign(link, { href: `${prefix}/account/login`, target: "_blank", rel: "noopener", textContent: words.sign });
    text.append(link);
    button.textContent = words.back;
    bar.hidden = false;
  };
  const ask = async () => {
    try {
      const said = await keepAlive(`${prefix}/account/keep-alive`);
      if (!said) { ended(); return; }
      renewTokens(said.csrf_token);
      out = false;
      ends = Date.now() + said.seconds_left * 1000;
      wind();
      if (said.seconds_left <= WARNING) warn();
      document.dispatchEvent(new Event("signed-in"));
    } catch {
      text.textContent = words.lost;
      bar.hidden = false;
    }
  };

  button.addEventListener("click", ask);
  document.addEventListener("signed-out", ask);
  /* A laptop that slept, or a tab that was left: ask as soon as somebody looks again. */
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && (out || Date.now() > ends - WARNING * 1000)) ask();
  });
  wind();
};

if (bar) watch();
