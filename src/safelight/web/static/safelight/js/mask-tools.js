/** The buttons under the picture: draw, add, crop, the way back, and what the chosen region is. */

import { CROP } from "./mask-draft.js";
import { part, parts } from "./page.js";

const NEW = 0.2; // of the picture, each way
const FRAME = 0.9;

export class MaskTools {
  /**
   * @param {HTMLElement} root
   * @param {import("./mask-draft.js").MaskDraft} draft
   * @param {import("./zoom.js").Zoom} zoom
   */
  constructor(root, draft, zoom) {
    this.root = root;
    this.draft = draft;
    this.zoom = zoom;
    this.isDrawing = false;
  }

  start() {
    const { draft, zoom } = this;
    /** @type {[string, () => void][]} */
    const acts = [
      ["draw", () => this.draw(!this.isDrawing)],
      ["add", () => this.add()],
      ["crop", () => this.leaving(() => this.crop())],
      ["undo", () => draft.undo()],
      ["redo", () => draft.redo()],
      ["remove", () => this.leaving(() => draft.remove())],
      ["done", () => this.leaving(() => draft.select(""))],
      ["in", zoom.in],
      ["out", zoom.out],
    ];
    for (const [name, act] of acts) this.tool(name).addEventListener("click", act);
    this.listen("fill", (value) => draft.alter({ fill: value }));
    this.listen("shape", (value) => draft.reshape(value));
    this.listen("fill-all", (value) => draft.fillAll(value));
  }

  /** The button goes away with what it does, so the picture takes the keyboard. @param {() => void} act */
  leaving(act) {
    act();
    this.focus();
  }

  focus() {
    part(this.root, "[data-mask-stage]").focus({ preventScroll: true });
  }

  /** @param {string} name @returns {HTMLButtonElement} */
  tool(name) {
    return /** @type {HTMLButtonElement} */ (part(this.root, `[data-mask-tool="${name}"]`));
  }

  /** @param {string} name @returns {HTMLInputElement[]} */
  choices(name) {
    return /** @type {HTMLInputElement[]} */ (parts(this.root, `[data-mask-${name}]`));
  }

  /** @param {string} name @param {(value: string) => void} act */
  listen(name, act) {
    for (const input of this.choices(name)) input.addEventListener("change", () => act(input.value));
  }

  /** @param {boolean} isOn */
  draw(isOn) {
    this.isDrawing = isOn;
    if (isOn) this.draft.select("");
    else this.show();
  }

  /** A region in the middle of what is to be seen, to be moved by hand or by the arrow keys. */
  add() {
    const { width, height } = this.draft.picture;
    const side = Math.round((Math.min(width, height) * NEW) / this.zoom.scale);
    const { x, y } = this.middle;
    const left = Math.round(Math.max(0, Math.min(width - side, x - side / 2)));
    const top = Math.round(Math.max(0, Math.min(height - side, y - side / 2)));
    this.draft.add({ left, top, width: side, height: side });
    this.focus();
  }

  /** Of what the zoom shows, in the picture. */
  get middle() {
    const { width, height } = this.draft.picture;
    const { stage, x, y, scale } = this.zoom;
    const fit = Math.min(stage.clientWidth / width, stage.clientHeight / height) || 1;
    const across = (stage.clientWidth / 2 - x) / scale - (stage.clientWidth - width * fit) / 2;
    const down = (stage.clientHeight / 2 - y) / scale - (stage.clientHeight - height * fit) / 2;
    return { x: across / fit, y: down / fit };
  }

  /** Begin a frame, or take the one that is there, or let go of it. */
  crop() {
    const { draft } = this;
    if (draft.selected === CROP) return draft.select("");
    if (draft.state.crop) return draft.select(CROP);
    const { width, height } = draft.picture;
    const gap = { x: Math.round((width * (1 - FRAME)) / 2), y: Math.round((height * (1 - FRAME)) / 2) };
    return draft.crop({ left: gap.x, top: gap.y, width: width - 2 * gap.x, height: height - 2 * gap.y });
  }

  show() {
    const { draft } = this;
    const mask = draft.find(draft.selected);
    this.tool("draw").setAttribute("aria-pressed", String(this.isDrawing));
    this.tool("crop").setAttribute("aria-pressed", String(Boolean(draft.state.crop)));
    this.tool("undo").disabled = !draft.past.length;
    this.tool("redo").disabled = !draft.future.length;
    this.tool("remove").disabled = draft.isChosenLocked;
    part(this.root, "[data-mask-idle]").hidden = Boolean(draft.chosen);
    part(this.root, "[data-mask-chosen]").hidden = !draft.chosen;
    part(this.root, "[data-mask-locked]").hidden = !draft.isChosenLocked;
    for (const item of parts(this.root, "[data-mask-kinds]")) item.hidden = !mask || mask.isLocked;
    this.check("fill", mask?.fill);
    this.check("shape", mask?.shape);
    this.check("fill-all", draft.fill);
    part(this.root, "[data-mask-stage]").toggleAttribute("data-drawing", this.isDrawing);
  }

  /** @param {string} name @param {string | undefined} value */
  check(name, value) {
    for (const input of this.choices(name)) input.checked = input.value === value;
  }
}
