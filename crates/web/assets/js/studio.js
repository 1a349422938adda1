// @ts-check
// The studio: what comes late is fetched after the page, cells are walked by arrow keys and edited in place, rows are
// copied, and a row to point to is found while typing. Without it every page still reads, edits and saves.
import { attach as attachAll, fields, fresh, headers, say } from "./app.js";

/** @param {ParentNode} root */
export function attach(root) {
  for (const link of fresh(root, "[data-counts]")) waiting.push(/** @type {HTMLAnchorElement} */ (link));
  for (let lane = 0; lane < 3; lane += 1) void fetchLate();
  for (const button of fresh(root, "[data-copy]")) button.addEventListener("click", copy);
  for (const input of fresh(root, "[data-pick]")) input.addEventListener("input", pick);
  for (const box of fresh(root, "[data-null]")) heed(/** @type {HTMLInputElement} */ (box));
  for (const table of fresh(root, "[data-grid]")) grid(/** @type {HTMLTableElement} */ (table));
}

/** @type {HTMLAnchorElement[]} */
const waiting = [];

/** Counts may take seconds; three at a time leave the server free. */
async function fetchLate() {
  for (let link = waiting.shift(); link; link = waiting.shift()) {
    const answer = await fetch(link.href).catch(() => null);
    const words = answer?.ok ? await answer.text() : "not counted";
    const text = document.createElement("span");
    text.className = "late";
    const unit = link.dataset.countsUnit ?? "";
    text.textContent = `${words} ${words === "1" ? unit.slice(0, -1) : unit}`.trim();
    link.replaceWith(text);
  }
}

/** @param {Event} event */
async function copy(event) {
  const button = /** @type {HTMLButtonElement} */ (event.currentTarget);
  if (!button.form || !navigator.clipboard) return;
  event.preventDefault();
  const answer = await fetch(button.form.action, { method: "POST", body: fields(button.form, button), headers: headers() });
  const words = button.textContent ?? "";
  try {
    if (!answer.ok) throw new Error();
    await navigator.clipboard.writeText(await answer.text());
    button.textContent = "Copied";
    say(`Copied as ${words}`);
  } catch {
    button.textContent = "Not copied";
    say("That could not be copied");
  }
  setTimeout(() => (button.textContent = words), 1500);
}

/** @type {WeakMap<EventTarget, number>} */
const typing = new WeakMap();

/** @param {Event} event */
function pick(event) {
  const input = /** @type {HTMLInputElement} */ (event.currentTarget);
  clearTimeout(typing.get(input));
  typing.set(input, setTimeout(async () => {
    if (!input.list || input.value.length === 36) return;
    const answer = await fetch(`${input.dataset.pick}?q=${encodeURIComponent(input.value)}`);
    if (answer.ok) input.list.innerHTML = await answer.text();
  }, 200));
}

/** Typing into a control takes its mark “empty” away, and the mark what was typed. @param {HTMLInputElement} box */
function heed(box) {
  const control = /** @type {HTMLInputElement | null} */ (box.closest(".field")?.querySelector("input:not([data-null]), textarea"));
  control?.addEventListener("input", () => (box.checked = false));
  box.addEventListener("change", () => box.checked && control && (control.value = ""));
}

/** @param {HTMLTableElement} table */
function grid(table) {
  const kept = JSON.parse(sessionStorage.getItem("cell") ?? "null");
  sessionStorage.removeItem("cell");
  const cells = [...table.querySelectorAll("tbody td")];
  const again = kept && cells.find((cell) => cell.getAttribute("data-column") === kept[1] && cell.parentElement?.dataset.row === kept[0]);
  const first = again ?? cells[1];
  if (first instanceof HTMLElement) first.tabIndex = 0;
  if (again instanceof HTMLElement) again.focus();
  table.addEventListener("keydown", (event) => walk(table, event));
  table.addEventListener("click", (event) => {
    const cell = event.target instanceof Element ? event.target.closest("td:not(.pick)") : null;
    if (cell instanceof HTMLElement && !cell.querySelector("form")) go(table, cell);
  });
  table.addEventListener("dblclick", (event) => {
    const cell = event.target instanceof Element ? event.target.closest("td") : null;
    if (cell) void edit(table, cell);
  });
}

/** Makes a cell the one that Tab comes back to. @param {HTMLTableElement} table @param {HTMLElement} cell */
function go(table, cell) {
  table.querySelector("td[tabindex]")?.removeAttribute("tabindex");
  cell.tabIndex = 0;
  cell.focus();
}

/** @type {Record<string, [number, number]>} */
const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -1e6], End: [0, 1e6] };

/** @param {HTMLTableElement} table @param {KeyboardEvent} event */
function walk(table, event) {
  const cell = event.target;
  if (event.key === "Escape" && cell instanceof Element && cell.closest(".editor")) return location.reload();
  if (!(cell instanceof HTMLTableCellElement) || event.ctrlKey || event.altKey || event.metaKey) return;
  const row = /** @type {HTMLTableRowElement} */ (cell.parentElement);
  const step = steps[event.key];
  if (step) {
    const rows = table.tBodies[0]?.rows;
    const next = rows?.[Math.min(Math.max(row.sectionRowIndex + step[0], 0), rows.length - 1)];
    const target = next?.cells[Math.min(Math.max(cell.cellIndex + step[1], 1), next.cells.length - 1)];
    if (target) go(table, target);
  } else if (event.key === "Enter" || event.key === "F2") void edit(table, cell);
  else if (event.key === " ") row.querySelector("input")?.click();
  else return;
  event.preventDefault();
}

/** @param {HTMLTableElement} table @param {HTMLTableCellElement} cell */
async function edit(table, cell) {
  const { column } = cell.dataset;
  const row = cell.parentElement?.dataset.row;
  if (!column || !row || cell.querySelector("form")) return cell.querySelector("a")?.focus();
  const back = encodeURIComponent(location.pathname + location.search);
  const answer = await fetch(`${table.dataset.cell}?${row}&column=${column}&back=${back}`);
  if (!answer.ok) return say("This value cannot be edited");
  cell.innerHTML = await answer.text();
  sessionStorage.setItem("cell", JSON.stringify([row, column]));
  void attachAll(cell);
  const control = cell.querySelector("input:not([type=hidden]), select, textarea");
  if (control instanceof HTMLElement) control.focus();
  if (control instanceof HTMLInputElement) control.select();
}
