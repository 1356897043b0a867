// A piece's story told into the telephone, heard again, and put into the form's own field. Without
// this, or without a microphone, that field takes a recording as it takes any file.
(function () {
  "use strict";
  var KINDS = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];
  var box = document.querySelector(".voice");
  if (!box || !window.MediaRecorder || !window.DataTransfer || !navigator.mediaDevices) { return; }
  function part(name) { return box.querySelector(name); }
  var field = part("[type=file]"), go = part("[data-voice=go]"), again = part("[data-voice=again]");
  var player = part(".voice__heard"), most = Number(box.dataset.most);
  var recorder = null, sends = null, address = "";

  function paint(seconds) {
    // 289 is the way around a circle of radius 46.
    part(".voice__fill").setAttribute("stroke-dasharray", 289 * seconds / most + " 290");
    part(".voice__time").textContent = "0:" + ("0" + Math.floor(seconds)).slice(-2);
  }
  function say(words) { part(".voice__said").textContent = words || ""; }
  // What the field holds is what is heard, whoever put it there.
  function show() {
    var file = field.files[0];
    URL.revokeObjectURL(address);
    address = file ? URL.createObjectURL(file) : "";
    player.hidden = again.hidden = !file;
    go.hidden = Boolean(file);
    if (file) { player.src = address; } else { player.removeAttribute("src"); }
    say(file && box.dataset.kept);
    paint(0);
  }
  function hold(file) {
    var bag = new DataTransfer();
    if (file) { bag.items.add(file); }
    field.files = bag.files;
    // The page writes it down, and it is shown.
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
  function stop() { if (recorder && recorder.state === "recording") { recorder.stop(); } }
  function listen(stream) {
    var type = KINDS.filter(function (one) { return MediaRecorder.isTypeSupported(one); })[0];
    var bits = [], began = Date.now();
    recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: 24000 });
    var tick = setInterval(function () {
      var seconds = (Date.now() - began) / 1000;
      paint(Math.min(seconds, most));
      if (seconds >= most) { stop(); }
    }, 250);
    recorder.ondataavailable = function (event) { bits.push(event.data); };
    recorder.onstop = function () {
      clearInterval(tick);
      stream.getTracks().forEach(function (track) { track.stop(); });
      box.classList.remove("voice--on");
      hold(new File(bits, "voice", { type: recorder.mimeType }));
      recorder = null;
      (again.hidden ? go : again).focus();
      if (sends) { sends.click(); }
      sends = null;
    };
    recorder.start();
    box.classList.add("voice--on");
  }
  go.addEventListener("click", function () {
    if (recorder) { return stop(); }
    go.disabled = true;
    say("");
    return navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } }).then(listen).catch(function () {
      box.classList.remove("voice--live");
      say(box.dataset.denied);
    }).then(function () { go.disabled = false; });
  });
  again.addEventListener("click", function () { hold(null); go.focus(); });
  field.addEventListener("change", show);
  field.form.addEventListener("reset", function () { stop(); setTimeout(show); });
  // Whoever sends it while she still speaks has said all that she wanted to.
  field.form.addEventListener("click", function (event) {
    var button = event.target.closest("[type=submit]");
    if (!button || !recorder) { return; }
    event.preventDefault();
    sends = button;
    stop();
  });
  // Another app, or a call: what was said until then is kept.
  document.addEventListener("visibilitychange", function () { if (document.hidden) { stop(); } });
  box.classList.add("voice--live");
  show();
})();
