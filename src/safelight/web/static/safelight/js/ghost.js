/** An earlier picture of the same site, laid thinly over the camera's to line up with. */

import { part, parts } from "./page.js";

export class Ghost {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.image = /** @type {HTMLImageElement} */ (part(root, "[data-capture-ghost]"));
    this.controls = part(root, "[data-capture-ghost-controls]");
    this.opacity = /** @type {HTMLInputElement} */ (part(root, "[data-capture-ghost-opacity]"));
    this.choices = parts(root, "[data-capture-ghost-choice]");
  }

  start() {
    this.opacity.addEventListener("input", () => this.fade());
    for (const choice of this.choices) {
      choice.setAttribute("aria-pressed", "false");
      choice.addEventListener("click", () => this.choose(choice));
    }
    this.fade();
  }

  fade() {
    this.image.style.opacity = String(Number(this.opacity.value) / 100);
  }

  /** @param {HTMLElement} choice */
  choose(choice) {
    const url = choice.dataset.captureGhostChoice ?? "";
    if (url) this.image.src = url;
    else this.image.removeAttribute("src");
    this.image.hidden = this.controls.hidden = !url;
    for (const other of this.choices) other.setAttribute("aria-pressed", String(other === choice));
  }
}
