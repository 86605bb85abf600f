/** Two pictures of one site on each other, with a divider, zoomed and moved together. */

import { part } from "./js/page.js";
import { Zoom } from "./js/zoom.js";

const NEAR_LINE = 28;

class Comparison {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.stage = part(root, "[data-compare-stage]");
    this.pictures = [part(root, "[data-compare-under]"), part(root, "[data-compare-over]")];
    this.slider = /** @type {HTMLInputElement} */ (part(root, "[data-compare-split]"));
    this.zoom = new Zoom(this.stage, () => this.show());
    this.isSliding = false;
  }

  start() {
    this.slider.addEventListener("input", () => this.show());
    this.slider.addEventListener("dblclick", () => this.slide(this.stage.clientWidth / 2));
    // Before the zoom's own listeners, which must not move the picture while the line is moved.
    const options = { capture: true };
    this.stage.addEventListener("pointerdown", (event) => this.down(event), options);
    this.stage.addEventListener("pointermove", (event) => this.move(event), options);
    this.stage.addEventListener("pointerup", () => (this.isSliding = false), options);
    this.stage.addEventListener("pointercancel", () => (this.isSliding = false), options);
    this.root.addEventListener("keydown", (event) => this.pressed(event));
    this.zoom.start();
    this.show();
  }

  /** Where the divider is, in CSS pixels from the left. */
  get split() {
    return (Number(this.slider.value) / 100) * this.stage.clientWidth;
  }

  /** @param {PointerEvent} event */
  down(event) {
    const isNear = Math.abs(this.zoom.point(event).x - this.split) < NEAR_LINE;
    this.isSliding = event.isPrimary && (isNear || this.zoom.scale === 1);
    this.move(event);
  }

  /** @param {PointerEvent} event */
  move(event) {
    if (this.zoom.fingers.size > 1) this.isSliding = false;
    if (this.isSliding && event.buttons) this.slide(this.zoom.point(event).x);
    if (this.isSliding && this.zoom.scale > 1) event.stopPropagation();
  }

  /** @param {number} x */
  slide(x) {
    this.slider.value = String((100 * x) / this.stage.clientWidth);
    this.show();
  }

  show() {
    this.root.style.setProperty("--split", `${this.slider.value}%`);
    // A picture is cut before it is zoomed, so its own cut lies elsewhere than the line.
    const own = (this.split - this.zoom.x) / (this.zoom.scale * this.stage.clientWidth);
    for (const picture of this.pictures) {
      picture.style.transformOrigin = "0 0";
      picture.style.transform = this.zoom.transform;
      picture.style.setProperty("--split", `${Math.min(100, Math.max(0, 100 * own))}%`);
    }
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const isOnSlider = event.target === this.slider && event.key.startsWith("Arrow");
    if (event.ctrlKey || event.metaKey || event.altKey || isOnSlider) return;
    if (this.zoom.key(event.key)) event.preventDefault();
  }
}

const root = document.querySelector("[data-compare]");
if (root instanceof HTMLElement) new Comparison(root).start();
