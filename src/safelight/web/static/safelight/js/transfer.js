/** One picture's way to the server: it arrives once and whole, however often the line drops. */

import { base64, hex, sha256 } from "./digest.js";
import { head, isPassing, put } from "./http.js";
import { untilReachable, untilUnlocked } from "./waiting.js";
import { say } from "./words.js";

const SPOILT_AT_MOST = 3;
/** Refusals that only ask where to go on. */
const GO_ON = new Set(["upload-offset", "upload-taken-over"]);

/**
 * @typedef {object} Details what is said about a picture when it is taken
 * @property {string} taken_at
 * @property {string} encounter
 * @property {string} sensitivity
 * @property {string} consent_to_take
 * @property {string} emergency_reason in words; empty where the patient was asked
 * @property {"camera" | "file"} source
 *
 * @typedef {object} Outcome
 * @property {"sealed" | "duplicate" | "refused"} state
 * @property {string} sentence
 *
 * @typedef {object} Listener
 * @property {(sent: number) => void} onProgress bytes that have gone
 * @property {(sentence: string) => void} onWaiting it cannot go on just now
 */

/** @param {object} value JSON in ASCII, as a header must be */
const asciiJson = (value) =>
  JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

export class Transfer {
  /**
   * @param {string} url where this picture goes; it holds the id, the same at every try
   * @param {Blob} blob
   * @param {Details} details
   * @param {Listener} listener
   */
  constructor(url, blob, details, listener) {
    this.url = url;
    this.blob = blob;
    this.details = details;
    this.listener = listener;
    /** @type {Uint8Array} */
    this.digest = new Uint8Array();
    this.attempt = 0;
    this.spoilt = 0;
    /** Whether the next request is to hear the server's mind, without any bytes. */
    this.isAsking = false;
  }

  /** @returns {Promise<Outcome>} */
  async run() {
    this.digest = await sha256(this.blob);
    let offset = 0;
    for (;;) {
      const answer = await this.send(offset);
      const outcome = this.judge(answer);
      if (outcome) return outcome;
      if (answer.body.state !== "receiving") await this.wait(answer);
      const reached = await this.reached();
      if (reached > offset) this.attempt = 0;
      offset = reached;
    }
  }

  /** @param {number} offset */
  send(offset) {
    const headers = {
      "Content-Type": "application/octet-stream",
      "Upload-Offset": String(offset),
      "Upload-Length": String(this.blob.size),
      "Repr-Digest": `sha-256=:${base64(this.digest)}:`,
      "Safelight-Details": asciiJson(this.details),
    };
    this.listener.onProgress(offset);
    const content = this.isAsking ? new Blob([]) : this.blob.slice(offset);
    this.isAsking = false;
    return put(this.url, content, headers, (sent) =>
      this.listener.onProgress(offset + sent),
    );
  }

  /**
   * The end of it, or null if the picture should be sent on.
   * @param {import("./http.js").Answer} answer
   * @returns {Outcome | null}
   */
  judge(answer) {
    const { state, code, sentence = "" } = answer.body;
    if (state === "sealed") return this.compare(answer.body);
    if (state === "duplicate") return { state, sentence };
    if (state === "receiving" || GO_ON.has(code)) return null;
    if (answer.status === 423 || isPassing(answer)) return null;
    if (code === "upload-digest" && ++this.spoilt < SPOILT_AT_MOST) return null;
    return { state: "refused", sentence: sentence || say("refused", { status: answer.status }) };
  }

  /**
   * INVARIANT: nothing is called sealed unless the server holds exactly what this page holds.
   * @param {Record<string, any>} body
   * @returns {Outcome}
   */
  compare(body) {
    if (body.sha256 === hex(this.digest)) return { state: "sealed", sentence: "" };
    return { state: "refused", sentence: say("differs") };
  }

  /** Until it makes sense to try again. @param {import("./http.js").Answer} answer */
  async wait(answer) {
    const isLocked = answer.status === 423;
    const fallback = say(isLocked ? "locked" : answer.status === 0 ? "unreachable" : "busy");
    this.listener.onWaiting(answer.body.sentence || fallback);
    if (isLocked) await untilUnlocked();
    else await untilReachable(this.attempt++);
  }

  /** How many bytes the server has; it is asked until it says. @returns {Promise<number>} */
  async reached() {
    for (;;) {
      const answer = await head(this.url);
      const offset = answer.offset;
      if (offset !== null && offset <= this.blob.size) return offset;
      if (answer.status !== 423 && !isPassing(answer)) {
        // A server that refuses before it has read all may be heard as a dropped connection, so
        // let it say what it thinks of this picture before the bytes go again.
        this.isAsking = true;
        return 0;
      }
      await this.wait(answer);
    }
  }
}
