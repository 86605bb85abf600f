/** Preparing a picture for teaching or sharing: look, decide, cover, and go on to the result. */

import { post } from "./js/http.js";
import { MaskDraft } from "./js/mask-draft.js";
import { MaskGestures } from "./js/mask-gestures.js";
import { MaskKeys } from "./js/mask-keys.js";
import { MaskList } from "./js/mask-list.js";
import { MaskQuestions } from "./js/mask-questions.js";
import { MaskTools } from "./js/mask-tools.js";
import { MaskView } from "./js/mask-view.js";
import { part, warnBeforeLeaving } from "./js/page.js";
import { say, sayCount } from "./js/words.js";
import { Zoom } from "./js/zoom.js";

const CLOSELY = 1.5;
/** First faces and codes, then writing and small faces. */
const LOOKS = 2;
const WAIT = () => {};

class PreparePage {
  /** @param {HTMLElement} root @param {any} known what the server told */
  constructor(root, known) {
    this.root = root;
    this.known = known;
    this.stage = part(root, "[data-mask-stage]");
    this.image = /** @type {HTMLImageElement} */ (part(root, "[data-mask-picture]"));
    this.next = /** @type {HTMLButtonElement} */ (part(document, "[data-prepare-next]"));
    this.originalUrl = known.original_url ?? "";
    this.draft = new MaskDraft({ ...known, fill: known.fills[0] });
    this.zoom = new Zoom(this.stage, () => this.zoomed());
    this.list = new MaskList(root, this.draft, known.draft?.kept ?? [], {
      onChosen: () => this.stage.focus({ preventScroll: true }),
      onTyped: () => this.typed(),
    });
    this.view = new MaskView(this.stage, this.draft, this.zoom, (id) => this.list.numberOf(id));
    this.tools = new MaskTools(root, this.draft, this.zoom);
    this.questions = new MaskQuestions(root, known.draft?.answers ?? {}, () => this.typed());
    this.isLooking = false;
    this.hasFound = false;
    this.isDone = false;
    this.isSaving = false;
    this.isChanged = false;
    this.lastChosen = "";
  }

  start() {
    const gestures = new MaskGestures(this.view, {
      isDrawing: () => this.tools.isDrawing,
      onDrawn: () => this.tools.draw(false),
    });
    gestures.start();
    this.zoom.start();
    new MaskKeys(this.stage, this.draft, this.zoom, () => this.list.focus(this.lastChosen)).start();
    this.tools.start();
    this.questions.start();
    this.draft.addEventListener("change", () => this.changed());
    this.draft.addEventListener("full", () => this.tell(say("too-many")));
    this.draft.addEventListener("edge", () => this.tell(say("no-ellipse")));
    this.next.addEventListener("click", () => this.goOn());
    warnBeforeLeaving(() => this.isChanged);
    if (this.known.findings) this.found(this.known.findings, this.known.is_done);
    if (!this.isDone) this.look();
    this.show();
  }

  zoomed() {
    this.view.show();
    if (this.zoom.scale > CLOSELY) this.fetchOriginal();
  }

  /** Small writing is searched for in the original. Each one opened is an entry in the record. */
  async fetchOriginal() {
    if (!this.originalUrl) return;
    const url = this.originalUrl;
    this.originalUrl = "";
    try {
      const content = await (await fetch(url, { cache: "no-store" })).blob();
      // Browsers do not agree on which way up a PNG is, and masks must lie where they are drawn.
      if (content.type !== "image/jpeg") return;
      this.image.src = URL.createObjectURL(content);
      await this.image.decode();
      URL.revokeObjectURL(this.image.src);
    } catch {
      this.image.src = this.known.picture_url; // less sharp, and that is all
    }
  }

  changed() {
    this.isChanged = this.isChanged || this.draft.past.length > 0;
    if (this.draft.selected && this.draft.selected !== this.lastChosen) {
      this.lastChosen = this.draft.selected;
      this.show();
      this.list.reveal();
    }
    this.show();
  }

  typed() {
    this.isChanged = true;
    this.showNext();
  }

  show() {
    this.list.show();
    this.view.show();
    this.tools.show();
    this.showNext();
  }

  // Looking for faces and writing

