// Opens the page of a new piece where there is no network, or one that never answers.
//
// It keeps that page and what it is drawn with, and nothing else: no sale, no money, no buyer.
"use strict";
const KEPT = "studio-1";
const PATIENCE_MS = 4000;
const PAGE = new URL("pieces/new/", self.registration.scope).pathname;
const DRAWN_WITH = /(?:href|src)="(\/(?:static|media)\/[^"]+)"/g;
const FONTS = /url\(["']?([^"')]+\.woff2[^"')]*)["']?\)/g;

async function keepPage(answer) {
  // The way to the sign-in page is not the page.
  if (!answer.ok || answer.redirected) { return; }
  const kept = await caches.open(KEPT);
  const text = await answer.clone().text();
  const parts = new Set([...text.matchAll(DRAWN_WITH)].map((found) => found[1]));
  await kept.put(PAGE, answer.clone());
  for (const part of [...parts]) {
    const there = await keepPart(kept, part);
    if (!there || !part.endsWith(".css")) { continue; }
    const base = new URL(part, self.location.origin);
    for (const found of (await there.text()).matchAll(FONTS)) {
      const font = new URL(found[1], base).pathname;
      parts.add(font);
      await keepPart(kept, font);
    }
  }
  for (const old of await kept.keys()) {
    const path = new URL(old.url).pathname;
    if (path !== PAGE && !parts.has(path)) { await kept.delete(old); }
  }
}

// Names carry a digest of what is in them, so what is kept is right for ever.
async function keepPart(kept, path) {
  const there = await kept.match(path);
  if (there) { return there; }
  try {
    const answer = await fetch(path);
    if (!answer.ok) { return null; }
    await kept.put(path, answer.clone());
    return answer;
  } catch {
    return null;
  }
}

async function page(event) {
  const kept = await caches.open(KEPT);
  const there = await kept.match(PAGE);
  const asked = fetch(event.request).then((answer) => {
    event.waitUntil(keepPage(answer.clone()));
    return answer;
  });
  if (!there) { return asked; }
  const late = new Promise((resolve) => { setTimeout(() => resolve(there), PATIENCE_MS); });
  return Promise.race([asked.catch(() => there), late]);
}

async function part(request) {
  const kept = await caches.open(KEPT);
  return (await kept.match(new URL(request.url).pathname)) || fetch(request);
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(fetch(PAGE, { credentials: "same-origin" }).then(keepPage).catch(() => {}));
});
self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("studio-") && name !== KEPT) { await caches.delete(name); }
    }
    await self.clients.claim();
  })());
});
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) { return; }
  if (event.request.mode === "navigate") {
    if (url.pathname === PAGE) { event.respondWith(page(event)); }
  } else if (url.pathname.startsWith("/static/") || url.pathname.startsWith("/media/")) {
    event.respondWith(part(event.request));
  }
});
