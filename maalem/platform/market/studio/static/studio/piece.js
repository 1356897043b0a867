// A new piece, a step at a time. Without this the same form stands on one page, all steps in a row.
(function () {
  "use strict";
  var form = document.querySelector("form.piece");
  if (!form || !form.elements) { return; }
  var steps = Array.prototype.slice.call(form.querySelectorAll(".piece__step"));
  var way = form.querySelector(".piece__way");
  var photo = form.elements.photo, price = form.elements.price;
  var at = Number(form.dataset.step) || 0;
  var told = form.querySelector(".voice");
  var small = null; // the photo made smaller: what is sent, so that a weak network bears it

  // --- steps ---------------------------------------------------------------------------------
  function isDone(number) {
    if (number === 0) { return Boolean(small || photo.files.length || form.elements.kept.value); }
    if (number === 1) { return Boolean(form.querySelector("[name=craft]:checked")); }
    return true;
  }
  function show(number, moved) {
    at = Math.max(0, Math.min(steps.length - 1, number));
    steps.forEach(function (step, one) { step.hidden = one !== at; });
    way.querySelector("[data-go='-1']").hidden = at === 0;
    var on = way.querySelector("[data-go='1']");
    on.hidden = at === steps.length - 1;
    on.disabled = !isDone(at);
    form.dataset.step = String(at);
    if (told && at === steps.length - 1 && navigator.mediaDevices) {
      // The recorder is loaded where it is wanted. The worker has kept it for a page without network.
      var script = document.createElement("script");
      script.src = told.dataset.src;
      told = null;
      document.head.append(script);
    }
    if (moved) {
      var head = steps[at].querySelector("h2");
      head.tabIndex = -1;
      head.focus();
      window.scrollTo(0, 0);
    }
  }
  form.classList.add("piece--stepped");
  way.hidden = false;
  way.addEventListener("click", function (event) {
    var button = event.target.closest("[data-go]");
    if (button) { show(at + Number(button.dataset.go), true); }
  });
  form.addEventListener("change", function (event) {
    if (event.target.name === "supply") { fit(); }
    show(at, false);
    // A touch on a picture is the answer: nothing more is to be pressed.
    if (event.target.name === "craft" && event.isTrusted && !byKey) { show(2, true); }
  });
  // With arrow keys one walks through the pictures: then the button goes on.
  var byKey = false;
  form.addEventListener("keydown", function () { byKey = true; });
  form.addEventListener("pointerdown", function () { byKey = false; });
  form.addEventListener("keydown", function (event) {
    // Enter goes on, and sends from the last step only.
    if (event.key !== "Enter" || event.target.tagName !== "INPUT" || at === steps.length - 1) { return; }
    event.preventDefault();
    if (isDone(at)) { show(at + 1, true); }
  });

  // --- the photo -----------------------------------------------------------------------------
  function see(canvas) {
    var seen = form.querySelector(".shot__seen");
    seen.replaceChildren(canvas);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", form.querySelector("#step-photo").textContent.trim());
  }
  photo.addEventListener("change", function () {
    var file = photo.files[0];
    small = null;
    if (!file) { return; }
    window.maalemSmaller(file).then(function (made) {
      if (photo.files[0] !== file) { return; }
      see(made.seen);
      if (made.file) {
        small = made.file;
        var bag = window.DataTransfer && new DataTransfer();
        if (bag) { bag.items.add(small); photo.files = bag.files; }
      }
      show(at, false);
      write();
    }).catch(function () {
      // Not a picture that this browser reads: the shop looks at it and says what is wrong.
    });
  });

  // --- how many, and the price -----------------------------------------------------------------
  function fit() {
    var chosen = form.querySelector("[name=supply]:checked");
    form.querySelectorAll(".piece__if").forEach(function (one) {
      one.hidden = !chosen || !one.classList.contains("piece__if--" + chosen.value);
    });
  }
  var pad = form.querySelector(".pad");
  function echo() { pad.dispatchEvent(new Event("echo")); }

  // --- kept until it has arrived -----------------------------------------------------------------
  var outbox = window.maalemOutbox;
  var NAMES = ["kept", "maker", "craft", "supply", "on_hand", "making_days", "price", "tongue", "voice_kept"];
  function said() {
    var all = {};
    NAMES.forEach(function (name) {
      var one = form.elements[name];
      all[name] = one ? one.value : "";
    });
    return all;
  }
  function whole() {
    var voice = form.elements.voice;
    return {
      key: form.elements.key.value, said: said(), photo: small || photo.files[0] || null,
      voice: voice && voice.files[0] || null,
    };
  }
  function fill(field, file, name) {
    if (!file || !window.DataTransfer) { return false; }
    var bag = new DataTransfer();
    bag.items.add(new File([file], name, { type: file.type }));
    field.files = bag.files;
    field.dispatchEvent(new Event("change"));
    return true;
  }
  function put_back(draft) {
    form.elements.key.value = draft.key;
    NAMES.forEach(function (name) {
      // Of pictures to choose from the one with this value; of fields the value.
      if (form.elements[name] && draft.said[name]) { form.elements[name].value = draft.said[name]; }
    });
    var chosen = form.querySelector("details [name=craft]:checked");
    if (chosen) { chosen.closest("details").open = true; }
    fit();
    echo();
    fill(form.elements.voice, draft.voice, "voice");
    var seen = fill(photo, draft.photo, "photo.jpg");
    return show(!seen ? 0 : isDone(1) ? 2 : 1, false);
  }
  function write() {
    if (outbox) {
      outbox.write(whole()).catch(function () { /* a full telephone: the page itself still holds it */ });
    }
  }
  function new_key() {
    if (window.crypto.randomUUID) { return crypto.randomUUID(); }
    var hex = Array.prototype.map.call(crypto.getRandomValues(new Uint8Array(16)), function (one) {
      return (one + 256).toString(16).slice(1);
    }).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }
  // What a price or a number lacks is said before it waits for days to hear it from the shop.
  function is_whole(field) {
    var typed = field.value.replace(/[\u0660-\u0669]/g, function (one) {
      return String(one.charCodeAt(0) - 0x660);
    }).replace(/\s/g, "");
    var good = /^\d+$/.test(typed) && Number(typed) >= 1 && Number(typed) <= Number(field.dataset.most);
    var box = field.closest(".field"), there = box.querySelector(".field__error");
    box.classList.toggle("field--error", !good);
    if (there) { there.remove(); }
    if (!good) {
      var words = document.createElement("span");
      words.className = "field__error";
      words.textContent = field.dataset.asked;
      words.setAttribute("role", "alert");
      field.before(words);
      field.focus();
    }
    return good;
  }
  function is_whole_piece() {
    var asked = [price];
    form.querySelectorAll(".piece__if:not([hidden]) input").forEach(function (one) { asked.push(one); });
    return asked.every(is_whole);
  }
  function begin_another() {
    form.reset();
    form.elements.key.value = new_key();
    form.elements.kept.value = "";
    if (form.elements.voice_kept) { form.elements.voice_kept.value = ""; }
    small = null;
    form.querySelector(".shot__seen").replaceChildren(bare.cloneNode(true));
    fit();
    echo();
    show(0, false);
    document.querySelector("#outbox-title").focus();
    window.scrollTo(0, 0);
  }
  var bare = form.querySelector(".shot__seen").firstElementChild.cloneNode(true);
  form.addEventListener("submit", function (event) {
    if (!outbox) { return; }
    event.preventDefault();
    if (!is_whole_piece()) { return; }
    var key = form.elements.key.value;
    outbox.keep(whole()).then(function () {
      return outbox.forget();
    }).then(function () {
      begin_another();
      return outbox.send();
    }).then(function (last) {
      if (last && last.key === key) { window.location.assign(last.page); }
    }).catch(function () {
      form.submit(); // The telephone keeps nothing: then the old way.
    });
  });
  form.addEventListener("input", write);
  form.addEventListener("change", write);

  fit();
  echo();
  show(at, false);
  if (outbox && !("askedAgain" in form.dataset)) {
    outbox.draft().then(function (draft) {
      if (draft) { put_back(draft); }
    }).catch(function () { /* nothing was kept */ });
  }
})();
