// @ts-check
// Moves visits in the calendar: a box is dragged to a free piece of time, or arrow keys go through the table and Enter
// books or moves. The page does both without this script, with links and buttons.
import { fresh } from "./app.js";

/** @param {ParentNode} root */
export function attach(root) {
  for (const table of fresh(root, "[data-calendar]")) {
    table.addEventListener("dragstart", start);
    table.addEventListener("dragover", over);
    table.addEventListener("dragleave", (event) => mark(event, false));
    table.addEventListener("drop", drop);
    table.addEventListener("dragend", () => dragged?.classList.remove("is-dragged"));
    table.addEventListener("keydown", go);
    rove(table);
  }
}

/** @type {HTMLElement | undefined} */
let dragged;

/** @param {Event} event @param {string} selector */
const near = (event, selector) => /** @type {HTMLElement | null} */ (event.target instanceof Element ? event.target.closest(selector) : null);

/** @param {DragEvent} event */
function start(event) {
  dragged = near(event, "[data-shift]") ?? undefined;
  if (!dragged || !event.dataTransfer) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", "");
  dragged.classList.add("is-dragged");
}

/** @param {DragEvent} event */
function over(event) {
  if (!dragged || !near(event, "[data-to]")) return;
  event.preventDefault();
  mark(event, true);
}

/** @param {Event} event @param {boolean} on */
const mark = (event, on) => near(event, "[data-to]")?.classList.toggle("is-over", on);

/** @param {DragEvent} event */
function drop(event) {
  const to = near(event, "[data-to]");
  const form = document.getElementById("drop");
  if (!dragged || !to || !(form instanceof HTMLFormElement)) return;
  event.preventDefault();
  form.action = dragged.dataset.shift ?? "";
  for (const [name, value] of [["version", dragged.dataset.version], ["to", to.dataset.to]]) {
    const input = form.elements.namedItem(name ?? "");
    if (input instanceof HTMLInputElement) input.value = value ?? "";
  }
  form.requestSubmit();
}

/** One stop for the Tab key in the table's free times; the arrows go on from there. @param {HTMLElement} table */
function rove(table) {
  const free = [...table.querySelectorAll(".free > :is(a, button)")];
  const first = free.find((each) => !each.closest(".closed, .past, .blocked")) ?? free[0];
  for (const each of free) each.setAttribute("tabindex", each === first ? "0" : "-1");
}

/** @param {KeyboardEvent} event */
function go(event) {
  const [across, down] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
  const from = near(event, "td :is(a, button)");
  if (!from || (!across && !down) || event.altKey || event.ctrlKey || event.metaKey) return;
  const here = from.getBoundingClientRect();
  const table = /** @type {HTMLElement} */ (event.currentTarget);
  let best;
  let least = Infinity;
  for (const each of table.querySelectorAll(".free > :is(a, button), .visit-box > a:first-child")) {
    const there = each.getBoundingClientRect();
    const along = across ? (there.left - here.left) * across : (there.top - here.top) * down;
    const aside = across ? Math.abs(there.top - here.top) : Math.abs(there.left - here.left);
    if (along < 2 || along + aside * 4 >= least) continue;
    best = /** @type {HTMLElement} */ (each);
    least = along + aside * 4;
  }
  if (!best) return;
  event.preventDefault();
  best.focus();
}
