/** A part of a picture that fills a stage, and which place of the whole picture is to be seen there. */

/** @typedef {import("./zoom.js").Zoom} Zoom */
/** @typedef {import("./zoom.js").Point} Point */

export class Pictured {
  /** @param {Zoom} zoom @param {string} seen left, top, width and height in pixels of the whole picture */
  constructor(zoom, seen) {
    const [left, top, width, height] = seen.split(" ").map(Number);
    this.zoom = zoom;
    this.seen = { left, top, width, height };
  }

  /** The stage in CSS pixels and parts of them: what is rounded here is off by twelve times as much there. */
  get stage() {
    return this.zoom.stage.getBoundingClientRect();
  }

  /** CSS pixels for a pixel of the whole picture, while nothing is zoomed. */
  get fit() {
    return Math.min(this.stage.width / this.seen.width, this.stage.height / this.seen.height);
  }

  /** Where the part begins in its stage, while nothing is zoomed. @returns {Point} */
  get start() {
    return {
      x: (this.stage.width - this.seen.width * this.fit) / 2,
      y: (this.stage.height - this.seen.height * this.fit) / 2,
    };
  }

  /** What lies in the middle of the stage, in pixels of the whole picture. @returns {Point} */
  get middle() {
    const { zoom, start, fit, seen } = this;
    const { x, y } = zoom.center;
    return {
      x: seen.left + ((x - zoom.x) / zoom.scale - start.x) / fit,
      y: seen.top + ((y - zoom.y) / zoom.scale - start.y) / fit,
    };
  }

  /** The same place as large as in another picture; all of each where all of the other is shown. @param {Pictured} other */
  follow(other) {
    const { zoom, start, fit, seen } = this;
    if (other.zoom.scale === 1) return zoom.reset();
    const { middle } = other;
    const scale = Math.min(zoom.largest, Math.max(1, (other.zoom.scale * other.fit) / fit));
    const { x, y } = zoom.center;
    return zoom.to(
      scale,
      x - scale * (start.x + (middle.x - seen.left) * fit),
      y - scale * (start.y + (middle.y - seen.top) * fit),
    );
  }
}
