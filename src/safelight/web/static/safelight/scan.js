/** Finding a patient by the code on the wristband. */

import { Camera, CameraError, restWhileAway } from "./js/camera.js";
import { CodeReader } from "./js/code-reader.js";
import { part } from "./js/page.js";
import { say } from "./js/words.js";

const SHARP_ENOUGH = { width: { ideal: 1920 }, height: { ideal: 1080 } };

class ScanPage {
  /** @param {HTMLElement} root */
  constructor(root) {
    const video = /** @type {HTMLVideoElement} */ (part(root, "[data-scan-video]"));
    this.camera = new Camera(video, { size: SHARP_ENOUGH });
    this.message = part(root, "[data-scan-message]");
    this.torch = part(root, "[data-scan-torch]");
    this.isLocked = false;
    this.reader = new CodeReader(root.dataset.scanUrl ?? "", this.camera, {
      onFound: (location) => this.found(location),
      onSentence: (sentence) => this.tell(sentence),
    });
  }

  start() {
    this.torch.addEventListener("click", () => this.toggleTorch());
    window.addEventListener("safelight:locked", () => (this.isLocked = true));
    window.addEventListener("safelight:unlocked", () => (this.isLocked = false));
    restWhileAway(this.camera, () => this.open());
    return this.open();
  }

  async open() {
    if (document.hidden || this.isLocked || this.camera.isOpen) return;
    try {
      await this.camera.open();
      this.torch.hidden = !this.camera.hasTorch;
      await this.reader.start();
    } catch (error) {
      this.tell(say(error instanceof CameraError ? error.word : "camera-broken"));
    }
  }

  /** @param {string} location */
  found(location) {
    this.camera.close();
    window.location.assign(location);
  }

  async toggleTorch() {
    await this.camera.setTorch(!this.camera.isTorchOn);
    this.torch.setAttribute("aria-pressed", String(this.camera.isTorchOn));
  }

  /** @param {string} sentence */
  tell(sentence) {
    if (this.message.textContent !== sentence) this.message.textContent = sentence;
  }
}

const root = document.querySelector("[data-scan]");
if (root instanceof HTMLElement) new ScanPage(root).start();
