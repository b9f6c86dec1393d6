/* The service worker of the unit desk: keeps what the page without a network is made of, and shows that page when a page
   of the desk does not come. It keeps no page with anybody's data, no answer and no picture. */

const NAME = "unit-shell-{{ build }}";
const PAGE = {{ page|tojson }};
const SHELL = {{ shell|tojson }};

addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(NAME);
    await cache.addAll([...SHELL, PAGE].map((address) => new Request(address, { cache: "reload", redirect: "error" })));
    await skipWaiting();
  })());
});

addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("unit-shell-") && name !== NAME) await caches.delete(name);
    await clients.claim();
  })());
});

const kept = async (address) => (await caches.open(NAME)).match(address);

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  const asked = pathname + search;
  const online = () => fetch(request);
  if (request.mode === "navigate") event.respondWith(online().catch(async () => await kept(PAGE) ?? Response.error()));
  else if (SHELL.includes(asked) && search) event.respondWith(kept(asked).then((found) => found ?? online()));
  else if (SHELL.includes(asked)) event.respondWith(online().catch(async () => await kept(asked) ?? Response.error()));
});
