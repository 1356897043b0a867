// Photos are made small on the telephone before they are sent: a weak network bears it, and where
// they were taken is not sent at all. Without this they are sent as they are.
(function () {
  "use strict";
  var LONGEST = 2000, QUALITY = 0.86;

  function drawn(picture) {
    var scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    var canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    var brush = canvas.getContext("2d");
    brush.fillStyle = "#fff";
    brush.fillRect(0, 0, canvas.width, canvas.height);
    brush.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return canvas;
  }

  // Resolves to the photo as it is seen (a canvas), and to a smaller file where there is one.
  // Rejects what this browser can't read: the shop looks at it and says what is wrong.
  window.maalemSmaller = function (file) {
    if (!window.createImageBitmap) { return Promise.reject(new Error("no bitmaps")); }
    return createImageBitmap(file, { imageOrientation: "from-image" }).then(function (picture) {
      var canvas = drawn(picture);
      return new Promise(function (resolve) {
        canvas.toBlob(function (blob) {
          var less = blob && blob.size < file.size;
          resolve({ seen: canvas, file: less ? new File([blob], "photo.jpg", { type: "image/jpeg" }) : null });
        }, "image/jpeg", QUALITY);
      });
    });
  };

  // A box for several photos: each is made smaller and shown below it.
  function tend(box) {
    var seen = document.getElementById(box.dataset.smaller);
    box.classList.add("smaller");
    box.addEventListener("change", function () {
      var files = Array.prototype.slice.call(box.files);
      seen.replaceChildren();
      Promise.all(files.map(function (file) {
        return window.maalemSmaller(file).then(function (made) {
          made.seen.setAttribute("role", "img");
          made.seen.setAttribute("aria-label", file.name);
          seen.append(made.seen);
          return made.file || file;
        }).catch(function () {
          var named = document.createElement("p");
          named.textContent = file.name;
          seen.append(named);
          return file;
        });
      })).then(function (smaller) {
        // Chosen anew meanwhile: then this is no answer any more.
        if (!window.DataTransfer || files.some(function (file, n) { return box.files[n] !== file; })) { return; }
        var bag = new DataTransfer();
        smaller.forEach(function (file) { bag.items.add(file); });
        box.files = bag.files;
      });
    });
  }
  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("input[type=file][data-smaller]").forEach(tend);
  });
})();
