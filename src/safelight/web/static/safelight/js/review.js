/** The picture just taken, or one from the reel: keep it, take it again, or throw it away. */

import { part } from "./page.js";
import { say } from "./words.js";

/** @typedef {"keep" | "retake" | "discard" | "close" | "again"} Verdict */

export class Review {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.dialog = /** @type {HTMLDialogElement} */ (part(root, "[data-capture-review]"));
    this.image = /** @type {HTMLImageElement} */ (part(root, "[data-capture-review-image]"));
    this.sentence = part(root, "[data-capture-review-sentence]");
    this.keep = part(root, "[data-capture-keep]");
    this.retake = part(root, "[data-capture-retake]");
    this.discard = part(root, "[data-capture-discard]");
    this.keepWord = part(this.keep, "span");
    this.keepText = this.keepWord.textContent;
  }

  get isOpen() {
    return this.dialog.open;
  }

  /** A new picture. Leaving without an answer keeps nothing. @param {Blob} blob */
  judge(blob) {
    this.retake.hidden = this.discard.hidden = false;
    this.keepWord.textContent = this.keepText;
    return this.show(blob, "", "keep", "retake");
  }

  /** One that is in the reel already. @param {import("./upload-queue.js").Picture} picture */
  look(picture) {
    const isRefused = picture.state === "failed";
    this.retake.hidden = true;
    this.discard.hidden = !isRefused && picture.state !== "hand";
    this.keepWord.textContent = say(isRefused ? "send-again" : "close");
    const blob = /** @type {Blob} */ (picture.blob);
    return this.show(blob, picture.sentence, isRefused ? "again" : "close", "close");
  }

  /**
   * @param {Blob} blob
   * @param {string} sentence
   * @param {Verdict} yes what the first button means
   * @param {Verdict} leaving what it means to leave with Escape or the phone's back
   * @returns {Promise<Verdict>}
   */
  show(blob, sentence, yes, leaving) {
    const url = URL.createObjectURL(blob);
    this.image.src = url;
    this.sentence.textContent = sentence;
    this.sentence.hidden = !sentence;
    this.dialog.returnValue = "";
    this.dialog.showModal();
    this.keep.focus();
    this.keep.onclick = () => this.dialog.close(yes);
    this.retake.onclick = () => this.dialog.close("retake");
    this.discard.onclick = () => this.dialog.close("discard");
    return new Promise((resolve) => {
      this.dialog.onclose = () => {
        this.image.removeAttribute("src");
        URL.revokeObjectURL(url);
        resolve(/** @type {Verdict} */ (this.dialog.returnValue || leaving));
      };
    });
  }
}
