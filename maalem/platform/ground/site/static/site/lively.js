// What htmx leaves to the page: a bad network, a button that was pressed, the focus.
(function () {
  "use strict";
  var words = document.currentScript.dataset;
  var failed = null;
  // One press has one name: sent again by "try again", it is the same press.
  var press = "";
  var box = document.createElement("div");
  var sentence = document.createElement("p");
  var again = document.createElement("button");
  box.className = "away";
  box.setAttribute("role", "alert");
  again.type = "button";
  again.className = "button button--quiet";
  document.body.append(box);

  function on(name, act) {
    document.body.addEventListener("htmx:" + name, function (event) { act(event.detail, event); });
  }

  // A bad network: say it, keep what was typed, offer the same press once more.
  function say(text, act, detail) {
    failed = detail;
    // What the press before was answered is no answer to this one.
    if (detail.target && detail.target.matches("[role=status]")) { detail.target.replaceChildren(); }
    sentence.textContent = text;
    again.textContent = act;
    box.replaceChildren(sentence, again);
  }
  function away(detail) {
    // What asks by itself asks again by itself.
    if (!detail.elt || !detail.elt.matches("[data-quiet]")) { say(words.away, words.again, detail); }
  }
  on("sendError", away);
  on("timeout", away);
  on("responseError", function (detail) {
    if (detail.elt.matches("[data-quiet]")) { return; }
    if (detail.xhr.status === 403) { say(words.stale, words.reload, detail); }
    else { say(words.broken, words.again, detail); }
  });
  on("afterRequest", function (detail) { if (detail.successful) { box.replaceChildren(); } });
  again.addEventListener("click", function () {
    var tried = failed.xhr.status !== 403 && failed.requestConfig;
    box.replaceChildren();
    if (tried && tried.triggeringEvent) {
      press = tried.headers["X-Press"];
      htmx.trigger(tried.elt, tried.triggeringEvent.type);
    }
    else { location.reload(); }
  });
  // Going back asks the server for the list as it was.
  on("historyCacheMiss", function (detail) {
    detail.xhr.addEventListener("error", function () { away(detail); });
  });
  on("historyCacheMissLoadError", function () { location.reload(); });

  // The other languages lead to this very list as well.
  function follow() {
    document.querySelectorAll("a[hreflang]").forEach(function (link) {
      link.search = location.search;
    });
  }
  on("pushedIntoHistory", follow);
  on("historyRestore", follow);

  // Questions that were left open need not stand in the address.
  on("configRequest", function (config) {
    if (config.verb !== "get") {
      config.headers["X-Press"] = press || Date.now().toString(36) + Math.random().toString(36).slice(1);
      press = "";
      return;
    }
    Object.keys(config.parameters).forEach(function (name) {
      if (config.parameters[name] === "") { delete config.parameters[name]; }
    });
  });

  // A pressed button says that it is at work; `disabled` would take the focus from it.
  function buttons(form, busy) {
    form.querySelectorAll("[type=submit]").forEach(function (button) {
      if (busy) { button.setAttribute("aria-disabled", "true"); }
      else { button.removeAttribute("aria-disabled"); }
    });
  }
  on("beforeRequest", function (detail) { buttons(detail.elt, true); });
  on("afterRequest", function (detail) { buttons(detail.elt, false); });

  // Where the pressed link or button went away with its part, go on from the part.
  on("afterSettle", function (detail) {
    if (document.activeElement === document.body && detail.elt.hasAttribute("tabindex")) {
      detail.elt.focus({ preventScroll: true });
    }
  });
})();
