// A list of what is meant, under the field that it is typed in: `data-options` names the list. Without
// this the search box searches for what is typed, and a place is taken as it is written.
(function () {
  "use strict";
  var source = document.currentScript.dataset.htmx;

  function tend(field) {
    var list = document.getElementById(field.dataset.options);
    var chosen = null, at = -1;
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", list.id);
    field.setAttribute("autocomplete", "off");
    show(false);

    function mark(index) {
      at = index;
      Array.from(list.children).forEach(function (one, n) {
        one.setAttribute("aria-selected", String(n === index));
      });
      if (index < 0) { field.removeAttribute("aria-activedescendant"); return; }
      field.setAttribute("aria-activedescendant", list.children[index].id);
      list.children[index].scrollIntoView({ block: "nearest" });
    }
    function show(open) {
      list.hidden = !open;
      field.setAttribute("aria-expanded", String(open));
      mark(-1);
    }
    // An option leads to its page, or is the field's word from now on.
    function choose(one) {
      show(false);
      if (one.dataset.url) { location.assign(one.dataset.url); return; }
      chosen = field.value = one.dataset.name;
    }

    // A page that has nothing else to swap fetches what asks for them when the field is first used.
    field.addEventListener("focus", function () {
      if (window.htmx) { return; }
      var script = document.createElement("script");
      script.src = source;
      document.head.append(script);
    }, { once: true });
    field.addEventListener("keydown", function (event) {
      var many = list.children.length;
      var step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && many) {
        event.preventDefault();
        if (list.hidden) { show(true); }
        mark(at < 0 && step < 0 ? many - 1 : (at + step + many) % many);
      } else if (event.key === "Enter" && at >= 0) {
        event.preventDefault();
        choose(list.children[at]);
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        show(false);
      }
    });
    field.addEventListener("blur", function () { show(false); });
    // The field keeps the focus while a finger is on the list.
    list.addEventListener("pointerdown", function (event) { event.preventDefault(); });
    list.addEventListener("click", function (event) {
      var one = event.target.closest("[role=option]");
      if (one) { choose(one); }
    });
    // One letter says too little, and what was chosen needs no list.
    field.addEventListener("htmx:configRequest", function (event) {
      if (field.value.trim().length < 2 || field.value === chosen) {
        event.preventDefault();
        list.replaceChildren();
        show(false);
      }
    });
    field.addEventListener("htmx:afterRequest", function () {
      show(list.children.length > 0 && document.activeElement === field);
      list.scrollIntoView({ block: "nearest" });
    });
  }
  document.querySelectorAll("[data-options]").forEach(tend);
})();
