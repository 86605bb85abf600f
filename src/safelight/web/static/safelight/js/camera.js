/** The camera of this device, shown in a video element and asked for still pictures. */

const TAKE_WITHIN = 5000;
const STARTS_WITHIN = 8000;
const JPEG_QUALITY = 0.95;
const LARGEST = { width: { ideal: 3840 }, height: { ideal: 2160 } };

/** Why there is no camera: `word` is the sentence of the page that says it and what to do. */
export class CameraError extends Error {
  /** @param {"insecure"|"denied"|"absent"|"busy"|"broken"} reason */
  constructor(reason) {
    super(reason);
    this.word = `camera-${reason}`;
  }
}

/** @type {Record<string, "denied"|"absent"|"busy">} the names of DOMException in getUserMedia */
const REASONS = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "absent",
  OverconstrainedError: "absent",
  NotReadableError: "busy",
  AbortError: "busy",
};

/** @param {Promise<any>} promise @param {number} ms */
function within(promise, ms) {
  /** @type {Promise<never>} */
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error("late")), ms));
  return Promise.race([promise, late]);
}

export class Camera {
  /**
   * @param {HTMLVideoElement} video
   * @param {{size?: MediaTrackConstraints}} [options]
   */
  constructor(video, { size = LARGEST } = {}) {
    this.video = video;
    this.size = size;
    /** @type {MediaStream | null} */
    this.stream = null;
    /** @type {string | null} the camera the person turned to; null for the one at the back */
    this.deviceId = null;
    this.isTorchOn = false;
    this.canTakePhotos = "ImageCapture" in globalThis;
    this.opening = 0;
  }

  get track() {
    return this.stream?.getVideoTracks()[0] ?? null;
  }

  get isOpen() {
    return this.track?.readyState === "live";
  }

  /** Open the camera, or open it again after the page was away. Raises CameraError. */
  async open() {
    if (!navigator.mediaDevices?.getUserMedia) throw new CameraError("insecure");
    this.close();
    const mine = ++this.opening;
    const stream = await this.request();
    // Closed or opened anew while the person was asked: this one is not wanted any more.
    if (mine !== this.opening) {
      stream.getTracks().forEach((track) => track.stop());
      return;
    }
    this.stream = stream;
    this.video.srcObject = stream;
    try {
      await within(this.video.play(), STARTS_WITHIN);
    } catch {
      throw new CameraError("broken");
    }
    if (this.isTorchOn) await this.setTorch(true);
  }

  async request() {
    const which = this.deviceId
      ? { deviceId: { exact: this.deviceId } }
      : { facingMode: { ideal: "environment" } };
    try {
      return await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { ...which, ...this.size },
      });
    } catch (error) {
      throw new CameraError(REASONS[/** @type {Error} */ (error).name] ?? "broken");
    }
  }

  close() {
    this.opening += 1;
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.video.srcObject = null;
  }

  /** The other cameras can be named only once one of them was allowed. */
  async others() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter((device) => device.kind === "videoinput" && device.deviceId);
  }

  /** Turn to the next camera of the device. Raises CameraError. */
  async turn() {
    const devices = await this.others();
    const current = this.track?.getSettings().deviceId;
    const place = devices.findIndex((device) => device.deviceId === current);
    this.deviceId = devices[(place + 1) % devices.length]?.deviceId ?? null;
    this.isTorchOn = false;
    await this.open();
  }

  get hasTorch() {
    const capabilities = this.track?.getCapabilities?.();
    return Boolean(capabilities && "torch" in capabilities && capabilities.torch);
  }

  /** @param {boolean} isOn */
  async setTorch(isOn) {
    if (!this.track || !this.hasTorch) return;
    const constraint = /** @type {MediaTrackConstraintSet} */ ({ torch: isOn });
    await this.track.applyConstraints({ advanced: [constraint] }).catch(() => undefined);
    this.isTorchOn = isOn;
  }

  /** Width by height of what the camera shows. */
  get aspect() {
    return this.video.videoWidth / this.video.videoHeight || 0;
  }

  /**
   * A still picture: from the whole sensor where the browser offers that, else a frame of the video.
   * @returns {Promise<Blob>}
   */
  async take() {
    if (!this.canTakePhotos || !this.track) return this.frame();
    try {
      return await within(this.photo(this.track), TAKE_WITHIN);
    } catch {
      // A driver that failed once would keep the person waiting at every picture.
      this.canTakePhotos = false;
      return this.frame();
    }
  }

  /** @param {MediaStreamTrack} track @returns {Promise<Blob>} */
  async photo(track) {
    const capture = new ImageCapture(track);
    const { imageWidth, imageHeight } = await capture.getPhotoCapabilities();
    const [width, height] = [imageWidth?.max ?? 0, imageHeight?.max ?? 0];
    // Some drivers name a largest photo that is smaller than their video.
    const isMore = width * height > this.video.videoWidth * this.video.videoHeight;
    const size = isMore ? { imageWidth: width, imageHeight: height } : undefined;
    const blob = await capture.takePhoto(size);
    if (!blob.size) throw new Error("empty");
    if (this.isTorchOn) await this.setTorch(true);
    return blob;
  }

  /**
   * What the video shows now, as a JPEG no wider than `widest`.
   * @param {{widest?: number, quality?: number}} [options]
   * @returns {Promise<Blob>}
   */
  frame({ widest = Infinity, quality = JPEG_QUALITY } = {}) {
    const { videoWidth, videoHeight } = this.video;
    const scale = Math.min(1, widest / videoWidth);
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(videoWidth * scale);
    canvas.height = Math.round(videoHeight * scale);
    canvas.getContext("2d")?.drawImage(this.video, 0, 0, canvas.width, canvas.height);
    return new Promise((resolve, reject) => {
      canvas.toBlob(done, "image/jpeg", quality);
      /** @param {Blob | null} blob */
      function done(blob) {
        // Safari keeps the pixels of a dropped canvas for a while, unless it has none.
        canvas.width = canvas.height = 0;
        if (blob?.size) resolve(blob);
        else reject(new CameraError("broken"));
      }
    });
  }
}

/**
 * Let the camera rest while nobody looks: page hidden, left or locked. Phones end its stream then
 * anyway, and a lamp that stays on tells the patient that somebody is watching.
 * @param {Camera} camera
 * @param {() => void} onReturn
 */
export function restWhileAway(camera, onReturn) {
  const close = () => camera.close();
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : onReturn()));
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => event.persisted && onReturn());
  window.addEventListener("safelight:locked", close);
  window.addEventListener("safelight:unlocked", onReturn);
}
