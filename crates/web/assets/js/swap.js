// @ts-check
// Replaces one part of a page by its newer self. A form or link with data-swap="#vitals" is fetched with the header
// X-Fragment: vitals; whatever status the answer has, an element #vitals in it takes the old one's place. An answer
// without one is opened as a page. A form with data-watch="/address" and data-watch-into="#id" does it while typing.
import { attach as attachAll, fields, fresh, headers, say } from "./app.js";

/** @param {ParentNode} root */
export function attach(root) {
  for (const element of fresh(root, "[data-swap]")) {
    element.addEventListener(element instanceof HTMLFormElement ? "submit" : "click", follow);
  }
  for (const form of fresh(root, "form[data-watch]")) form.addEventListener("input", watch);
}

/** @param {Event} event */
function follow(event) {
  const source = /** @type {HTMLFormElement | HTMLAnchorElement} */ (event.currentTarget);
  const target = document.querySelector(source.dataset.swap ?? "");
  if (event.defaultPrevented || !(target instanceof HTMLElement)) return;
  if (event instanceof MouseEvent && (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey)) return;
  event.preventDefault();
  if (source instanceof HTMLAnchorElement) return ask(source.href, {}, target, true);
  const button = event instanceof SubmitEvent ? event.submitter : null;
  const action = button?.getAttribute("formaction") ?? source.getAttribute("action") ?? location.href;
  const typed = fields(source, button);
  if (source.method === "post") return ask(action, { method: "POST", body: typed }, target, false);
  const url = new URL(action, location.href);
  url.search = typed.toString();
  return ask(url.href, {}, target, true);
}

/** @type {WeakMap<HTMLFormElement, { timer: number, stop: AbortController }>} */
const watched = new WeakMap();

/** @param {Event} event */
function watch(event) {
  const form = /** @type {HTMLFormElement} */ (event.currentTarget);
  const target = document.querySelector(form.dataset.watchInto ?? "");
  if (!(target instanceof HTMLElement)) return;
  const before = watched.get(form);
  clearTimeout(before?.timer);
  before?.stop.abort();
  const stop = new AbortController();
  const post = () => ask(form.dataset.watch ?? "", { method: "POST", body: fields(form), signal: stop.signal }, target, false, true);
  watched.set(form, { stop, timer: setTimeout(post, 300) });
}

/**
 * @param {string} url @param {RequestInit} request @param {HTMLElement} target
 * @param {boolean} keepsAddress the new address goes into the history @param {boolean} [quiet] without focus and messages
 */
async function ask(url, request, target, keepsAddress, quiet = false) {
  target.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { ...request, headers: headers({ "X-Fragment": target.id, Accept: "text/html" }) });
    const page = document.createElement("template"); // holds a lone table row too, where a document would drop it
    page.innerHTML = await answer.text();
    const part = page.content.getElementById(target.id);
    if (part) {
      if (keepsAddress && !quiet) history.pushState({}, "", answer.url);
      return put(target, part, quiet);
    }
    if (answer.ok && !quiet) return location.assign(answer.url);
    const words = answer.status === 503 ? page.content.querySelector("[data-words]")?.textContent : null;
    if (!quiet) warn(target, words ? `${words} What you typed is still here.` : `That was refused (${answer.status}). Nothing was saved; what you typed is still here.`);
  } catch (error) {
    const given_up = error instanceof DOMException && error.name === "AbortError";
    if (!quiet && !given_up) warn(target, "The server does not answer. Nothing was saved; what you typed is still here.");
  } finally {
    target.removeAttribute("aria-busy");
    document.querySelectorAll(".button[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  }
}

/** @param {HTMLElement} target @param {HTMLElement} part @param {boolean} quiet */
function put(target, part, quiet) {
  const held = document.activeElement;
  const name = held instanceof HTMLElement && target.contains(held) ? held.id || held.getAttribute("name") : null;
  const fragment = document.importNode(part, true);
  target.replaceWith(fragment);
  attachAll(fragment);
  if (quiet) return;
  const next = fragment.querySelector("[data-focus], .error-summary") ??
    (name ? fragment.querySelector(`[id="${CSS.escape(name)}"], [name="${CSS.escape(name)}"]`) : null);
  if (next instanceof HTMLElement) next.focus();
  else if (name) {
    fragment.tabIndex = -1;
    fragment.focus();
  }
  say(fragment.dataset.say ?? fragment.querySelector(".flash, .error-summary h2")?.textContent ?? "Updated");
}

/** @param {HTMLElement} target @param {string} words */
function warn(target, words) {
  target.previousElementSibling?.matches("[data-swap-warning]") && target.previousElementSibling.remove();
  const line = document.createElement("p");
  line.className = "flash flash-alert";
  line.dataset.swapWarning = "";
  line.role = "alert";
  line.textContent = words;
  target.before(line);
}

addEventListener("popstate", () => location.reload());
