// @ts-check
// Covers the page when nobody used any tab of this browser for data-lock-after seconds, or when asked to (form[data-lock]),
// and locks the session on the server. What was typed stays in the page behind; the password uncovers it. While somebody
// types without sending, or a visit is recorded, the server is told every few minutes that somebody is there.
import { fresh, headers } from "./app.js";

const USED = "medrecord-used";
const TELL_MS = 240_000;

/** @param {ParentNode} root */
export function attach(root) {
  for (const dialog of fresh(root, "dialog[data-lock-after]")) if (dialog instanceof HTMLDialogElement) watch(dialog);
}

/** @param {HTMLDialogElement} dialog */
function watch(dialog) {
  const form = dialog.querySelector("form");
  const words = dialog.querySelector("[data-lock-words]");
  const password = dialog.querySelector("input[type=password]");
  if (!form || !words || !(password instanceof HTMLInputElement)) return;
  const after = Number(dialog.dataset.lockAfter) * 1000;
  const title = document.title;
  let told = Date.now();
  let used = 0;
  let locked = false;
  let heard = false;

  const use = () => {
    const now = Date.now();
    if (dialog.open || now - used < 1000) return;
    used = now;
    localStorage.setItem(USED, String(now));
    if (now - told > TELL_MS) {
      told = now;
      void fetch("/here", { method: "POST", headers: headers() }).catch(() => undefined);
    }
  };
  const look = () => {
    if (document.querySelector('[data-recorder][data-state="recording"]')) use();
    const idle = !dialog.open && Date.now() - Number(localStorage.getItem(USED)) >= after;
    if (idle || (locked && !heard)) void lock();
  };
  const lock = async () => {
    locked = true;
    if (!dialog.open) dialog.showModal();
    document.title = "Locked · MedRecord AI";
    const request = { method: "POST", body: new URLSearchParams({ next: "" }), headers: headers({ "X-Fragment": "lock" }) };
    heard = await fetch("/lock", request).then((answer) => answer.status < 500, () => false);
  };
  const unlock = async () => {
    words.textContent = "";
    const body = new URLSearchParams({ password: password.value });
    password.value = "";
    const request = { method: "POST", body, headers: headers({ "X-Fragment": "unlock" }) };
    const answer = await fetch("/unlock", request).catch(() => null);
    if (answer?.status === 204) {
      locked = heard = false;
      dialog.close();
      document.title = title;
      dispatchEvent(new Event("unlocked"));
      use();
    } else {
      words.textContent = answer ? await answer.text() : "The server does not answer. Try again in a moment.";
      password.focus();
    }
  };

  use();
  for (const kind of ["keydown", "pointerdown", "pointermove", "wheel"]) {
    addEventListener(kind, use, { capture: true, passive: true });
  }
  setInterval(look, 5000);
  document.addEventListener("visibilitychange", look);
  // Browsers let a second Escape close any dialog; this one only the password closes.
  dialog.addEventListener("keydown", (event) => event.key === "Escape" && event.preventDefault());
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.addEventListener("close", () => locked && dialog.showModal());
  form.addEventListener("submit", (event) => (event.preventDefault(), void unlock()));
  for (const now of document.querySelectorAll("form[data-lock]")) {
    now.addEventListener("submit", (event) => (event.preventDefault(), void lock()));
  }
}
