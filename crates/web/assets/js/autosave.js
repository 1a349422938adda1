// @ts-check
// Saves a form with data-autosave one second after the typing stops and at most two seconds after the first unsaved key.
// The value of data-autosave, or else the form's action, takes the POST. The answer: 200 or 204 with X-Version (put into
// the field "version") and X-Saved-At (14:02); 409 with a .conflict to show, after which nothing more is sent.
// What was typed stays in this tab's storage until the server has it.
import { fields, fresh, headers, say } from "./app.js";

const QUIET_MS = 1000;
const LONGEST_MS = 2000;

/** @param {ParentNode} root */
export function attach(root) {
  for (const form of fresh(root, "form[data-autosave]")) keep(/** @type {HTMLFormElement} */ (form));
}

/** @param {HTMLFormElement} form */
function keep(form) {
  const url = form.dataset.autosave || form.action;
  const place = `typed:${url}`;
  const output = /** @type {HTMLElement | null} */ (form.querySelector(".save-state") ?? document.querySelector(".save-state"));
  let unsaved = 0; // number of changes since the server last had everything
  let since = 0;
  let tries = 0;
  let sending = false;
  let stopped = false;
  /** @type {number | undefined} */
  let timer;

  /** @param {string} state @param {string} words */
  const show = (state, words) => {
    if (!output) return;
    output.dataset.state = state;
    output.textContent = words;
  };
  const version = () => fields(form).get("version") ?? "";
  const plan = (/** @type {number} */ delay) => {
    clearTimeout(timer);
    timer = setTimeout(send, delay);
  };
  const changed = () => {
    if (unsaved++ === 0) since = Date.now();
    sessionStorage.setItem(place, JSON.stringify({ version: version(), typed: fields(form).toString() }));
    if (stopped) return;
    show("unsaved", "Not saved yet");
    plan(Math.min(QUIET_MS, Math.max(0, since + LONGEST_MS - Date.now())));
  };
  const send = async () => {
    if (sending || stopped || unsaved === 0) return;
    sending = true;
    const sent = unsaved;
    since = Date.now();
    try {
      const answer = await fetch(url, { method: "POST", body: fields(form), headers: headers({ "X-Fragment": "autosave" }) });
      await heard(answer, sent);
    } catch {
      again("Not saved: no connection. Trying again");
    }
    sending = false;
    if (unsaved > 0 && !stopped && tries === 0) plan(QUIET_MS);
  };
  /** @param {Response} answer @param {number} sent */
  const heard = async (answer, sent) => {
    if (answer.ok && !answer.redirected) {
      tries = 0;
      unsaved -= sent;
      const field = form.elements.namedItem("version");
      const newer = answer.headers.get("X-Version");
      if (newer && field instanceof HTMLInputElement) field.value = newer;
      if (unsaved === 0) sessionStorage.removeItem(place);
      else sessionStorage.setItem(place, JSON.stringify({ version: version(), typed: fields(form).toString() }));
      const at = answer.headers.get("X-Saved-At") ?? new Date().toTimeString().slice(0, 5);
      return show(unsaved ? "unsaved" : "saved", `Saved ${at}`);
    }
    if (answer.status === 409) return conflict(await answer.text());
    if (answer.redirected && new URL(answer.url).pathname === "/locked") return again("Not saved yet: locked");
    if (answer.redirected || answer.status === 401 || answer.status === 403) {
      stopped = true;
      return show("failed", "Not saved: signed out. What you typed is kept in this tab; sign in again in it.");
    }
    again(answer.status === 422 ? "Not saved: a field cannot be read" : `Not saved (${answer.status}). Trying again`);
  };
  const again = (/** @type {string} */ words) => {
    show("failed", words);
    plan(Math.min(30_000, 1000 * 2 ** ++tries));
  };
  /** @param {string} html */
  const conflict = (html) => {
    stopped = true;
    const block = new DOMParser().parseFromString(html, "text/html").querySelector(".conflict");
    if (block) form.prepend(document.importNode(block, true));
    show("failed", "Not saved: changed elsewhere");
    say("Not saved. This was changed elsewhere; both versions are shown.");
    form.querySelector(".conflict")?.scrollIntoView({ block: "center" });
  };

  /** Another form of the page waits until this one is on the server. @param {SubmitEvent} event */
  const first = async (event) => {
    const other = event.target;
    if (unsaved === 0 || stopped || other === form || !(other instanceof HTMLFormElement) || !form.isConnected) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    clearTimeout(timer);
    while (sending) await new Promise((go) => setTimeout(go, 50));
    await send();
    if (unsaved === 0) other.requestSubmit(event.submitter);
  };

  restore(form, place, version(), changed);
  document.addEventListener("submit", (event) => void first(event), true);
  form.addEventListener("input", changed);
  form.addEventListener("submit", () => ((unsaved = 0), clearTimeout(timer)));
  for (const back of ["online", "unlocked"]) addEventListener(back, () => plan(0));
  addEventListener("beforeunload", (event) => unsaved > 0 && event.preventDefault());
  addEventListener("pagehide", () => {
    if (unsaved > 0 && !stopped) void fetch(url, { method: "POST", body: fields(form), headers: headers({ "X-Fragment": "autosave" }), keepalive: true });
  });
}

/**
 * Brings back what was typed before the page was lost: at once where the record is still the same, else behind a button.
 * @param {HTMLFormElement} form @param {string} place @param {string} version @param {() => void} changed
 */
function restore(form, place, version, changed) {
  const kept = JSON.parse(sessionStorage.getItem(place) ?? "null");
  if (!kept) return;
  const typed = new URLSearchParams(kept.typed);
  const now = fields(form);
  for (const given of [typed, now]) ["csrf", "version"].forEach((name) => given.delete(name));
  if (typed.toString() === now.toString()) return sessionStorage.removeItem(place);
  const bring = () => {
    fill(form, typed);
    changed();
  };
  if (kept.version === version) return bring();
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = "Bring back what was typed in this tab and not saved";
  button.addEventListener("click", () => (bring(), button.remove()));
  form.prepend(button);
}

/** @param {HTMLFormElement} form @param {URLSearchParams} typed */
function fill(form, typed) {
  for (const name of new Set(typed.keys())) {
    const values = typed.getAll(name);
    const controls = () => [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
    const adder = [...form.querySelectorAll("[data-rows]")].find((rows) => rows.querySelector("template")?.content.querySelector(`[name="${CSS.escape(name)}"]`));
    for (let missing = adder ? values.length - controls().length : 0; missing > 0; missing--) {
      /** @type {HTMLElement | null} */ (adder?.querySelector("[data-rows-add]") ?? null)?.click();
    }
    controls().forEach((control, index) => {
      if (control instanceof HTMLInputElement && ["radio", "checkbox"].includes(control.type)) control.checked = values.includes(control.value);
      else if ("value" in control) control.value = values[index] ?? "";
    });
  }
}
