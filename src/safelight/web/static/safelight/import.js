/** Pictures from an institution's camera: dropped or chosen, one by one or as a whole folder. */

import { ConsentToTake } from "./js/consent-to-take.js";
import { chosenFiles, droppedFiles } from "./js/dropped.js";
import { FileList } from "./js/file-list.js";
import { chosenFacts, part, parts, warnBeforeLeaving } from "./js/page.js";
import { Picture, UploadQueue } from "./js/upload-queue.js";
import { say } from "./js/words.js";

/** @typedef {import("./js/dropped.js").Named} Named */

class ImportPage {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.queue = new UploadQueue({
      uploadUrl: root.dataset.uploadUrl ?? "",
      statusUrl: root.dataset.statusUrl ?? "",
      maxBytes: Number(root.dataset.maxBytes),
    });
    this.files = new FileList(root, this.queue);
    this.consent = new ConsentToTake(root, "data-import-", (sentence) => this.tell(sentence));
    this.drop = part(root, "[data-import-drop]");
    this.done = part(document, "[data-import-done]");
  }

  start() {
    this.consent.start();
    this.files.start();
    // A refused file is still on its card, so only what is under way holds the page.
    warnBeforeLeaving(() => !this.queue.isSettled);
    this.queue.addEventListener("change", () => this.showDone());
    for (const input of parts(this.root, "input[type='file']")) {
      input.addEventListener("change", () => this.chose(/** @type {HTMLInputElement} */ (input)));
    }
    // Beside the field, too: a browser would open the file in place of the page.
    document.addEventListener("dragover", (event) => this.over(event));
    document.addEventListener("dragleave", () => delete this.drop.dataset.over);
    document.addEventListener("drop", (event) => this.dropped(event));
  }

  showDone() {
    this.done.hidden = !this.queue.isSettled || !this.queue.pictures.some((item) => item.isSafe);
  }

  /** @param {DragEvent} event */
  over(event) {
    event.preventDefault();
    this.drop.dataset.over = "";
  }

  /** @param {DragEvent} event */
  dropped(event) {
    event.preventDefault();
    delete this.drop.dataset.over;
    return event.dataTransfer ? this.take(droppedFiles(event.dataTransfer)) : undefined;
  }

  /** @param {HTMLInputElement} input */
  async chose(input) {
    const files = chosenFiles(input);
    input.value = ""; // so that the same folder can be chosen again
    await this.take(files);
  }

  /** @param {Iterable<Named> | AsyncIterable<Named>} files */
  async take(files) {
    if (!this.consent.isNoted()) return;
    const facts = { ...chosenFacts(this.root, "data-import-"), ...this.consent.facts };
    for await (const { file, name } of files) {
      const taken_at = new Date(file.lastModified).toISOString();
      this.queue.add(new Picture(file, { taken_at, ...facts, source: this.root.dataset.source ?? "file" }, name));
    }
  }

  /**
   * The files do not go in by themselves afterwards: how sensitive they are may not be chosen yet.
   * @param {string} sentence
   */
  tell(sentence) {
    this.files.section.hidden = false;
    this.files.summary.textContent = `${sentence} ${say("files-again")}`;
  }
}

const root = document.querySelector("[data-import]");
if (root instanceof HTMLElement) new ImportPage(root).start();
