// A comfort, never a need: groups the digits, and keeps a second click from being sent.
"use strict";
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", () => {
    const button = form.querySelector("button[data-busy]");
    if (button) setTimeout(() => { button.disabled = true; button.textContent = button.dataset.busy; });
  });
}
// The back button shows the page as it was; ask how things stand now.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
const tidy = (id, change) => {
  const field = document.getElementById(id);
  if (field) field.addEventListener("input", (event) => {
    const typing = !(event.inputType || "").startsWith("delete");
    if (typing && field.selectionStart === field.value.length) field.value = change(field.value);
  });
};
tidy("number", (typed) => {
  const v = typed.replace(/[\s-]/g, "");
  const parts = /^3[47]/.test(v) ? [v.slice(0, 4), v.slice(4, 10), v.slice(10)] : v.match(/.{1,4}/gu) || [];
  return parts.filter(Boolean).join(" ");
});
tidy("exp", (v) => (/^\p{Nd}{2}$/u.test(v) ? v + " / " : v));
