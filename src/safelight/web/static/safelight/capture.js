/** Taking pictures: press, look, keep. What is kept is sent at once and shown in the reel. */

import { ConsentToTake } from "./js/consent-to-take.js";
import { Ghost } from "./js/ghost.js";
import { NextStep } from "./js/next-step.js";
import { chosenFacts, isForSomethingElse, openPopoversByHand, part, warnBeforeLeaving } from "./js/page.js";
import { Reel } from "./js/reel.js";
import { Review } from "./js/review.js";
import { Picture, UploadQueue } from "./js/upload-queue.js";
import { Viewfinder } from "./js/viewfinder.js";

const PRESSES = "button, a, summary";

class CapturePage {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    /** @type {Set<Picture>} */
    this.heldUp = new Set();
    this.queue = new UploadQueue({
      uploadUrl: root.dataset.uploadUrl ?? "",
      statusUrl: root.dataset.statusUrl ?? "",
      maxBytes: Number(root.dataset.maxBytes),
    });
    this.viewfinder = new Viewfinder(root);
    this.consent = new ConsentToTake(root, "data-capture-", (sentence) =>
      this.viewfinder.tell(sentence),
    );
    this.ghost = new Ghost(root);
    this.review = new Review(root);
    this.reel = new Reel(root, this.queue, (picture) => this.reopen(picture));
    this.shutter = /** @type {HTMLButtonElement} */ (part(root, "[data-capture-shutter]"));
    this.nextStep = new NextStep(part(root, "[data-capture-done]"), this.queue, (sentence) =>
      this.viewfinder.tell(sentence),
    );
  }

  start() {
    openPopoversByHand();
    this.consent.start();
    this.ghost.start();
    this.reel.start();
    this.nextStep.start();
    this.queue.addEventListener("change", (event) =>
      this.follow(/** @type {CustomEvent} */ (event).detail),
    );
    this.shutter.addEventListener("click", () => this.take());
    document.addEventListener("keydown", (event) => this.pressed(event));
    warnBeforeLeaving(() => this.review.isOpen || this.queue.unsafe.length > 0);
    this.viewfinder.addEventListener("ready", (event) => {
      this.shutter.disabled = !(/** @type {CustomEvent} */ (event).detail);
    });
    return this.viewfinder.start();
  }

  /** Say what holds a picture up, until it goes on. @param {Picture} picture */
  follow(picture) {
    const isHeldUp = picture.state === "waiting" || picture.state === "failed";
    if (isHeldUp) this.viewfinder.tell(picture.sentence);
    else if (this.heldUp.has(picture)) this.viewfinder.tell("");
    if (isHeldUp) this.heldUp.add(picture);
    else this.heldUp.delete(picture);
  }

  /** Space and Enter are the shutter wherever they mean nothing else. @param {KeyboardEvent} event */
  pressed(event) {
    const isShutter = event.key === " " || event.key === "Enter";
    const target = /** @type {Element} */ (event.target);
    if (!isShutter || event.repeat || isForSomethingElse(event) || target.closest(PRESSES)) return;
    event.preventDefault();
    this.shutter.click();
  }

  async take() {
    if (this.shutter.disabled || !this.consent.isNoted()) return;
    this.shutter.disabled = true;
    this.viewfinder.tell("");
    /** @type {import("./js/transfer.js").Details} */
    const details = {
      taken_at: new Date().toISOString(),
      ...chosenFacts(this.root, "data-capture-"),
      ...this.consent.facts,
      source: "camera",
    };
    const blob = await this.viewfinder.take();
    this.shutter.disabled = !this.viewfinder.camera.isOpen;
    if (blob && (await this.review.judge(blob)) === "keep") this.queue.add(new Picture(blob, details));
    this.shutter.focus();
  }

  /** @param {Picture} picture */
  async reopen(picture) {
    if (!picture.blob) return;
    const verdict = await this.review.look(picture);
    if (verdict === "discard") this.queue.discard(picture);
    if (verdict === "again") this.queue.retry(picture);
  }
}

const root = document.querySelector("[data-capture]");
if (root instanceof HTMLElement) new CapturePage(root).start();
