/** A picture that can be made larger in its room. Moving it is the browser's own scrolling. */

import { part } from "./page.js";

const LARGEST = 4;

export class Stage {
  /** @param {HTMLElement} stage */
  constructor(stage) {
    this.stage = stage;
    this.size = 1;
  }

  start() {
    if (!this.stage.querySelector("[data-stage-image]")) return;
    this.room = part(this.stage, "[data-stage-room]");
    this.larger = /** @type {HTMLButtonElement} */ (part(this.stage, "[data-stage-in]"));
    this.smaller = /** @type {HTMLButtonElement} */ (part(this.stage, "[data-stage-out]"));
    this.larger.addEventListener("click", () => this.to(this.size + 1));
    this.smaller.addEventListener("click", () => this.to(this.size - 1));
    part(this.stage, "[data-stage-tools]").hidden = false;
    this.to(1);
  }

  /** What was in the middle stays in the middle. @param {number} size */
  to(size) {
    const { room, larger, smaller } = this;
    if (!room || !larger || !smaller) return;
    const x = (room.scrollLeft + room.clientWidth / 2) / room.scrollWidth;
    const y = (room.scrollTop + room.clientHeight / 2) / room.scrollHeight;
    this.size = Math.min(LARGEST, Math.max(1, size));
    room.dataset.zoom = String(this.size);
    room.tabIndex = this.size > 1 ? 0 : -1;
    room.scrollLeft = x * room.scrollWidth - room.clientWidth / 2;
    room.scrollTop = y * room.scrollHeight - room.clientHeight / 2;
    larger.disabled = this.size === LARGEST;
    smaller.disabled = this.size === 1;
  }
}
