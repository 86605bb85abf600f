/** Whom to ask: found while somebody types; a tap on a colleague leads on to the question. */

import { copyOf, part, parts } from "./js/page.js";

const WAIT = 150; // ms after the last key

/** @typedef {{value: string, name: string, departments: string}} Found */

class Colleague {
  /** @param {HTMLElement} form */
  constructor(form) {
    this.form = form;
    this.url = form.dataset.findUrl ?? "";
    this.people = part(form, "[data-colleague-people]");
    this.nobody = part(form, "[data-colleague-nobody]");
    this.field = /** @type {HTMLInputElement} */ (part(form, "[data-colleague-find]"));
    this.before = [...this.people.children];
    this.timer = 0;
    this.asked = 0;
  }

  start() {
    part(this.form, "[data-colleague-search]").hidden = true;
    this.field.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.find(), WAIT);
    });
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
    this.form.addEventListener("click", (event) => this.clicked(event));
  }

  /** By a finger or a mouse alone: the arrow keys go through colleagues without leaving them. */
  clicked(/** @type {MouseEvent} */ event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (!target.matches("[name=whom]") || !isPointed(event)) return;
    const text = /** @type {HTMLTextAreaElement} */ (part(this.form, "[data-colleague-text]"));
    if (text.value === "") text.focus();
  }

  async find() {
    const text = this.field.value.trim();
    const number = (this.asked += 1);
    if (text === "") return this.show(this.before, false);
    const found = await search(`${this.url}?${new URLSearchParams({ find: text })}`);
    if (number !== this.asked || found === null) return;
    this.show(found.map((item) => this.card(item)), found.length === 0);
  }

  /** Whoever is chosen stays. @param {Element[]} cards @param {boolean} isNobody */
  show(cards, isNobody) {
    const chosen = this.people.querySelector("label:has(:checked)");
    const value = chosen?.querySelector("input")?.value;
    const others = cards.filter((card) => card.querySelector("input")?.value !== value);
    this.people.replaceChildren(...(chosen ? [chosen] : []), ...others);
    this.nobody.hidden = !isNobody;
  }

  /** @param {Found} item */
  card(item) {
    const card = copyOf(this.form, "[data-colleague-person]");
    const input = /** @type {HTMLInputElement} */ (part(card, "input"));
    input.value = item.value;
    part(card, "bdi").textContent = item.name;
    part(card, ".soft").textContent = item.departments;
    return card;
  }
}

/** A click that a key makes has no place on the screen. @param {MouseEvent} event */
const isPointed = (event) => event.detail > 0 || event.clientX > 0;

/** @param {string} url @returns {Promise<Found[] | null>} */
async function search(url) {
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    return answer.ok ? (await answer.json()).colleagues : null;
  } catch {
    return null; // the button of the form still finds
  }
}

for (const form of parts(document, "[data-colleague]")) new Colleague(form).start();
