// @ts-check
// Small courtesies: data-opens="id" shows a dialog, data-print prints, data-focus takes the focus once,
// data-own-zone fills in the browser's time zone, the menu closes
// by itself, a form is sent once, colours change at once, and signing out empties this tab's storage.
import { fields, fresh, headers } from "./app.js";

/** @param {ParentNode} root */
export function attach(root) {
  for (const button of fresh(root, "[data-opens]")) {
    const dialog = document.getElementById(button.dataset.opens ?? "");
    button.addEventListener("click", (event) => {
      if (!(dialog instanceof HTMLDialogElement)) return;
      event.preventDefault();
      dialog.showModal();
    });
  }
  for (const button of fresh(root, "[data-print]")) button.addEventListener("click", () => print());
  for (const element of fresh(root, "[data-focus]")) element.focus();
  for (const input of fresh(root, "[data-own-zone]")) {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    if (input instanceof HTMLInputElement && timeZone) input.value = timeZone;
  }
}

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.matches("[data-theme-form]")) return paint(event, form);
  if (form.getAttribute("action") === "/sign-out") sessionStorage.clear();
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.ariaBusy === "true") return event.preventDefault();
  form.ariaBusy = "true";
  event.submitter?.setAttribute("aria-busy", "true");
  setTimeout(() => free(form), 8000);
});
addEventListener("pageshow", () => document.querySelectorAll("form[aria-busy]").forEach(free));

/** @param {Element} form */
function free(form) {
  form.removeAttribute("aria-busy");
  form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
}

/** @param {SubmitEvent} event @param {HTMLFormElement} form */
function paint(event, form) {
  const button = event.submitter;
  if (!(button instanceof HTMLButtonElement)) return;
  event.preventDefault();
  const { name, value } = button;
  value === "system" ? delete document.documentElement.dataset[name] : (document.documentElement.dataset[name] = value);
  for (const each of form.querySelectorAll(`[name="${name}"]`)) each.setAttribute("aria-pressed", String(each === button));
  // The way back is not followed: opening that page again would count as a viewing.
  void fetch(form.action, { method: "POST", body: fields(form, button), headers: headers(), redirect: "manual" });
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (event.target instanceof Node && !menu.contains(event.target)) menu.removeAttribute("open");
  }
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" ? document.querySelector("details[data-menu][open]") : null;
  menu?.removeAttribute("open");
  menu?.querySelector("summary")?.focus();
});
