// Small comforts. Every page works without them.
(function () {
  "use strict";
  // A form goes off once, whatever an impatient finger does; the page behind takes care anyway.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented) { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (form.method !== "post") { return; }
    form.dataset.sent = "1";
    form.querySelectorAll("button[type=submit]").forEach(function (button) {
      button.setAttribute("aria-disabled", "true");
    });
  });
  // Coming back by the back button finds a form that can be sent again.
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
      form.querySelectorAll("[aria-disabled]").forEach(function (button) {
        button.removeAttribute("aria-disabled");
      });
    });
  });
  // Choosing in a list of filters or a quantity is enough; the button stays for those without this.
  document.addEventListener("change", function (event) {
    var form = event.target.closest(".filters, .line__quantity");
    if (form && event.target.tagName === "SELECT") { form.requestSubmit(); }
  });
  // An open language list closes when one looks elsewhere.
  document.addEventListener("click", function (event) {
    document.querySelectorAll(".tongues[open]").forEach(function (list) {
      if (!list.contains(event.target)) { list.open = false; }
    });
  });
  document.addEventListener("keydown", function (event) {
    var list = event.key === "Escape" && document.querySelector(".tongues[open]");
    if (list) { list.open = false; list.querySelector("summary").focus(); }
  });
  // After a refused form the eye and the reader start at what is wrong.
  var wrong = document.querySelector("#errors, .field--error input, .field--error select");
  if (wrong) { wrong.focus(); }
})();
