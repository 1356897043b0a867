// A list of places under the field that names one. Without it the field takes any words as well.
(function () {
  "use strict";
  var field = document.getElementById("id_commune");
  var list = document.getElementById("places");
  var chosen = null;
  var at = -1;
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", "places");
  field.setAttribute("autocomplete", "off");
  show(false);

  function mark(index) {
    at = index;
    Array.from(list.children).forEach(function (place, n) {
      place.setAttribute("aria-selected", String(n === index));
    });
    if (index < 0) { field.removeAttribute("aria-activedescendant"); return; }
    var place = list.children[index];
    field.setAttribute("aria-activedescendant", place.id);
    list.scrollTop = place.offsetTop - (list.clientHeight - place.offsetHeight) / 2;
  }
  function show(open) {
    list.hidden = !open;
    field.setAttribute("aria-expanded", String(open));
    mark(-1);
  }
  function choose(place) {
    chosen = field.value = place.dataset.name;
    show(false);
  }

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
    var place = event.target.closest("[role=option]");
    if (place) { choose(place); }
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
})();
