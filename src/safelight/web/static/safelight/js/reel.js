/** The pictures taken on this page, each with how far it has come. */

import { copyOf, part } from "./page.js";

const THUMBNAIL_EDGE = 160;

/**
 * A small likeness for the reel, so that no large picture is kept decoded.
 * @param {HTMLCanvasElement} canvas
 * @param {Blob} blob
 */
async function drawThumbnail(canvas, blob) {
  const bitmap = await createImageBitmap(blob);
  const edge = Math.min(bitmap.width, bitmap.height);
  const [left, top] = [(bitmap.width - edge) / 2, (bitmap.height - edge) / 2];
  canvas.width = canvas.height = THUMBNAIL_EDGE;
  const context = canvas.getContext("2d");
  context?.drawImage(bitmap, left, top, edge, edge, 0, 0, THUMBNAIL_EDGE, THUMBNAIL_EDGE);
  bitmap.close();
}

export class Reel {
  /**
   * @param {HTMLElement} root
   * @param {import("./upload-queue.js").UploadQueue} queue
   * @param {(picture: import("./upload-queue.js").Picture) => void} onOpen
   */
  constructor(root, queue, onOpen) {
    this.root = root;
    this.queue = queue;
    this.onOpen = onOpen;
    this.list = part(root, "[data-capture-reel]");
    /** @type {Map<import("./upload-queue.js").Picture, HTMLElement>} */
    this.items = new Map();
  }

  start() {
    this.queue.addEventListener("change", (event) =>
      this.show(/** @type {CustomEvent} */ (event).detail),
    );
  }

  /** @param {import("./upload-queue.js").Picture} picture */
  show(picture) {
    const item = this.items.get(picture) ?? this.append(picture);
    if (picture.state === "discarded") return this.remove(picture, item);
    const open = /** @type {HTMLButtonElement} */ (part(item, "[data-shot-open]"));
    const progress = /** @type {HTMLProgressElement} */ (part(item, "[data-shot-progress]"));
    if (item.dataset.state !== picture.state) item.dataset.state = picture.state;
    progress.value = picture.percent;
    part(item, "[data-shot-percent]").textContent = String(picture.percent);
    item.title = picture.sentence;
    if (!picture.blob) this.letGo(item, open);
    return undefined;
  }

  /** @param {import("./upload-queue.js").Picture} picture */
  append(picture) {
    const item = copyOf(this.root, "[data-capture-item]");
    const canvas = /** @type {HTMLCanvasElement} */ (part(item, "[data-shot-image]"));
    if (picture.blob) drawThumbnail(canvas, picture.blob).catch(() => canvas.remove());
    part(item, "[data-shot-open]").addEventListener("click", () => this.onOpen(picture));
    this.items.set(picture, item);
    this.list.append(item);
    item.scrollIntoView({ inline: "end", block: "nearest" });
    return item;
  }

  /** Nothing of the picture stays in this page. @param {HTMLElement} item @param {HTMLButtonElement} open */
  letGo(item, open) {
    const canvas = item.querySelector("canvas");
    if (canvas) canvas.width = canvas.height = 0;
    canvas?.remove();
    open.disabled = true;
  }

  /** @param {import("./upload-queue.js").Picture} picture @param {HTMLElement} item */
  remove(picture, item) {
    item.remove();
    this.items.delete(picture);
  }
}
