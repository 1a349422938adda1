// @ts-check
// Keeps <time data-since="2026-11-22T14:02:00Z" data-late-after="20"> at the minutes since then; late after so many.

/** @param {Element} clock */
function tick(clock) {
  if (!(clock instanceof HTMLElement)) return;
  const minutes = Math.max(0, Math.floor((Date.now() - Date.parse(clock.dataset.since ?? "")) / 60_000));
  if (Number.isNaN(minutes)) return;
  const words = minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")}`;
  const shown = clock.querySelector("[data-minutes]") ?? clock;
  if (shown.textContent !== words) shown.textContent = words;
  clock.toggleAttribute("data-late", minutes >= Number(clock.dataset.lateAfter ?? Infinity));
}

/** @param {ParentNode} root */
export const attach = (root) => root.querySelectorAll("[data-since]").forEach(tick);

setInterval(() => attach(document), 15_000);
