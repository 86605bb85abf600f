/** A field to sign in, with finger, pen or mouse. What is sent are the strokes, not an image. */

import { part, parts } from "./page.js";

/** @typedef {[number, number]} Place 0 to 1 from the left, and 0 to 1 from the top of the field */

const DIGITS = 4;
const MOST_POINTS = 5500; // the server keeps no more than 6000
const INK = "#171717";
const LINE = 0.006; // of the field's width

export class Signature {
  /** @param {HTMLElement} form */
  constructor(form) {
    this.form = form;
    this.field = /** @type {HTMLCanvasElement} */ (part(form, "[data-signature-field]"));
    this.sent = /** @type {HTMLInputElement} */ (part(form, "[data-signature-strokes]"));
    this.undoing = /** @type {HTMLButtonElement} */ (part(form, "[data-signature-undo]"));
    this.clearing = /** @type {HTMLButtonElement} */ (part(form, "[data-signature-clear]"));
    /** @type {Place[][]} */
    this.strokes = [];
    /** @type {number | null} */
    this.pointer = null;
  }

  start() {
    part(this.form, "[data-signature-draw]").hidden = false;
    for (const item of parts(this.form, "[data-signature-or]")) item.hidden = false;
    for (const item of parts(this.form, "[data-signature-only]")) item.hidden = true;
    this.field.addEventListener("pointerdown", (event) => this.down(event));
    this.field.addEventListener("pointermove", (event) => this.move(event));
    this.field.addEventListener("pointerup", (event) => this.up(event));
    this.field.addEventListener("pointercancel", (event) => this.up(event));
    this.undoing.addEventListener("click", () => this.change(this.strokes.slice(0, -1)));
    this.clearing.addEventListener("click", () => this.change([]));
    this.change([]);
  }

  /** @param {PointerEvent} event @returns {Place} */
  place(event) {
    const box = this.field.getBoundingClientRect();
    const x = Math.min(1, Math.max(0, (event.clientX - box.x) / box.width));
    const y = Math.min(1, Math.max(0, (event.clientY - box.y) / box.height));
    return [Number(x.toFixed(DIGITS)), Number(y.toFixed(DIGITS))];
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (this.pointer !== null || event.button !== 0) return;
    event.preventDefault();
    this.pointer = event.pointerId;
    this.field.setPointerCapture(event.pointerId);
    this.change([...this.strokes, [this.place(event)]]);
  }

  /** @param {PointerEvent} event */
  move(event) {
    const stroke = this.strokes.at(-1);
    const isFull = this.strokes.reduce((sum, item) => sum + item.length, 0) >= MOST_POINTS;
    if (event.pointerId !== this.pointer || !stroke || isFull) return;
    stroke.push(this.place(event));
    this.draw();
  }

  /** @param {PointerEvent} event */
  up(event) {
    if (event.pointerId !== this.pointer) return;
    this.pointer = null;
    this.change(this.strokes);
  }

  /** @param {Place[][]} strokes */
  change(strokes) {
    this.strokes = strokes;
    this.sent.value = strokes.length > 0 ? JSON.stringify(strokes) : "";
    this.undoing.disabled = strokes.length === 0;
    this.clearing.disabled = strokes.length === 0;
    this.draw();
  }

  draw() {
    const { width, height } = this.field;
    const ink = this.field.getContext("2d");
    if (!ink) return;
    ink.clearRect(0, 0, width, height);
    ink.strokeStyle = INK;
    ink.lineWidth = LINE * width;
    ink.lineCap = "round";
    ink.lineJoin = "round";
    for (const stroke of this.strokes) {
      ink.beginPath();
      for (const [x, y] of [stroke[0], ...stroke]) ink.lineTo(x * width, y * height);
      ink.stroke();
    }
  }
}
