/** Fingers and mice over the picture: draw, take, move and resize. Two fingers are the zoom's. */

import { CROP } from "./mask-draft.js";
import { holds, moved, resized, spanned } from "./mask-region.js";
import { handleAt } from "./mask-view.js";

/** @typedef {import("./mask-region.js").Point} Point */
/** @typedef {import("./mask-region.js").Region} Region */

const REACH = { mouse: 12, touch: 24, pen: 16 }; // CSS pixels around a handle
const DRAWN = 8; // CSS pixels: less is a tap
const CORNERS = ["nw", "ne", "se", "sw"];
const SIDES = ["n", "e", "s", "w"];

export class MaskGestures {
  /**
   * @param {import("./mask-view.js").MaskView} view
   * @param {{isDrawing: () => boolean, onDrawn: () => void}} options
   */
  constructor(view, { isDrawing, onDrawn }) {
    this.view = view;
    this.draft = view.draft;
    this.isDrawing = isDrawing;
    this.onDrawn = onDrawn;
    this.count = 0;
    /** @type {{id: number, key: string, from: Point, at: Point, act: (by: Point, at: Point) => void} | null} */
    this.gesture = null;
  }

  /** Before the zoom's own listeners, which must not move the picture while a region is moved. */
  start() {
    const { stage } = this.view;
    const options = { capture: true };
    stage.addEventListener("pointerdown", (event) => this.down(event), options);
    stage.addEventListener("pointermove", (event) => this.move(event), options);
    stage.addEventListener("pointerup", (event) => this.up(event), options);
    stage.addEventListener("pointercancel", () => this.abandon(), options);
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.button !== 0 || /** @type {Element} */ (event.target).closest("button, label")) return;
    if (this.gesture) return void this.abandon();
    if (this.view.zoom.fingers.size) return;
    const at = this.view.point(event);
    const act = this.meant(at, event);
    if (!act) return;
    this.count += 1;
    this.gesture = { id: event.pointerId, key: `gesture-${this.count}`, from: at, at, act };
  }

  /** What moving this finger will do; nothing leaves it to the zoom.
   * @param {Point} at @param {PointerEvent} event
   */
  meant(at, event) {
    const reach = (REACH[/** @type {"mouse"} */ (event.pointerType)] ?? REACH.mouse) * this.view.pixel;
    const edges = this.handleUnder(at, reach);
    if (edges) return this.resizing(edges);
    if (this.isDrawing()) return this.drawing(at);
    const key = this.maskUnder(at);
    if (key) return this.taking(key);
    const { chosen, selected } = this.draft;
    if (chosen && selected === CROP && holds(chosen, at)) return this.moving(chosen);
    if (selected) this.draft.select("");
    return event.pointerType === "mouse" && this.view.zoom.scale === 1 ? this.drawing(at) : null;
  }

  /** @param {Point} at @param {number} reach @returns {string} */
  handleUnder(at, reach) {
    const { chosen, isChosenLocked } = this.draft;
    if (!chosen || isChosenLocked || this.isInMiddle(chosen, at)) return "";
    const near = (/** @type {string} */ edges) => {
      const handle = handleAt(chosen, edges);
      return Math.hypot(handle.x - at.x, handle.y - at.y) <= reach;
    };
    return CORNERS.find(near) ?? SIDES.find(near) ?? "";
  }

  /** The middle of a small region moves it, however near its corners are.
   * @param {Region} region @param {Point} at
   */
  isInMiddle({ left, top, width, height }, at) {
    const x = Math.abs(at.x - left - width / 2) / width;
    const y = Math.abs(at.y - top - height / 2) / height;
    return x < 0.25 && y < 0.25;
  }

  /** The chosen one first, then the one drawn last. @param {Point} at */
  maskUnder(at) {
    const { masks } = this.draft.state;
    const first = masks.find((item) => item.key === this.draft.selected);
    const all = [...(first ? [first] : []), ...[...masks].reverse()];
    return all.find((item) => holds(item.region, at))?.key ?? "";
  }

  /** @param {string} edges */
  resizing(edges) {
    const region = /** @type {Region} */ (this.draft.chosen);
    return (/** @type {Point} */ by) =>
      this.place(resized(region, edges, by.x, by.y, this.bounds));
  }

  /** @param {string} key */
  taking(key) {
    if (this.draft.selected !== key) this.draft.select(key);
    if (this.draft.isChosenLocked) return () => {};
    const region = /** @type {Region} */ (this.draft.chosen);
    return (/** @type {Point} */ by) => this.place(moved(region, by.x, by.y, this.draft.picture));
  }

  /** A frame is moved from inside it. @param {Region} crop */
  moving(crop) {
    return (/** @type {Point} */ by) => this.place(moved(crop, by.x, by.y, this.bounds));
  }

  /** @param {Point} from */
  drawing(from) {
    let key = "";
    return (/** @type {Point} */ by, /** @type {Point} */ at) => {
      const isTap = Math.hypot(by.x, by.y) < DRAWN * this.view.pixel;
      const region = spanned(from, at, this.draft.picture);
      if (key) this.place(region);
      else if (!isTap) key = this.draft.add(region, this.gesture?.key);
    };
  }

  get bounds() {
    return this.draft.selected === CROP ? this.draft.bounds : this.draft.picture;
  }

  /** @param {Region} region */
  place(region) {
    this.draft.place(region, this.gesture?.key);
  }

  /** @param {PointerEvent} event */
  move(event) {
    const { gesture, view } = this;
    if (!gesture || gesture.id !== event.pointerId) return;
    event.stopPropagation();
    // A second finger that comes later pinches from where this one is by then.
    view.zoom.fingers.set(event.pointerId, view.zoom.point(event));
    view.zoom.hasMoved = true;
    gesture.at = view.point(event);
    gesture.act({ x: gesture.at.x - gesture.from.x, y: gesture.at.y - gesture.from.y }, gesture.at);
  }

  /** @param {PointerEvent} event */
  up(event) {
    if (this.gesture?.id !== event.pointerId) return;
    const hasDrawn = this.draft.mergeKey === this.gesture.key && this.isDrawing();
    this.gesture = null;
    if (hasDrawn) this.onDrawn();
  }

  /** A second finger came: what the first had begun was the beginning of a pinch. */
  abandon() {
    if (this.gesture) this.draft.abandon(this.gesture.key);
    this.gesture = null;
  }
}
