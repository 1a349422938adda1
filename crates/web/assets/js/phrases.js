// @ts-check
// In a form with data-phrases: an abbreviation of the list (options with data-phrase and data-words) becomes its text when a
// space or Tab follows it; Backspace right after, or undo, brings back what was typed. Tab goes on to the next blank (___) of the
// field, and leaves the field where there is none. The button data-phrase-insert puts the chosen text at the cursor.
import { fresh, say } from "./app.js";

/** @typedef {HTMLInputElement | HTMLTextAreaElement} Field */

/** @param {ParentNode} root */
export function attach(root) {
  for (const form of fresh(root, "form[data-phrases]")) keep(/** @type {HTMLFormElement} */ (form));
}

/** @param {HTMLFormElement} form */
function keep(form) {
  const list = /** @type {HTMLSelectElement | null} */ (form.querySelector("select[name=phrase]"));
  /** What was just expanded, until another key. @type {{ field: Field, from: number, words: string, typed: string } | null} */
  let just = null;
  /** Where an abbreviation was asked back and stays. @type {{ field: Field, from: number } | null} */
  let spared = null;
  /** @type {Field | null} */
  let last = null;

  /** @param {string} typed */
  const found = (typed) => [...(list?.options ?? [])].find((option) => option.dataset.phrase === typed.toLowerCase())?.dataset.words;

  /** @param {Field} field @param {KeyboardEvent} event */
  const expand = (field, event) => {
    const at = field.selectionStart ?? 0;
    const typed = abbreviation(field, at);
    const words = typed && at === field.selectionEnd && found(typed);
    if (!typed || !words) return false;
    const from = at - typed.length;
    if (spared?.field === field && spared.from === from) return false;
    const whole = inLine(field, event.key === " " && !words.includes("___") ? `${words} ` : words);
    if (!fits(field, whole, typed.length)) return false;
    event.preventDefault();
    put(field, from, at, whole);
    just = { field, from, words: whole, typed };
    return true;
  };

  form.addEventListener("focusin", (event) => (last = text(event.target) ?? last));
  form.addEventListener("pointerdown", () => (just = null));
  form.addEventListener("keydown", (event) => {
    const field = text(event.target);
    if (!field || event.isComposing || ["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    const before = just;
    just = null;
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const to = before ? before.from + before.words.length : 0;
    // Dictation may have changed the field without a key.
    if (event.key === "Backspace" && before?.field === field && field.value.slice(before.from, to) === before.words) {
      event.preventDefault();
      put(field, before.from, to, before.typed);
      spared = { field, from: before.from };
    } else if (event.key === " ") expand(field, event);
    else if (event.key === "Tab" && !expand(field, event)) blank(field, field.selectionEnd ?? 0) && event.preventDefault();
  });
  form.addEventListener("input", (event) => {
    const field = text(event.target);
    if (field && event instanceof InputEvent && event.inputType === "historyUndo") {
      const at = field.selectionEnd ?? 0;
      const typed = abbreviation(field, at);
      if (!typed || !found(typed)) return;
      field.setSelectionRange(at, at);
      spared = { field, from: at - typed.length };
    }
  });
  form.querySelector("[data-phrase-insert]")?.addEventListener("click", (event) => {
    const words = list?.selectedOptions[0]?.dataset.words;
    last ??= form.querySelector("textarea");
    if (!last || !words) return;
    event.preventDefault();
    last.focus();
    const at = last.selectionStart ?? 0;
    const to = last.selectionEnd ?? at;
    const whole = inLine(last, /\S$/.test(last.value.slice(0, at)) ? ` ${words}` : words);
    if (fits(last, whole, to - at)) put(last, at, to, whole);
  });
}

/** The word behind a dot that ends at a place. @param {Field} field @param {number} at */
function abbreviation(field, at) {
  return /(?:^|\s)(\.[\p{L}\p{N}-]+)$/u.exec(field.value.slice(0, at))?.[1];
}

/** The field that somebody types text into. @param {EventTarget | null} target @returns {Field | null} */
function text(target) {
  if (target instanceof HTMLTextAreaElement) return target;
  return target instanceof HTMLInputElement && target.type === "text" ? target : null;
}

/** A text as a field takes it: in one line where it has one. @param {Field} field @param {string} words */
function inLine(field, words) {
  return field instanceof HTMLInputElement ? words.replace(/\s*\n\s*/g, " ") : words;
}

/** Whether a text has room in place of some signs; where not, that is said, as half of it must not stand there.
 * @param {Field} field @param {string} words @param {number} instead */
function fits(field, words, instead) {
  const room = field.maxLength < 0 || field.value.length - instead + words.length <= field.maxLength;
  if (!room) say("The phrase is too long for this field.");
  return room;
}

/**
 * Puts words in place of a part, as if typed, so that the browser can undo it and the form is saved; then goes to the first
 * blank in them.
 * @param {Field} field @param {number} from @param {number} to @param {string} line
 */
function put(field, from, to, line) {
  field.setSelectionRange(from, to);
  if (!document.execCommand("insertText", false, line)) {
    field.setRangeText(line, from, to, "end");
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
  if (line.includes("___")) blank(field, from);
  say(line);
}

/** Selects the next blank of a field; false where there is none. @param {Field} field @param {number} from */
function blank(field, from) {
  const next = /_{3,}/.exec(field.value.slice(from));
  if (next) field.setSelectionRange(from + next.index, from + next.index + next[0].length);
  return Boolean(next);
}
