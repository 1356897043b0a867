// Pieces that wait on this telephone for a network, and the one that is being written.
//
// What is here is lost with the telephone only: a page that dies, a battery that ends, a network
// that comes and goes leave it. The shop knows each piece by its key, so what is sent twice is one.
(function () {
  "use strict";
  var NAME = "maalem-studio", PIECES = "pieces", DRAFTS = "drafts";
  var DEADLINE_MS = 90000, AGAIN_MS = 30000;
  var panel = document.querySelector(".outbox");
  if (!panel || !window.indexedDB || !window.fetch || !window.FormData) { return; }
  var workshop = panel.dataset.workshop;
  var sending = "", running = false;

  // --- what is kept ------------------------------------------------------------------------------
  var opened = null;
  function database() {
    opened = opened || new Promise(function (resolve, reject) {
      var asked = indexedDB.open(NAME, 1);
      asked.onupgradeneeded = function () {
        asked.result.createObjectStore(PIECES, { keyPath: "key" });
        asked.result.createObjectStore(DRAFTS, { keyPath: "workshop" });
      };
      asked.onsuccess = function () { resolve(asked.result); };
      asked.onerror = function () { reject(asked.error); };
    });
    return opened;
  }
  // Runs `verb` on a store and resolves to its result once that is on the disk.
  function within(store, mode, verb) {
    return database().then(function (db) {
      return new Promise(function (resolve, reject) {
        var work = db.transaction(store, mode), asked = verb(work.objectStore(store));
        work.oncomplete = function () { resolve(asked && asked.result); };
        work.onerror = work.onabort = function () { reject(work.error); };
      });
    });
  }
  function hers() {
    return within(PIECES, "readonly", function (store) { return store.getAll(); })
      .then(function (every) {
        return every.filter(function (one) { return one.workshop === workshop; })
          .sort(function (one, other) { return one.at - other.at; });
      });
  }
  function put(store, one) {
    return within(store, "readwrite", function (into) { return into.put(one); });
  }
  function drop(store, key) {
    return within(store, "readwrite", function (from) { return from.delete(key); });
  }

  // --- sending -------------------------------------------------------------------------------------
  function cookie(name) {
    var found = document.cookie.match("(?:^|; )" + name + "=([^;]*)");
    return found ? decodeURIComponent(found[1]) : "";
  }
  function post(one) {
    var body = new FormData(), stop = window.AbortController && new AbortController();
    body.append("key", one.key);
    body.append("workshop", one.workshop);
    Object.keys(one.said).forEach(function (name) { body.append(name, one.said[name]); });
    if (one.photo) { body.append("photo", one.photo, "photo.jpg"); }
    if (one.voice) { body.append("voice", one.voice, "voice"); }
    var late = stop && setTimeout(function () { stop.abort(); }, DEADLINE_MS);
    return fetch(panel.dataset.to, {
      method: "POST", body: body, redirect: "manual", credentials: "same-origin",
      headers: { "X-CSRFToken": cookie("csrftoken"), Accept: "application/json" },
      signal: stop ? stop.signal : undefined,
    }).finally(function () { clearTimeout(late); });
  }
  // What became of it: where its page is, what is wrong with it, or null where nobody knows.
  function sent(one, afresh) {
    return post(one).then(function (answer) {
      if (answer.type === "opaqueredirect") { return { state: "signed out" }; }
      if (answer.status === 403 && !afresh) {
        // The page was kept longer than its token: a new page brings another.
        return fetch(panel.dataset.to, { credentials: "same-origin" }).then(function () {
          return sent(one, true);
        });
      }
      if (answer.status === 201) {
        return answer.json().then(function (said) { return { page: said.page }; });
      }
      if (answer.status === 422) {
        return answer.json().then(function (said) { return { state: "refused", wrong: said.wrong }; });
      }
      return null;
    }).catch(function () { return null; });
  }
  function one_by_one(waiting, last) {
    var one = waiting.shift();
    if (!one) { return Promise.resolve(last); }
    sending = one.key;
    return show().then(function () { return sent(one); }).then(function (found) {
      sending = "";
      if (!found) { return last; } // No network after all: the others would fare no better.
      if (found.page) {
        return drop(PIECES, one.key).then(function () {
          return one_by_one(waiting, { key: one.key, page: found.page });
        });
      }
      one.state = found.state;
      one.wrong = found.wrong || [];
      return put(PIECES, one).then(function () {
        return found.state === "signed out" ? last : one_by_one(waiting, last);
      });
    });
  }
  // Sends what waits, the oldest first; resolves to the last one that arrived, if any.
  function send() {
    if (running) { return Promise.resolve(null); }
    running = true;
    return hers().then(function (every) {
      return one_by_one(every.filter(function (one) { return one.state !== "refused"; }), null);
    }).catch(function () { return null; }).then(function (last) {
      running = false;
      return show().then(function () { return last; });
    });
  }

  // --- what she sees ---------------------------------------------------------------------------------
  function row(one) {
    var state = sending === one.key ? "sending" : one.state || "waiting";
    var made = panel.querySelector("template[data-state='" + state + "']").content.cloneNode(true);
    var item = made.querySelector("li"), seen = made.querySelector(".outbox__photo");
    item.dataset.key = one.key;
    if (one.photo && window.createImageBitmap) {
      createImageBitmap(one.photo, { resizeWidth: 128, resizeQuality: "medium" }).then(function (picture) {
        var canvas = document.createElement("canvas");
        canvas.width = picture.width;
        canvas.height = picture.height;
        canvas.getContext("2d").drawImage(picture, 0, 0);
        seen.replaceChildren(canvas);
      }).catch(function () { /* the row says enough without it */ });
    }
    var price = made.querySelector(".outbox__price");
    if (price) { price.textContent = one.said.price; }
    var wrong = made.querySelector(".outbox__wrong");
    if (wrong) { wrong.textContent = (one.wrong || []).join(" "); }
    return made;
  }
  function show() {
    return hers().then(function (every) {
      var list = panel.querySelector("ul");
      list.replaceChildren.apply(list, every.map(row));
      panel.hidden = every.length === 0;
      document.dispatchEvent(new CustomEvent("outbox", { detail: every.length }));
    });
  }
  panel.addEventListener("click", function (event) {
    var button = event.target.closest("[data-put-right]");
    if (!button) { return; }
    var key = button.closest("li").dataset.key;
    hers().then(function (every) {
      var one = every.filter(function (each) { return each.key === key; })[0];
      // Under the same key: had it arrived after all, it would still be one piece.
      return put(DRAFTS, one);
    }).then(function () { return drop(PIECES, key); }).then(function () {
      window.location.assign(panel.dataset.to);
    });
  });
  window.addEventListener("online", send);
  document.addEventListener("visibilitychange", function () {
    if (!document.hidden) { send(); }
  });
  setInterval(function () { if (!document.hidden) { send(); } }, AGAIN_MS);

  // With this the page opens where there is no network; the browser decides whether it may.
  if (navigator.serviceWorker) {
    navigator.serviceWorker.register(panel.dataset.worker, { scope: panel.dataset.scope })
      .catch(function () { /* without it the page needs a network to open, and nothing else */ });
  }

  window.maalemOutbox = {
    // Keeps a piece until it has arrived.
    keep: function (one) {
      if (navigator.storage && navigator.storage.persist) { navigator.storage.persist(); }
      one.workshop = workshop;
      one.at = Date.now();
      return put(PIECES, one);
    },
    send: send,
    draft: function () {
      return within(DRAFTS, "readonly", function (store) { return store.get(workshop); });
    },
    write: function (draft) {
      draft.workshop = workshop;
      return put(DRAFTS, draft);
    },
    forget: function () { return drop(DRAFTS, workshop); },
  };
  show().then(send).catch(function () { panel.hidden = true; });
})();
