/** Before and after of a prepared picture, zoomed and moved together: both show the same place. */

import { Pictured } from "./js/pictured.js";
import { isForSomethingElse, part, parts } from "./js/page.js";
import { LARGEST, Zoom } from "./js/zoom.js";

class Result {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.pictures = parts(root, "[data-result-stage]").map((stage) => {
      const zoom = new Zoom(stage, () => this.moved(picture));
      const picture = new Pictured(zoom, stage.dataset.resultStage ?? "");
      return picture;
    });
    const narrowest = Math.min(...this.pictures.map(({ seen }) => seen.width));
    // Where little is left after cropping, the whole picture has to come as close as that little.
    for (const { zoom, seen } of this.pictures) zoom.largest = (LARGEST * seen.width) / narrowest;
    this.isFollowing = false;
  }

  start() {
    for (const { zoom } of this.pictures) zoom.start();
    part(document, "[data-result-in]").addEventListener("click", () => this.key("+"));
    part(document, "[data-result-out]").addEventListener("click", () => this.key("-"));
    document.addEventListener("keydown", (event) => this.pressed(event));
  }

  /** @param {Pictured} picture */
  moved(picture) {
    part(picture.zoom.stage, "[data-result-layer]").style.transform = picture.zoom.transform;
    if (this.isFollowing) return;
    this.isFollowing = true;
    for (const other of this.pictures) if (other !== picture) other.follow(picture);
    this.isFollowing = false;
  }

  /** The result leads: where it shows all that is left, so does the picture as taken. @param {string} key */
  key(key) {
    return this.pictures[this.pictures.length - 1].zoom.key(key);
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || isForSomethingElse(event)) return;
    if (this.key(event.key)) event.preventDefault();
  }
}

const root = document.querySelector("[data-result]");
if (root instanceof HTMLElement) new Result(root).start();
