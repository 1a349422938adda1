// @ts-check
// What every page does: data-opens="id" shows a dialog, data-print prints, data-focus takes the focus once,
// data-own-zone fills in the browser's time zone, the menu closes
// by itself, a form is sent once, colours change at once, and signing out empties this tab's storage.
// Shortcuts, always with a modifier so that dictation and screen readers keep their letters: data-key="alt+n" on a link,
// button, field or [data-letters], in which a letter then goes to the [data-letter] that begins with it. Ctrl or Cmd with K goes to the search, with / to the list of all shortcuts on this page.
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
  for (const element of fresh(root, "[data-focus]")) {
    element.focus({ preventScroll: element.dataset.focus === "still" });
    if (element instanceof HTMLInputElement) element.select();
  }
  for (const input of fresh(root, "[data-own-zone]")) {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    if (input instanceof HTMLInputElement && timeZone) input.value = timeZone;
  }
  for (const element of fresh(root, "[data-key]")) element.setAttribute("aria-keyshortcuts", written(element.dataset.key ?? ""));
  for (const button of fresh(root, "[data-show-keys]")) button.addEventListener("click", show);
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

/** @param {string} key */
const written = (key) => key.split("+").map((part) => part[0]?.toUpperCase() + part.slice(1)).join("+");

function show() {
  const dialog = document.getElementById("keys");
  const list = dialog?.querySelector("[data-keys]");
  if (!(dialog instanceof HTMLDialogElement) || !list || dialog.open) return;
  const own = [...document.querySelectorAll("[data-key]")].filter((element) => element.checkVisibility());
  const rows = own.map((element) => [element.getAttribute("aria-keyshortcuts") ?? "", named(element)]);
  list.replaceChildren(...[["Ctrl+K", "Find a patient, a word in charts, or something to do"], ["Ctrl+/", "This list"], ...rows].flatMap(([key, words]) => {
    const term = document.createElement("dt");
    const held = document.createElement("kbd");
    held.textContent = key ?? "";
    term.append(held);
    const text = document.createElement("dd");
    text.textContent = words ?? "";
    return [term, text];
  }));
  dialog.showModal();
}

/** @param {Element} element */
function named(element) {
  const label = element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element.labels?.[0] : element;
  return element.getAttribute("data-key-label") ?? element.getAttribute("aria-label") ?? label?.textContent?.trim() ?? "";
}

/** In [data-letters], a letter goes to the next [data-letter] that begins with it. @param {KeyboardEvent} event */
function letter(event) {
  const list = event.target instanceof HTMLElement ? event.target.closest("[data-letters]") : null;
  const all = [.../** @type {NodeListOf<HTMLElement>} */ (list?.querySelectorAll("[data-letter]") ?? [])];
  const after = all.findIndex((each) => each === document.activeElement) + 1;
  const wanted = event.key.toLowerCase();
  [...all.slice(after), ...all].find((each) => each.dataset.letter?.toLowerCase().startsWith(wanted))?.focus();
}

addEventListener("keydown", (event) => {
  const command = (event.ctrlKey || event.metaKey) && !event.altKey;
  if (command && event.key.toLowerCase() === "k") {
    const search = /** @type {HTMLInputElement | null} */ (document.querySelector('[data-finder] input[type="search"]'));
    search?.focus();
    search?.select();
  } else if (command && (event.key === "/" || event.key === "?")) show();
  else {
    const held = [event.ctrlKey || event.metaKey ? "ctrl" : "", event.altKey ? "alt" : "", event.shiftKey ? "shift" : ""].filter(Boolean);
    if (held.length === 0 || (held.length === 1 && held[0] === "shift")) return letter(event);
    const pressed = event.code.replace(/^(Key|Digit)/, "").toLowerCase();
    const wanted = [...held, pressed].join("+");
    const element = [...document.querySelectorAll("[data-key]")].find((each) => each.getAttribute("data-key") === wanted && each.checkVisibility());
    if (!(element instanceof HTMLElement) || document.querySelector("dialog:modal")?.contains(element) === false) return;
    element.matches("input, textarea, select, [data-letters]") ? element.focus() : element.click();
  }
  event.preventDefault();
});
