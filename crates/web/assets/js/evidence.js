// @ts-check
// From a drafted sentence to the words it came from. An element with data-segments="3 4" lights #turn-3 and #turn-4,
// scrolls to the first and plays audio[data-evidence-audio] from its data-start (seconds) to the data-end of the last.
// A turn of the transcript lights the sentences that rest on it. Without script the link goes to the turn.
import { fresh, say } from "./app.js";

/** @type {number} */
let until = Infinity;

/** @param {ParentNode} root */
export function attach(root) {
  for (const item of fresh(root, "[data-segments]")) {
    item.querySelector('a[href^="#turn-"]')?.addEventListener("click", (event) => (event.preventDefault(), open(item)));
  }
  for (const turn of fresh(root, "[id^='turn-']")) {
    turn.addEventListener("click", () => light([turn, ...resting(turn.id.slice(5))]));
  }
  for (const audio of fresh(root, "audio[data-evidence-audio]")) {
    audio.addEventListener("timeupdate", () => {
      if (audio instanceof HTMLAudioElement && audio.currentTime >= until) (audio.pause(), (until = Infinity));
    });
  }
}

/** @param {string} number */
const resting = (number) => [...document.querySelectorAll(`[data-segments~="${CSS.escape(number)}"]`)];

/** @param {Element[]} elements */
function light(elements) {
  document.querySelectorAll(".is-lit").forEach((element) => element.classList.remove("is-lit"));
  elements.forEach((element) => element.classList.add("is-lit"));
}

/** @param {HTMLElement} item */
function open(item) {
  const numbers = (item.dataset.segments ?? "").split(" ").filter(Boolean);
  const turns = numbers.map((number) => document.getElementById(`turn-${number}`)).filter((turn) => turn !== null);
  light([item, ...turns]);
  const [first] = turns;
  first?.scrollIntoView({ block: "center" });
  say(turns.map((turn) => turn.textContent?.trim()).join(" "));
  const audio = document.querySelector("audio[data-evidence-audio]");
  if (!(audio instanceof HTMLAudioElement) || !first?.dataset.start) return;
  until = Number(turns.at(-1)?.dataset.end ?? Infinity);
  audio.currentTime = Number(first.dataset.start);
  audio.play().catch(() => say("The recording cannot be played"));
}
