// Reads a page to whoever would rather listen, with the telephone's own voice of the page's language.
// Without such a voice, or without this, there is no button. What is typed is never read.
(function () {
  "use strict";
  var box = document.querySelector("[data-aloud]"), engine = window.speechSynthesis;
  var main = document.getElementById("main");
  if (!box || !main || !engine || !window.SpeechSynthesisUtterance) { return; }
  var language = document.documentElement.lang.slice(0, 2), voice = null, queue = [], turn = 0;
  var button = box.querySelector("button");
  var LEFT_OUT = "nav, script, style, select, textarea, [data-aloud], [aria-hidden=true]";
  var BLOCKS = "p, li, h1, h2, h3, h4, dt, dd, th, td, label, legend, summary, button, address, caption";

  // A voice of the telephone itself needs no network.
  function choose() {
    var fit = engine.getVoices().filter(function (one) {
      return one.lang.slice(0, 2).toLowerCase() === language;
    });
    voice = fit.filter(function (one) { return one.localService; })[0] || fit[0] || null;
    box.hidden = !voice;
  }
  // Thousands in one piece and the money by its name: a voice reads "3 200 MAD" as two numbers.
  function said(text) {
    return text.replace(/[\u061c\u200e\u200f\u2066-\u2069]/g, "")
      .replace(/(\d)[\u00a0\u202f ,](?=\d{3}(?!\d))/g, "$1")
      .replace(/\bMAD\s*(\d[\d.,]*)/g, "$1 MAD").replace(/\bMAD\b/g, box.dataset.money)
      .replace(/\s+/g, " ").trim();
  }
  function sentences() {
    var found = [], last = null, walk = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      var holder = walk.currentNode.parentElement, text = walk.currentNode.data;
      var block = holder.closest(BLOCKS) || holder;
      if (!text.trim() || holder.closest(LEFT_OUT) || !holder.getClientRects().length) { continue; }
      if (block === last) { found[found.length - 1] += " " + text; } else { found.push(text); }
      last = block;
    }
    return found.map(said);
  }
  function stop() {
    turn += 1;
    engine.cancel();
    button.setAttribute("aria-pressed", "false");
  }
  function go_on(mine) {
    if (mine !== turn) { return; }
    if (!queue.length) { stop(); return; }
    var next = new SpeechSynthesisUtterance(queue.shift());
    next.voice = voice;
    next.lang = voice.lang;
    next.onend = next.onerror = function () { go_on(mine); };
    engine.speak(next);
  }
  button.addEventListener("click", function () {
    var speaks = button.getAttribute("aria-pressed") === "true";
    stop();
    if (speaks) { return; }
    queue = sentences();
    button.setAttribute("aria-pressed", "true");
    go_on(turn);
  });
  window.addEventListener("pagehide", stop);
  engine.addEventListener("voiceschanged", choose);
  choose();
})();
