/** The picture under the keyboard: arrows move, with Shift they resize, Delete removes. */

import { CROP } from "./mask-draft.js";
import { moved, resized } from "./mask-region.js";

const STEPS = 100; // steps along the longer side
const FINE = 10;

/** @type {Record<string, [number, number]>} */
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class MaskKeys {
  /**
   * @param {HTMLElement} stage
   * @param {import("./mask-draft.js").MaskDraft} draft
   * @param {import("./zoom.js").Zoom} zoom
   * @param {() => void} onLeft what happens when nothing is chosen any more
   */
  constructor(stage, draft, zoom, onLeft) {
    this.stage = stage;
    this.draft = draft;
    this.zoom = zoom;
    this.onLeft = onLeft;
  }

  start() {
    this.stage.addEventListener("keydown", (event) => this.pressed(event));
    document.addEventListener("keydown", (event) => this.anywhere(event));
  }

  /** The way back works wherever nobody types. @param {KeyboardEvent} event */
  anywhere(event) {
    const target = /** @type {Element} */ (event.target);
    const isTyping = target.closest("dialog, textarea, input:not([type=radio], [type=checkbox])");
    if (isTyping || event.altKey) return;
    if (event.key === "Escape" && this.draft.chosen) this.leave();
    if (!event.ctrlKey && !event.metaKey) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    if (key === "y" || event.shiftKey) this.draft.redo();
    else this.draft.undo();
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    if (event.ctrlKey || event.metaKey || /** @type {Element} */ (event.target).closest("button, label")) return;
    if (this.meant(event)) event.preventDefault();
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key meant something */
  meant(event) {
    const { draft } = this;
    if (event.key === "Enter") return this.next(event.shiftKey ? -1 : 1);
    if (!draft.chosen) return this.zoom.key(event.key);
    if (event.key in WAYS) return this.nudge(WAYS[event.key], event);
    if (event.key === "Delete" || event.key === "Backspace") {
      draft.remove();
      return true;
    }
    return this.zoom.key(event.key);
  }

  leave() {
    this.draft.select("");
    this.onLeft();
  }

  /** @param {number} by */
  next(by) {
    const keys = this.draft.state.masks.map((item) => item.key);
    if (!keys.length) return false;
    const place = keys.indexOf(this.draft.selected);
    const start = place < 0 && by < 0 ? 0 : place;
    this.draft.select(keys[(start + by + keys.length) % keys.length]);
    return true;
  }

  /** @param {[number, number]} way @param {KeyboardEvent} event */
  nudge([x, y], event) {
    const { draft } = this;
    const { width, height } = draft.picture;
    const step = Math.max(1, Math.round(Math.max(width, height) / STEPS / (event.altKey ? FINE : 1)));
    const bounds = draft.selected === CROP ? draft.bounds : draft.picture;
    const region = /** @type {import("./mask-region.js").Region} */ (draft.chosen);
    const placed = event.shiftKey
      ? resized(region, "se", x * step, y * step, bounds)
      : moved(region, x * step, y * step, bounds);
    draft.place(placed, `keys-${draft.selected}`);
    return true;
  }
}
