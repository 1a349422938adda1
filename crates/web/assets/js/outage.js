// @ts-check
// Waits on a page that could not be made because the database was away. An element with data-when-back asks /readyz every
// two seconds; when the database is back the page is opened anew, or, where data-when-back has words, they are said and
// the form's button gets the focus: only a person sends a form.
import { fresh, say } from "./app.js";

const EVERY_MS = 2000;

/** @param {ParentNode} root */
export function attach(root) {
  for (const element of fresh(root, "[data-when-back]")) setTimeout(() => void ask(element), EVERY_MS);
}

/** @param {HTMLElement} element */
async function ask(element) {
  const ready = await fetch("/readyz").then((answer) => answer.ok, () => false);
  if (!ready) return void setTimeout(() => void ask(element), EVERY_MS);
  const words = element.dataset.whenBack;
  if (!words) return location.replace(element.querySelector("a")?.href ?? location.href);
  const note = document.createElement("p");
  note.textContent = words;
  element.prepend(note);
  say(words);
  element.querySelector("button")?.focus();
}
