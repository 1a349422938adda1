// @ts-check
// Shortcuts, always with a modifier so that dictation and screen readers keep their letters: data-key="alt+n" on a link,
// button or field. Ctrl or Cmd with K goes to the search, with / to the list of all shortcuts on this page.
import { fresh } from "./app.js";

/** @param {ParentNode} root */
export function attach(root) {
  for (const element of fresh(root, "[data-key]")) element.setAttribute("aria-keyshortcuts", written(element.dataset.key ?? ""));
  for (const button of fresh(root, "[data-show-keys]")) button.addEventListener("click", show);
}

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

addEventListener("keydown", (event) => {
  const command = (event.ctrlKey || event.metaKey) && !event.altKey;
  if (command && event.key.toLowerCase() === "k") {
    const search = /** @type {HTMLInputElement | null} */ (document.querySelector('[data-finder] input[type="search"]'));
    search?.focus();
    search?.select();
  } else if (command && (event.key === "/" || event.key === "?")) show();
  else {
    const held = [event.ctrlKey || event.metaKey ? "ctrl" : "", event.altKey ? "alt" : "", event.shiftKey ? "shift" : ""].filter(Boolean);
    if (held.length === 0 || (held.length === 1 && held[0] === "shift")) return;
    const pressed = event.code.replace(/^(Key|Digit)/, "").toLowerCase();
    const wanted = [...held, pressed].join("+");
    const element = [...document.querySelectorAll("[data-key]")].find((each) => each.getAttribute("data-key") === wanted && each.checkVisibility());
    if (!(element instanceof HTMLElement) || document.querySelector("dialog:modal")?.contains(element) === false) return;
    element.matches("input, textarea, select") ? element.focus() : element.click();
  }
  event.preventDefault();
});
