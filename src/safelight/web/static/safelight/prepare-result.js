/** Before and after of a prepared picture, zoomed and moved together. */

import { isForSomethingElse, part, parts } from "./js/page.js";
import { Zoom } from "./js/zoom.js";

class Result {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    /** A cropped picture lies elsewhere in its stage, so each is moved on its own. */
    this.isTogether = !("cropped" in root.dataset);
    this.zooms = parts(root, "[data-result-stage]").map(
      (stage) => new Zoom(stage, (zoom) => this.moved(zoom)),
    );
  }

  start() {
    for (const zoom of this.zooms) zoom.start();
    part(document, "[data-result-in]").addEventListener("click", () => this.key("+"));
    part(document, "[data-result-out]").addEventListener("click", () => this.key("-"));
    document.addEventListener("keydown", (event) => this.pressed(event));
  }

  /** @param {Zoom} zoom */
  moved(zoom) {
    const { scale, x, y } = zoom;
    for (const other of this.zooms) {
      if (other !== zoom && !this.isTogether) continue;
      Object.assign(other, { scale, x, y });
      part(other.stage, "[data-result-layer]").style.transform = zoom.transform;
    }
  }

  /** @param {string} key @returns {boolean} whether it meant something */
  key(key) {
    const zooms = this.isTogether ? this.zooms.slice(0, 1) : this.zooms;
    return zooms.map((zoom) => zoom.key(key)).some(Boolean);
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || isForSomethingElse(event)) return;
    if (this.key(event.key)) event.preventDefault();
  }
}

const root = document.querySelector("[data-result]");
if (root instanceof HTMLElement) new Result(root).start();
