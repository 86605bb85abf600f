/** The pictures that this page holds, and how far each has come. They live in memory, nowhere else. */

import { post } from "./http.js";
import { Transfer } from "./transfer.js";
import { backoff, pause, untilUnlocked } from "./waiting.js";
import { say } from "./words.js";

const AT_ONCE = 2;
const LOOK_EVERY = 1000;
const ASK_AT_MOST = 100;
const SAFE = new Set(["verified", "duplicate", "unreadable"]);

/** One picture, from the hand to the record. */
export class Picture {
  /**
   * @param {Blob} blob
   * @param {import("./transfer.js").Details} details
   * @param {string} [name] of the file, for the person in front of the screen; it is never sent
   */
  constructor(blob, details, name = "") {
    this.id = crypto.randomUUID();
    /** @type {Blob | null} */
    this.blob = blob;
    this.size = blob.size;
    this.details = details;
    this.name = name;
    /** @type {"hand"|"sending"|"waiting"|"sealed"|"verified"|"duplicate"|"unreadable"|"failed"|"discarded"} */
    this.state = "hand";
    this.sent = 0;
    this.sentence = "";
  }

  get percent() {
    return this.size ? Math.min(100, Math.round((100 * this.sent) / this.size)) : 0;
  }

  /** Whether the record has it: decoded, there already, or kept although it cannot be read. */
  get isSafe() {
    return SAFE.has(this.state);
  }

  /** Whether nothing more will happen by itself. */
  get isSettled() {
    return this.isSafe || this.state === "failed" || this.state === "discarded";
  }
}

/** Dispatches `change` with the picture as detail. */
export class UploadQueue extends EventTarget {
  /** @param {{uploadUrl: string, statusUrl: string, maxBytes: number}} options */
  constructor({ uploadUrl, statusUrl, maxBytes }) {
    super();
    this.uploadUrl = uploadUrl;
    this.statusUrl = statusUrl;
    this.maxBytes = maxBytes;
    /** @type {Picture[]} */
    this.pictures = [];
    this.running = 0;
    this.isLooking = false;
  }

  /** @param {Picture} picture */
  add(picture) {
    this.pictures.push(picture);
    const reason = this.reasonAgainst(picture.size);
    this.change(picture, reason ? { state: "failed", sentence: reason } : {});
    this.fill();
  }

  /** @param {number} size in bytes */
  reasonAgainst(size) {
    if (size === 0) return say("empty-file");
    const limit = Math.floor(this.maxBytes / 1_000_000);
    return this.maxBytes && size > this.maxBytes ? say("too-large", { limit }) : "";
  }

  /** Only what the server has not begun to receive, or has refused, can be dropped. @param {Picture} picture */
  discard(picture) {
    if (picture.state !== "hand" && picture.state !== "failed") return;
    this.change(picture, { state: "discarded" });
    this.fill();
  }

  /** Send a refused picture once more, as a new one. @param {Picture} picture */
  retry(picture) {
    if (picture.state !== "failed" || !picture.blob) return;
    picture.id = crypto.randomUUID();
    this.change(picture, { state: "hand", sentence: "", sent: 0 });
    this.fill();
  }

  /** Pictures that only this page has, or that the record has not confirmed. */
  get unsafe() {
    return this.pictures.filter((item) => !item.isSafe && item.state !== "discarded");
  }

  get isSettled() {
    return this.pictures.every((item) => item.isSettled);
  }

  /** @param {Picture} picture @param {Partial<Picture>} facts */
  change(picture, facts) {
    Object.assign(picture, facts);
    // INVARIANT: the bytes are let go of when the record has them or the person does not want them.
    if (picture.isSafe || picture.state === "discarded") picture.blob = null;
    this.dispatchEvent(new CustomEvent("change", { detail: picture }));
  }

  fill() {
    while (this.running < AT_ONCE) {
      const next = this.pictures.find((item) => item.state === "hand");
      if (!next) return;
      this.running += 1;
      this.transfer(next).finally(() => {
        this.running -= 1;
        this.fill();
      });
    }
  }

  /** @param {Picture} picture */
  async transfer(picture) {
    const blob = /** @type {Blob} */ (picture.blob);
    this.change(picture, { state: "sending" });
    const transfer = new Transfer(`${this.uploadUrl}${picture.id}/`, blob, picture.details, {
      onProgress: (sent) => this.change(picture, { state: "sending", sentence: "", sent }),
      onWaiting: (sentence) => this.change(picture, { state: "waiting", sentence }),
    });
    try {
      const { state, sentence } = await transfer.run();
      this.change(picture, { state: state === "refused" ? "failed" : state, sentence });
    } catch {
      // The file is gone: its card was pulled, or it changed while it was read.
      this.change(picture, { state: "failed", sentence: say("cannot-read") });
    }
    this.look();
  }

  /** Ask how far the sealed ones are, until each is verified. */
  async look() {
    if (this.isLooking) return;
    this.isLooking = true;
    for (let misses = 0; this.sealed.length; ) {
      await pause(misses ? backoff(misses) : LOOK_EVERY);
      const isAnswered = await this.ask(this.sealed);
      misses = isAnswered ? 0 : misses + 1;
    }
    this.isLooking = false;
  }

  /** @param {Picture[]} pictures @returns {Promise<boolean>} whether the server answered for all */
  async ask(pictures) {
    for (let first = 0; first < pictures.length; first += ASK_AT_MOST) {
      const some = pictures.slice(first, first + ASK_AT_MOST);
      const answer = await post(this.statusUrl, { uploads: some.map((item) => item.id) });
      if (answer.status === 423) await untilUnlocked();
      if (answer.status !== 200) return false;
      for (const item of some) this.learn(item, answer.body[item.id]);
    }
    return true;
  }

  get sealed() {
    return this.pictures.filter((item) => item.state === "sealed");
  }

  /** @param {Picture} picture @param {{state: string, sentence?: string} | undefined} fact */
  learn(picture, fact) {
    const sentence = fact?.sentence ?? "";
    if (fact?.state === "verified") this.change(picture, { state: "verified", sentence });
    if (fact?.state === "unreadable") this.change(picture, { state: "unreadable", sentence });
    if (fact?.state === "refused") this.change(picture, { state: "failed", sentence });
  }
}
