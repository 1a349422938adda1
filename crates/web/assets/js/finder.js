// @ts-check
// Search as you type: fetches the form's address with X-Fragment: found and shows the links of #found that come back.
// In the empty box a click or the down arrow shows whose charts were opened last. Arrow keys choose, Enter opens, Escape closes. Each link bears role="option".
import { fresh, say } from "./app.js";

/** @param {ParentNode} root */
export function attach(root) {
  for (const form of fresh(root, "form[data-finder]")) find(/** @type {HTMLFormElement} */ (form));
}

/** @param {HTMLFormElement} form */
function find(form) {
  const input = /** @type {HTMLInputElement} */ (form.querySelector('input[type="search"]'));
  const box = /** @type {HTMLElement} */ (form.querySelector(".found"));
  const options = () => /** @type {HTMLElement[]} */ ([...box.querySelectorAll('[role="option"]')]);
  let chosen = -1;
  let stop = new AbortController();
  /** @type {number | undefined} */
  let timer;

  input.role = "combobox";
  input.setAttribute("aria-controls", box.id);
  input.setAttribute("aria-autocomplete", "list");
  /** @param {boolean} open */
  const toggle = (open) => {
    box.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) choose(-1);
  };
  /** @param {number} index */
  const choose = (index) => {
    chosen = index;
    options().forEach((option, at) => {
      option.id = `${box.id}-${at}`;
      option.setAttribute("aria-selected", String(at === index));
    });
    const option = options()[index];
    option?.scrollIntoView({ block: "nearest" });
    option ? input.setAttribute("aria-activedescendant", option.id) : input.removeAttribute("aria-activedescendant");
  };
  toggle(false);
  const ask = async () => {
    stop.abort();
    stop = new AbortController();
    const words = input.value.trim();
    const url = new URL(form.action);
    url.searchParams.set(input.name, words);
    try {
      const answer = await fetch(url, { headers: { "X-Fragment": box.id }, signal: stop.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.getElementById(box.id);
      if (!answer.ok || !found) throw new Error("no list");
      box.replaceChildren(...document.importNode(found, true).childNodes);
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      const line = document.createElement("p");
      line.textContent = "The search could not be loaded. Press Enter to open it as a page.";
      box.replaceChildren(line);
    }
    box.role = options().length > 0 ? "listbox" : "status";
    box.setAttribute("aria-label", "Found");
    toggle(box.childElementCount > 0);
    choose(-1);
    say(`${options().length} found`);
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 80);
  });
  input.addEventListener("click", () => {
    if (box.hidden && input.value.trim() === "") void ask();
  });
  input.addEventListener("keydown", (event) => {
    const last = options().length - 1;
    if (event.key === "Escape") toggle(false);
    else if (event.key === "ArrowDown" && box.hidden) void ask();
    else if (event.key === "ArrowDown") choose(chosen >= last ? 0 : chosen + 1);
    else if (event.key === "ArrowUp" && !box.hidden) choose(chosen <= 0 ? last : chosen - 1);
    else if (event.key === "Enter" && chosen >= 0) options()[chosen]?.click();
    else return;
    event.preventDefault();
  });
  form.addEventListener("focusout", (event) => {
    if (!(event.relatedTarget instanceof Node && form.contains(event.relatedTarget))) toggle(false);
  });
}
