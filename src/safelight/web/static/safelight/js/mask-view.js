/** The draft, drawn over the picture. What is covered is drawn opaque, as it will be. */

import { CROP } from "./mask-draft.js";
import { part } from "./page.js";

/** @typedef {import("./mask-region.js").Region} Region */

const SVG = "http://www.w3.org/2000/svg";
const HANDLE = 7; // CSS pixels
const EDGES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];

/** @param {string} name @param {Record<string, string | number>} attributes */
function drawn(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/** @param {Region} region */
const box = ({ left, top, width, height }) => ({ x: left, y: top, width, height });

/** @param {Region} region */
const oval = ({ left, top, width, height }) => ({
  cx: left + width / 2,
  cy: top + height / 2,
  rx: width / 2,
  ry: height / 2,
});

/** Where an edge or a corner can be taken. @param {Region} region @param {string} edges */
export function handleAt({ left, top, width, height }, edges) {
  const x = edges.includes("w") ? 0 : edges.includes("e") ? 1 : 0.5;
  const y = edges.includes("n") ? 0 : edges.includes("s") ? 1 : 0.5;
  return { x: left + x * width, y: top + y * height };
}

export class MaskView {
  /**
   * @param {HTMLElement} stage
   * @param {import("./mask-draft.js").MaskDraft} draft
   * @param {import("./zoom.js").Zoom} zoom
   * @param {(id: string) => string} numberOf a mask's key or a finding's id
   */
  constructor(stage, draft, zoom, numberOf) {
    this.stage = stage;
    this.draft = draft;
    this.zoom = zoom;
    this.numberOf = numberOf;
    this.layer = part(stage, "[data-mask-layer]");
    this.svg = /** @type {SVGSVGElement} */ (stage.querySelector("[data-mask-drawing]"));
    this.marks = /** @type {SVGGElement} */ (stage.querySelector("[data-mask-marks]"));
    const { width, height } = draft.picture;
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  }

  /** How many CSS pixels one pixel of the picture takes, before any zoom. */
  get fit() {
    const { width, height } = this.draft.picture;
    return Math.min(this.stage.clientWidth / width, this.stage.clientHeight / height) || 1;
  }

  /** How many pixels of the picture one CSS pixel is. */
  get pixel() {
    return 1 / (this.fit * this.zoom.scale);
  }

  /** @param {MouseEvent} event @returns {import("./mask-region.js").Point} in the picture */
  point(event) {
    const at = this.zoom.point(event);
    const { width, height } = this.draft.picture;
    const x = (at.x - this.zoom.x) / this.zoom.scale - (this.stage.clientWidth - width * this.fit) / 2;
    const y = (at.y - this.zoom.y) / this.zoom.scale - (this.stage.clientHeight - height * this.fit) / 2;
    return { x: x / this.fit, y: y / this.fit };
  }

  show() {
    this.layer.style.transform = this.zoom.transform;
    this.svg.style.setProperty("--pixel", String(this.pixel));
    this.marks.replaceChildren(
      ...this.keptOnes(),
      ...this.draft.state.masks.flatMap((mask) => this.maskMarks(mask)),
      ...this.cropMarks(),
      ...this.chosenMarks(),
    );
  }

  keptOnes() {
    const { draft } = this;
    return draft.findings
      .filter((item) => draft.decisionOn(item) !== "covered")
      .flatMap(({ id, region }) => [
        drawn("rect", { class: "mask-seen", ...box(region) }),
        this.numeral(region, this.numberOf(id)),
      ]);
  }

  /** @param {import("./mask-draft.js").Mask} mask */
  maskMarks({ key, region, fill, shape, finding, isLocked }) {
    const kind = `mask${isLocked ? " mask--locked" : ""}`;
    const filled = fill === "mosaic" ? { fill: "url(#mosaic)" } : {};
    const place = shape === "ellipse" ? oval(region) : box(region);
    const body = drawn(shape === "ellipse" ? "ellipse" : "rect", { class: kind, ...filled, ...place });
    body.setAttribute("data-mask", key);
    return [body, this.numeral(region, this.numberOf(finding || key))];
  }

  /** @param {Region} region @param {string} text */
  numeral({ left, top, width, height }, text) {
    const middle = { x: left + width / 2, y: top + height / 2 };
    const mark = drawn("text", { class: "mask-number", ...middle });
    mark.textContent = text;
    return mark;
  }

  /** What is cut off lies in the dark. */
  cropMarks() {
    const { crop } = this.draft.state;
    const { width, height } = this.draft.picture;
    if (!crop) return [];
    const hole = `M${crop.left} ${crop.top}v${crop.height}h${crop.width}v${-crop.height}z`;
    const path = `M0 0h${width}v${height}h${-width}z${hole}`;
    return [
      drawn("path", { class: "mask-cut", d: path, "fill-rule": "evenodd" }),
      drawn("rect", { class: "mask-frame", ...box(crop) }),
    ];
  }

  chosenMarks() {
    const { chosen, isChosenLocked, selected } = this.draft;
    if (!chosen) return [];
    const rings = ["mask-ring mask-ring--under", "mask-ring"].map((kind) =>
      drawn("rect", { class: kind, ...box(chosen) }),
    );
    if (isChosenLocked) return rings;
    const handles = EDGES.filter((edges) => edges.length === 2 || selected === CROP || this.isRoomy(chosen));
    return [...rings, ...handles.map((edges) => this.handle(chosen, edges))];
  }

  /** Whether there is room for handles between the corners. @param {Region} region */
  isRoomy({ width, height }) {
    return Math.min(width, height) / this.pixel > 6 * HANDLE;
  }

  /** @param {Region} region @param {string} edges */
  handle(region, edges) {
    const { x, y } = handleAt(region, edges);
    return drawn("circle", { class: "mask-handle", cx: x, cy: y, r: HANDLE * this.pixel });
  }
}
