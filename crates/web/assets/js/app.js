// @ts-check
// Attaches each script to the elements that ask for it by a data- attribute; a page that asks for none loads none.
// What the scripts share is here too. A fragment put into the page later is attached again by swap.js.

/** @type {[string, string][]} */
const scripts = [
  ["[data-swap], [data-watch]", "./swap.js"],
  ["[data-autosave]", "./autosave.js"],
  ["form[data-phrases]", "./phrases.js"],
  ["[data-finder]", "./finder.js"],
  ["[data-since]", "./waitclock.js"],
  ["[data-rows]", "./rows.js"],
  ["[data-segments]", "./evidence.js"],
  ["[data-refresh]", "./refresh.js"],
  ["[data-grid], [data-counts], [data-copy], [data-pick], [data-null]", "./studio.js"],
  ["[data-calendar]", "./calendar.js"],
  ["[data-recorder], [data-forget-take]", "./recorder.js"],
  ["[data-when-back]", "./outage.js"],
  ["dialog[data-lock-after]", "./lock.js"],
  ["form, [data-opens], [data-print], [data-focus], [data-key], [data-finder]", "./shell.js"],
];

/** @param {ParentNode} root */
export async function attach(root) {
  const wanted = scripts.filter(([selector]) => matching(root, selector).length > 0);
  // A script that this browser cannot read must not stop the others.
  for (const script of await Promise.allSettled(wanted.map(([, file]) => import(file)))) {
    if (script.status === "fulfilled") script.value.attach(root);
    else console.error(script.reason);
  }
}

/** The root itself and what is in it, where it matches. @param {ParentNode} root @param {string} selector */
function matching(root, selector) {
  const inside = /** @type {HTMLElement[]} */ ([...root.querySelectorAll(selector)]);
  return root instanceof HTMLElement && root.matches(selector) ? [root, ...inside] : inside;
}

/** @type {Map<string, WeakSet<HTMLElement>>} */
const attached = new Map();

/** As `matching`, but gives each element only once. @param {ParentNode} root @param {string} selector */
export function fresh(root, selector) {
  const seen = attached.get(selector) ?? new WeakSet();
  attached.set(selector, seen);
  return matching(root, selector).filter((element) => !seen.has(element) && seen.add(element));
}

/** Says a sentence to people who listen to the page. @param {string} words */
export function say(words) {
  const live = document.querySelector("[data-live]");
  if (live) live.textContent = words;
}

/** The headers of a request that changes something. @param {Record<string, string>} [more] */
export function headers(more) {
  const token = document.querySelector('meta[name="csrf"]')?.getAttribute("content") ?? "";
  return { "X-CSRF-Token": token, ...more };
}

/** What a form would post. @param {HTMLFormElement} form @param {HTMLElement | null} [submitter] */
export function fields(form, submitter) {
  const data = new FormData(form, submitter);
  return new URLSearchParams([...data].map(([name, value]) => [name, typeof value === "string" ? value : value.name]));
}

attach(document);
