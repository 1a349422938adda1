// @ts-check
// Looks again at a part of the page while something runs on the server: an element with data-refresh="/address" and an
// id is fetched every two seconds and replaced by its newer self, until that one no longer asks for it. Nothing moves
// while somebody types or plays in it. With data-refresh-quietly nothing is said at its end.
import { attach as attachAll, fresh, say } from "./app.js";

const EVERY_MS = 2000;

/** @param {ParentNode} root */
export function attach(root) {
  for (const element of fresh(root, "[data-refresh]")) setTimeout(() => void look(element), EVERY_MS);
}

/** @param {HTMLElement} element */
async function look(element) {
  if (!element.isConnected) return;
  const held = document.activeElement;
  const used = held instanceof HTMLTextAreaElement && element.contains(held) && held.value !== "";
  const playing = [...element.querySelectorAll("audio")].some((sound) => !sound.paused);
  const newer = used || playing || document.hidden ? null : await ask(element);
  if (!newer) return void setTimeout(() => void look(element), EVERY_MS);
  element.replaceWith(newer);
  void attachAll(newer);
  if (!newer.dataset.refresh && element.dataset.refreshQuietly === undefined) {
    say("The recording was heard. The draft is here.");
    document.dispatchEvent(new CustomEvent("refreshed", { detail: newer.id }));
  }
}

/** @param {HTMLElement} element @returns {Promise<HTMLElement | null>} */
async function ask(element) {
  try {
    const answer = await fetch(element.dataset.refresh ?? "", { headers: { "X-Fragment": element.id, Accept: "text/html" } });
    if (!answer.ok) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = page.getElementById(element.id);
    return part ? document.importNode(part, true) : null;
  } catch {
    return null;
  }
}
