// A price on a number pad, and what it is in notes and coins. Without this the field is typed into.
(function () {
  "use strict";
  function piece(name, text) {
    var made = document.createElement("span");
    made.className = name;
    if (text) {
      var inner = document.createElement("bdi");
      inner.dir = "ltr";
      inner.textContent = text;
      made.appendChild(inner);
    }
    return made;
  }
  document.querySelectorAll("form .pad").forEach(function (pad) {
    var price = pad.closest("form").elements[pad.dataset.price || "price"];
    var values = pad.dataset.values.split(" ").map(Number);
    function digits() {
      // Eastern digits are digits too.
      return price.value.replace(/[\u0660-\u0669]/g, function (one) {
        return String(one.charCodeAt(0) - 0x660);
      }).replace(/\D/g, "");
    }
    function echo() {
      var left = Number(digits().slice(0, 7)), shown = pad.querySelector(".cash");
      shown.replaceChildren();
      values.forEach(function (value) {
        var count = Math.floor(left / value);
        left -= count * value;
        if (!count) { return; }
        var of = piece("cash__of", "");
        if (count > 1) { of.appendChild(piece("cash__count", count + " ×")); }
        var coin = value < 20 ? " cash__one--coin" : "";
        of.appendChild(piece("cash__one cash__one--" + value + coin, String(value)));
        shown.appendChild(of);
      });
    }
    pad.hidden = false;
    pad.addEventListener("click", function (event) {
      var key = event.target.closest("button");
      if (!key) { return; }
      var typed = digits();
      typed = "rub" in key.dataset ? typed.slice(0, -1) : (typed + key.dataset.digit).replace(/^0+/, "");
      price.value = typed.slice(0, 7);
      // As if it had been typed: whoever minds the field hears of it.
      price.dispatchEvent(new Event("input", { bubbles: true }));
    });
    pad.addEventListener("echo", echo);
    price.addEventListener("input", echo);
    // The pad is the keyboard: a telephone's own would hide it.
    if (window.matchMedia("(pointer: coarse)").matches) { price.inputMode = "none"; }
    echo();
  });
})();
