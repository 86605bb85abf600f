/** One picture in full: zoom and move it. Its original is fetched when somebody looks closely. */

import { isForSomethingElse, part, parts } from "./js/page.js";
import { Zoom } from "./js/zoom.js";

const CLOSELY = 1.5;

class Viewer {
  /** @param {HTMLElement} stage */
  constructor(stage) {
    this.stage = stage;
    this.image = /** @type {HTMLImageElement} */ (part(stage, "[data-viewer-image]"));
    this.zoom = new Zoom(stage, () => this.show());
    this.originalUrl = stage.dataset.originalUrl ?? "";
  }

  start() {
    this.zoom.start();
    document.addEventListener("keydown", (event) => this.pressed(event));
    /** @type {[string, () => void][]} */
    const tools = [
      ["[data-viewer-in]", this.zoom.in],
      ["[data-viewer-out]", this.zoom.out],
      ["[data-viewer-reset]", this.zoom.reset],
    ];
    for (const [selector, act] of tools) {
      for (const button of parts(document, selector)) button.addEventListener("click", act);
    }
  }

  show() {
    this.image.style.transform = this.zoom.transform;
    this.stage.dataset.zoomed = String(this.zoom.scale > 1);
    if (this.zoom.scale > CLOSELY) this.fetchOriginal();
  }

  /** Each original opened is an entry in the record, so it is asked for once and only when needed. */
  async fetchOriginal() {
    if (!this.originalUrl) return;
    const original = new Image();
    original.src = this.originalUrl;
    this.originalUrl = "";
    this.stage.setAttribute("aria-busy", "true");
    try {
      await original.decode();
      this.image.src = original.src;
    } catch {
      // What is shown already stays; the picture is only less sharp.
    } finally {
      this.stage.removeAttribute("aria-busy");
    }
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || isForSomethingElse(event)) return;
    if (this.zoom.key(event.key)) event.preventDefault();
    else if (event.key === "ArrowLeft") this.step("[data-viewer-previous]");
    else if (event.key === "ArrowRight") this.step("[data-viewer-next]");
  }

  /** @param {string} selector of the link to the picture before or after */
  step(selector) {
    parts(document, selector)[0]?.click();
  }
}

for (const stage of parts(document, "[data-viewer]")) new Viewer(stage).start();
