// @ts-check
// Adds and takes away rows. In [data-rows]: a tbody, a <template> with one row, a button data-rows-add, in each row a
// button data-rows-remove, and a hidden button data-rows-undo; input[data-fresh-id] of a new row gets an id of its own. Without script the server adds rows on submit.
import { fresh, say } from "./app.js";

/** A random id (version 4), so that a row saved twice stays one row; crypto.randomUUID is not there without TLS. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  return [...bytes].map((byte, at) => ([4, 6, 8, 10].includes(at) ? "-" : "") + byte.toString(16).padStart(2, "0")).join("");
}

/** Brings the focus to a row's first box; the hidden one with its id takes none. @param {Element | null} row */
const focusIn = (row) => /** @type {HTMLElement | null} */ (row?.querySelector(':is(input, select, textarea):not([type="hidden"])') ?? null)?.focus();

/** @param {ParentNode} root */
export function attach(root) {
  for (const rows of fresh(root, "[data-rows]")) tend(rows);
}

/** @param {HTMLElement} rows */
function tend(rows) {
  const body = rows.querySelector("tbody");
  const template = rows.querySelector("template");
  const undo = /** @type {HTMLElement | null} */ (rows.querySelector("[data-rows-undo]"));
  /** @type {{ row: Element, next: Element | null } | null} */
  let gone = null;
  if (!body || !template) return;
  const told = () => rows.dispatchEvent(new Event("input", { bubbles: true }));

  rows.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (!button || !rows.contains(button)) return;
    if (button.matches("[data-rows-add]")) {
      body.append(document.importNode(template.content, true));
      for (const id of body.lastElementChild?.querySelectorAll("input[data-fresh-id]") ?? []) id.setAttribute("value", uuid());
      focusIn(body.lastElementChild);
    } else if (button.matches("[data-rows-remove]")) {
      const row = button.closest("tr");
      if (!row) return;
      gone = { row, next: row.nextElementSibling };
      row.remove();
      say("Row removed");
      if (undo) undo.hidden = false;
      undo?.focus();
      told();
    } else if (button.matches("[data-rows-undo]") && gone) {
      body.insertBefore(gone.row, gone.next?.parentNode === body ? gone.next : null);
      focusIn(gone.row);
      gone = null;
      button.hidden = true;
      told();
    } else return;
    event.preventDefault();
  });
}
