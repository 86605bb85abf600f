/** The files handed over on this page, each with how far it has come or why it was refused. */

import { copyOf, part } from "./page.js";
import { say } from "./words.js";

export class FileList {
  /**
   * @param {HTMLElement} root
   * @param {import("./upload-queue.js").UploadQueue} queue
   */
  constructor(root, queue) {
    this.root = root;
    this.queue = queue;
    this.section = part(root, "[data-import-results]");
    this.list = part(root, "[data-import-list]");
    this.summary = part(root, "[data-import-summary]");
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
    const isNews = item.dataset.state !== picture.state;
    const result = part(item, "[data-file-result]");
    const progress = /** @type {HTMLProgressElement} */ (part(item, "[data-file-progress]"));
    progress.value = picture.percent;
    part(item, "[data-file-percent]").textContent = String(picture.percent);
    result.textContent = picture.sentence;
    result.hidden = !picture.sentence;
    if (isNews) item.dataset.state = picture.state;
    if (isNews) this.summarise();
  }

  /** @param {import("./upload-queue.js").Picture} picture */
  append(picture) {
    const item = copyOf(this.root, "[data-import-item]");
    item.dataset.state = "";
    part(item, "[data-file-name]").textContent = picture.name;
    this.items.set(picture, item);
    this.list.append(item);
    this.section.hidden = false;
    return item;
  }

  summarise() {
    const { pictures } = this.queue;
    const done = pictures.filter((item) => item.isSafe).length;
    const refused = pictures.filter((item) => item.state === "failed").length;
    const values = { done, refused, total: pictures.length };
    this.summary.textContent = say(refused ? "import-summary-refused" : "import-summary", values);
  }
}