  async look() {
    if (this.isLooking) return;
    part(this.root, "[data-prepare-failed]").hidden = true;
    this.setLooking(true);
    const refused = await this.lookOn();
    this.setLooking(false);
    if (refused) this.notFound(refused);
  }

  /** What each look finds is shown as it comes. @returns {Promise<string>} why it ended early, or nothing */
  async lookOn() {
    for (let look = 0; look < LOOKS; look += 1) {
      const { status, body } = await post(this.known.look_url, {});
      if (status !== 200 || !Array.isArray(body.findings)) {
        return body.sentence ?? say(status ? "look-refused" : "unreachable");
      }
      this.found(body.findings, body.is_done === true);
      if (this.isDone) return "";
    }
    return say("look-refused");
  }

  /** @param {boolean} isLooking */
  setLooking(isLooking) {
    this.isLooking = isLooking;
    this.root.toggleAttribute("data-looking", isLooking && !this.hasFound);
    if (isLooking && !this.hasFound) this.tell(say("looking"));
    this.showNext();
  }

  /** @param {any[]} findings all so far @param {boolean} isDone whether no more can come */
  found(findings, isDone) {
    this.isDone = isDone;
    this.root.removeAttribute("data-looking");
    this.questions.stayingInPlace(() => {
      if (this.hasFound) this.draft.takeMore(findings);
      else this.draft.take(findings);
      this.tellFound(findings.length);
      this.hasFound = true;
      this.show();
    });
  }

  /** @param {number} count */
  tellFound(count) {
    const name = this.isDone ? "found" : "found-so-far";
    this.tell(count ? sayCount(name, count) : say(`${name}-nothing`));
  }

  /** @param {string} sentence */
  notFound(sentence) {
    this.tell("");
    part(this.root, "[data-prepare-why]").textContent = sentence;
    part(this.root, "[data-prepare-failed]").hidden = false;
    this.showNext();
  }

  /** @param {string} sentence */
  tell(sentence) {
    part(this.root, "[data-prepare-status]").textContent = sentence;
  }

  // The next step

  /** What comes next, and what the button says about it. @returns {[string, () => void]} */
  get step() {
    const { undecided } = this.list;
    const { open } = this.questions;
    if (this.isLooking && !this.hasFound) return [say("looking-short"), WAIT];
    if (!this.isLooking && !this.isDone) return [say("look-again"), () => this.look()];
    if (undecided.length) return [sayCount("undecided", undecided.length), () => this.list.goToUndecided()];
    if (open.length) return [sayCount("unanswered", open.length), () => this.questions.goToOpen()];
    if (!this.isDone) return [say("still-looking"), WAIT];
    return [say(this.isSaving ? "saving" : "see-result"), () => this.save()];
  }

  goOn() {
    this.step[1]();
  }

  showNext() {
    const [text, act] = this.step;
    part(this.next, "[data-prepare-next-text]").textContent = text;
    this.next.disabled = act === WAIT || this.isSaving;
  }

  async save() {
    this.setSaving(true);
    const data = this.draft.toData(this.list.reasons, this.questions.toData());
    const { status, body } = await post(this.known.save_url, data);
    if (status === 200 && typeof body.location === "string") {
      this.isChanged = false;
      return location.assign(body.location);
    }
    this.setSaving(false);
    return this.refuse(body.sentence ?? say(status ? "save-refused" : "unreachable-save"));
  }

  /** @param {boolean} isSaving */
  setSaving(isSaving) {
    this.isSaving = isSaving;
    this.root.toggleAttribute("data-saving", isSaving);
    part(this.root, "[data-prepare-refused]").hidden = true;
    if (isSaving) this.tell(say("saving"));
    this.showNext();
  }

  /** @param {string} sentence */
  refuse(sentence) {
    this.tell("");
    const notice = part(this.root, "[data-prepare-refused]");
    part(notice, "p").textContent = sentence;
    notice.hidden = false;
    notice.scrollIntoView({ block: "nearest" });
  }
}

const root = document.querySelector("[data-prepare]");
const told = document.getElementById("prepare-facts");
if (root instanceof HTMLElement && told) new PreparePage(root, JSON.parse(told.textContent ?? "")).start();
