/** The link that leads on. It waits until every picture is safe, then goes by itself. */

import { part } from "./page.js";
import { say, sayCount } from "./words.js";

export class NextStep {
  /**
   * @param {HTMLElement} link
   * @param {import("./upload-queue.js").UploadQueue} queue
   * @param {(sentence: string) => void} tell
   */
  constructor(link, queue, tell) {
    this.link = /** @type {HTMLAnchorElement} */ (link);
    this.word = part(link, "span");
    this.ownText = this.word.textContent ?? "";
    this.queue = queue;
    this.tell = tell;
    this.isLeaving = false;
  }

  start() {
    this.link.addEventListener("click", (event) => this.pressed(event));
    this.queue.addEventListener("change", () => this.show());
  }

  /** @param {MouseEvent} event */
  pressed(event) {
    if (!this.queue.unsafe.length) return;
    event.preventDefault();
    this.isLeaving = true;
    this.show();
  }

  show() {
    const waiting = this.queue.unsafe.length;
    const failed = this.queue.pictures.filter((item) => item.state === "failed").length;
    const isLabelled = !waiting && this.toLabel > 0;
    this.link.classList.toggle("button--primary", isLabelled);
    this.link.classList.toggle("button--quiet", !isLabelled);
    this.word.textContent = isLabelled ? sayCount("label-them", this.toLabel) : this.ownText;
    if (!this.isLeaving) return;
    if (failed) this.stay();
    else if (waiting) this.tell(sayCount("going-on", waiting));
    else location.assign(this.link.href);
  }

  /** A refused picture wants a decision first. */
  stay() {
    this.isLeaving = false;
    this.tell(say("refused-first"));
  }

  get toLabel() {
    return this.queue.pictures.filter((item) => item.state === "verified").length;
  }
}
