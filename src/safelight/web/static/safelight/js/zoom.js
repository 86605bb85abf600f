/** Zooming and moving a picture in its stage: fingers, wheel, double tap and keys. */

export const LARGEST = 12;
const STEP = 1.4;
const DOUBLE_TAP = 2.5;
const TAP_WITHIN = 350;
const TAP_NEAR = 30;
const MOVE = 60;

/** @typedef {{x: number, y: number}} Point in CSS pixels from the stage's corner */

/** @param {Point} a @param {Point} b */
const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);

/** @param {Point} a @param {Point} b */
const middle = (a, b) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

export class Zoom {
  /**
   * @param {HTMLElement} stage
   * @param {(zoom: Zoom) => void} onChange
   */
  constructor(stage, onChange) {
    this.stage = stage;
    this.onChange = onChange;
    this.largest = LARGEST;
    this.scale = 1;
    this.x = 0;
    this.y = 0;
    /** @type {Map<number, Point>} */
    this.fingers = new Map();
    this.lastTap = { at: 0, x: 0, y: 0 };
    this.hasMoved = false;
  }

  start() {
    const { stage } = this;
    stage.addEventListener("pointerdown", (event) => this.down(event));
    stage.addEventListener("pointermove", (event) => this.move(event));
    stage.addEventListener("pointerup", (event) => this.up(event));
    stage.addEventListener("pointercancel", (event) => this.fingers.delete(event.pointerId));
    stage.addEventListener("dragstart", (event) => event.preventDefault());
    stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    new ResizeObserver(() => this.to(this.scale, this.x, this.y)).observe(stage);
  }

  /** As CSS, for an element whose transform-origin is its top left corner. */
  get transform() {
    return `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
  }

  /** @param {MouseEvent} event @returns {Point} */
  point(event) {
    const box = this.stage.getBoundingClientRect();
    return { x: event.clientX - box.x, y: event.clientY - box.y };
  }

  get center() {
    return { x: this.stage.clientWidth / 2, y: this.stage.clientHeight / 2 };
  }

  /** The picture never leaves its stage, nor becomes smaller than it. @param {number} scale @param {number} x @param {number} y */
  to(scale, x, y) {
    this.scale = Math.min(this.largest, Math.max(1, scale));
    const { clientWidth, clientHeight } = this.stage;
    this.x = Math.min(0, Math.max(clientWidth * (1 - this.scale), x));
    this.y = Math.min(0, Math.max(clientHeight * (1 - this.scale), y));
    this.onChange(this);
  }

  /** What lies under `at` stays there. @param {number} factor @param {Point} [at] */
  by(factor, at = this.center) {
    const scale = Math.min(this.largest, Math.max(1, this.scale * factor));
    const ratio = scale / this.scale;
    this.to(scale, at.x - (at.x - this.x) * ratio, at.y - (at.y - this.y) * ratio);
  }

  in = () => this.by(STEP);
  out = () => this.by(1 / STEP);
  reset = () => this.to(1, 0, 0);

  /** @param {PointerEvent} event */
  down(event) {
    const isOnTool = /** @type {Element} */ (event.target).closest("button");
    if (event.button !== 0 || isOnTool) return;
    this.stage.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, this.point(event));
    this.hasMoved = this.fingers.size > 1;
  }

  /** @param {PointerEvent} event */
  move(event) {
    const before = this.fingers.get(event.pointerId);
    if (!before) return;
    const now = this.point(event);
    this.fingers.set(event.pointerId, now);
    const other = [...this.fingers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) this.pinch(before, now, other);
    else this.to(this.scale, this.x + now.x - before.x, this.y + now.y - before.y);
    if (distance(before, now) > 2) this.hasMoved = true;
  }

  /** @param {Point} before @param {Point} now @param {Point} other */
  pinch(before, now, other) {
    const [from, to] = [middle(before, other), middle(now, other)];
    this.by(distance(now, other) / Math.max(1, distance(before, other)), from);
    this.to(this.scale, this.x + to.x - from.x, this.y + to.y - from.y);
  }

  /** @param {PointerEvent} event */
  up(event) {
    if (this.fingers.delete(event.pointerId) && !this.hasMoved) this.tap(this.point(event));
  }

  /** @param {Point} at */
  tap(at) {
    const { lastTap } = this;
    const isSecond = performance.now() - lastTap.at < TAP_WITHIN && distance(lastTap, at) < TAP_NEAR;
    this.lastTap = { at: isSecond ? 0 : performance.now(), ...at };
    if (!isSecond) return;
    if (this.scale > 1) this.reset();
    else this.by(DOUBLE_TAP, at);
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    event.preventDefault();
    this.by(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.002)), this.point(event));
  }

  /** @param {string} key @returns {boolean} whether the key meant something */
  key(key) {
    /** @type {Record<string, () => void>} */
    const moves = {
      "+": this.in,
      "=": this.in,
      "-": this.out,
      "0": this.reset,
      ArrowLeft: () => this.to(this.scale, this.x + MOVE, this.y),
      ArrowRight: () => this.to(this.scale, this.x - MOVE, this.y),
      ArrowUp: () => this.to(this.scale, this.x, this.y + MOVE),
      ArrowDown: () => this.to(this.scale, this.x, this.y - MOVE),
    };
    if (!(key in moves) || (key.startsWith("Arrow") && this.scale === 1)) return false;
    moves[key]();
    return true;
  }
}
