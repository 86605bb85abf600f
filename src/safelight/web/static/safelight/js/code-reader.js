/** Reading a barcode or a square code from the camera: by the browser if it can, else by the server. */

import { post } from "./http.js";
import { pause } from "./waiting.js";

const LOOK_EVERY = 250;
const SEND_EVERY = 400;
const AFTER_A_CODE = 1500;
const AFTER_A_REFUSAL = 5000;
const FRAME = { widest: 1280, quality: 0.7 };
const FORMATS = ["code_128", "code_39", "itf", "codabar", "qr_code", "data_matrix", "aztec", "pdf417"];

/** The browser's own reader, or null. @returns {Promise<BarcodeDetector | null>} */
async function ownReader() {
  if (!("BarcodeDetector" in globalThis)) return null;
  try {
    const known = await BarcodeDetector.getSupportedFormats();
    const formats = FORMATS.filter((format) => known.includes(format));
    return formats.length ? new BarcodeDetector({ formats }) : null;
  } catch {
    return null;
  }
}

export class CodeReader {
  /**
   * @param {string} url where codes and frames go; a code never stands in an address
   * @param {import("./camera.js").Camera} camera
   * @param {{onFound: (location: string) => void, onSentence: (sentence: string) => void}} listener
   */
  constructor(url, camera, listener) {
    this.url = url;
    this.camera = camera;
    this.listener = listener;
    this.isRunning = false;
  }

  /** Look until a code leads somewhere, or until `stop`. */
  async start() {
    if (this.isRunning) return;
    this.isRunning = true;
    const reader = await ownReader();
    while (this.isRunning) {
      await pause(reader ? LOOK_EVERY : SEND_EVERY);
      if (this.isRunning && this.camera.isOpen) await this.look(reader);
    }
  }

  stop() {
    this.isRunning = false;
  }

  /** @param {BarcodeDetector | null} reader */
  async look(reader) {
    const content = reader ? await this.textSeen(reader) : await this.frame();
    if (!content) return;
    const answer = await post(this.url, content);
    if (!this.isRunning) return;
    if (answer.body.found) this.follow(answer.body.location);
    else if (answer.body.sentence) this.listener.onSentence(answer.body.sentence);
    if (answer.status !== 200 && answer.status !== 422) await pause(AFTER_A_REFUSAL);
    else if (!(content instanceof Blob)) await pause(AFTER_A_CODE);
  }

  /** @param {BarcodeDetector} reader @returns {Promise<{text: string} | null>} */
  async textSeen(reader) {
    const codes = await reader.detect(this.camera.video).catch(() => []);
    return codes.length ? { text: codes[0].rawValue } : null;
  }

  frame() {
    return this.camera.video.videoWidth ? this.camera.frame(FRAME).catch(() => null) : null;
  }

  /** Only to a page of this site, whatever the answer says. @param {unknown} location */
  follow(location) {
    const target = new URL(String(location), document.baseURI);
    if (!String(location).startsWith("/") || target.origin !== globalThis.location.origin) return;
    this.stop();
    this.listener.onFound(target.href);
  }
}
