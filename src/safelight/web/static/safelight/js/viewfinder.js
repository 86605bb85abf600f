/** What the camera sees, with its tools: torch, grid, and the other cameras of the device. */

import { Camera, CameraError, restWhileAway } from "./camera.js";
import { part } from "./page.js";
import { say } from "./words.js";

/** Dispatches `ready` with detail true when a picture can be taken, false when not. */
export class Viewfinder extends EventTarget {
  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    const video = /** @type {HTMLVideoElement} */ (part(root, "[data-capture-video]"));
    this.camera = new Camera(video);
    this.message = part(root, "[data-capture-message]");
    this.torch = part(root, "[data-capture-torch]");
    this.grid = part(root, "[data-capture-grid]");
    this.gridToggle = part(root, "[data-capture-grid-toggle]");
    this.turn = part(root, "[data-capture-switch]");
    this.isLocked = false;
  }

  start() {
    this.torch.addEventListener("click", () => this.toggleTorch());
    this.gridToggle.addEventListener("click", () => this.toggleGrid());
    this.turn.addEventListener("click", () => this.open(() => this.camera.turn()));
    this.camera.video.addEventListener("resize", () => this.frameGrid());
    window.addEventListener("safelight:locked", () => this.rest());
    window.addEventListener("safelight:unlocked", () => (this.isLocked = false));
    restWhileAway(this.camera, () => this.resume());
    return this.open(() => this.camera.open());
  }

  rest() {
    this.isLocked = true;
    this.announce(false);
  }

  resume() {
    if (document.hidden || this.isLocked || this.camera.isOpen) return undefined;
    return this.open(() => this.camera.open());
  }

  /** @param {() => Promise<void>} how */
  async open(how) {
    this.announce(false);
    try {
      await how();
      this.tell("");
      await this.showTools();
      this.announce(this.camera.isOpen);
    } catch (error) {
      this.tell(say(error instanceof CameraError ? error.word : "camera-broken"));
    }
  }

  /** @param {boolean} isReady */
  announce(isReady) {
    this.dispatchEvent(new CustomEvent("ready", { detail: isReady }));
  }

  /** @param {string} sentence */
  tell(sentence) {
    this.message.textContent = sentence;
  }

  async showTools() {
    this.torch.hidden = !this.camera.hasTorch;
    this.torch.setAttribute("aria-pressed", String(this.camera.isTorchOn));
    this.turn.hidden = (await this.camera.others()).length < 2;
    this.frameGrid();
  }

  async toggleTorch() {
    await this.camera.setTorch(!this.camera.isTorchOn);
    this.torch.setAttribute("aria-pressed", String(this.camera.isTorchOn));
  }

  toggleGrid() {
    this.grid.hidden = !this.grid.hidden;
    this.gridToggle.setAttribute("aria-pressed", String(!this.grid.hidden));
  }

  /** The thirds lie over the picture, which need not fill the screen. */
  frameGrid() {
    if (this.camera.aspect) this.grid.style.setProperty("--frame-aspect", String(this.camera.aspect));
  }

  /** Take a still; the preview stands while that lasts. */
  async take() {
    const { video } = this.camera;
    video.pause();
    try {
      return await this.camera.take();
    } catch (error) {
      this.tell(say(error instanceof CameraError ? error.word : "camera-broken"));
      return null;
    } finally {
      if (this.camera.isOpen) video.play().catch(() => undefined);
    }
  }
}
