/** What was found and what was covered by hand, one line each, with the decision on it. */

import { copyOf, part, parts } from "./page.js";
import { say } from "./words.js";

/** @typedef {import("./mask-draft.js").Finding} Finding */
/** @typedef {import("./mask-draft.js").Mask} Mask */
/** @typedef {{id: string, name: string, status: string, mask: Mask | undefined, finding: Finding | undefined}} Entry */

export class MaskList {
  /**
   * @param {HTMLElement} root
   * @param {import("./mask-draft.js").MaskDraft} draft
   * @param {any[]} kept what stayed visible in the draft that was saved before
   * @param {{onChosen: () => void, onTyped: () => void}} options
   */
  constructor(root, draft, kept, { onChosen, onTyped }) {
    this.root = root;
    this.draft = draft;
    this.list = part(root, "[data-mask-list]");
    this.onChosen = onChosen;
    this.onTyped = onTyped;
    /** @type {Map<string, string>} */
    this.reasons = new Map(kept.map((item) => [item.finding, item.reason]));
    /** @type {Map<string, HTMLElement>} */
    this.lines = new Map();
  }

  /** In the order of their numbers: what was found, then what was covered by hand. @returns {Entry[]} */
  get entries() {
    const { findings, state } = this.draft;
    const found = findings.map((finding) => {
      const mask = this.draft.maskOf(finding.id);
      const status = this.draft.decisionOn(finding);
      return { id: finding.id, name: say(`kind-${finding.kind}`), status, mask, finding };
    });
    const own = state.masks
      .filter((mask) => !mask.finding)
      .map((mask) => this.own(mask));
    return [...found, ...own];
  }

  /** @param {Mask} mask @returns {Entry} */
  own(mask) {
    const name = say(mask.isLocked ? "covered-before" : "covered-by-hand");
    return { id: mask.key, name, status: mask.isLocked ? "locked" : "own", mask, finding: undefined };
  }

  /** @param {string} id of a finding or a mask */
  numberOf(id) {
    return String(this.entries.findIndex((item) => item.id === id) + 1);
  }

  /** What still needs a decision or a reason. */
  get undecided() {
    return this.entries.filter(
      ({ id, status }) => status === "open" || (status === "kept" && !this.reasonOf(id)),
    );
  }

  /** @param {string} id */
  reasonOf(id) {
    return (this.reasons.get(id) ?? "").trim();
  }

  /** Put the eye and the keyboard where something is missing. */
  goToUndecided() {
    const line = this.lines.get(this.undecided[0]?.id);
    if (!line) return;
    const field = /** @type {HTMLElement | null} */ (line.querySelector("[data-mask-reason]:not([hidden]) input"));
    (field ?? part(line, "input")).focus();
    line.scrollIntoView({ block: "center" });
  }

  show() {
    const { entries } = this;
    const wanted = new Set(entries.map((item) => item.id));
    for (const [id, line] of this.lines) if (!wanted.has(id)) this.drop(id, line);
    entries.forEach((entry, place) => this.line(entry, place));
    part(this.root, "[data-mask-none]").hidden = entries.length > 0;
  }

  /** @param {string} id @param {HTMLElement} line */
  drop(id, line) {
    line.remove();
    this.lines.delete(id);
  }

  /** @param {Entry} entry @param {number} place */
  line(entry, place) {
    const line = this.lines.get(entry.id) ?? this.made(entry);
    if (this.list.children[place] !== line) this.list.insertBefore(line, this.list.children[place]);
    const number = String(place + 1);
    const isChosen = Boolean(entry.mask) && entry.mask?.key === this.draft.selected;
    line.toggleAttribute("data-chosen", isChosen);
    line.dataset.status = entry.status;
    part(line, "[data-mask-number]").textContent = number;
    part(line, "[data-mask-name]").textContent = entry.name;
    part(line, "[data-mask-choose]").setAttribute("aria-pressed", String(isChosen));
    /** @type {HTMLButtonElement} */ (part(line, "[data-mask-choose]")).disabled = !entry.mask;
    for (const name of parts(line, "[data-mask-which]")) name.textContent = `${entry.name} ${number}`;
    this.decision(line, entry);
  }

  /** @param {HTMLElement} line @param {Entry} entry */
  decision(line, { status, finding }) {
    for (const input of /** @type {HTMLInputElement[]} */ (parts(line, "input[type=radio]"))) {
      input.checked = input.value === status;
    }
    for (const reason of parts(line, "[data-mask-reason]")) reason.hidden = status !== "kept";
    const isPartly = finding !== undefined && status === "covered" && this.draft.partOf(finding) < 1;
    for (const note of parts(line, "[data-mask-partly]")) note.hidden = !isPartly;
    for (const note of parts(line, "[data-mask-open]")) note.hidden = status !== "open";
  }

  /** @param {Entry} entry */
  made(entry) {
    const template = entry.finding ? "found" : entry.status;
    const line = copyOf(this.root, `template[data-mask-line="${template}"]`);
    this.lines.set(entry.id, line);
    part(line, "[data-mask-choose]").addEventListener("click", () => this.choose(entry.id));
    for (const button of parts(line, "[data-mask-remove]")) {
      button.addEventListener("click", () => this.remove(entry.id));
    }
    if (entry.finding) this.askAbout(line, entry.finding.id);
    return line;
  }

  /** @param {HTMLElement} line @param {string} id of a finding */
  askAbout(line, id) {
    for (const input of /** @type {HTMLInputElement[]} */ (parts(line, "input[type=radio]"))) {
      input.name = `finding-${id}`;
      input.addEventListener("change", () => this.decide(id, input.value));
    }
    const field = /** @type {HTMLInputElement} */ (part(line, "[data-mask-reason] input"));
    field.value = this.reasons.get(id) ?? "";
    field.addEventListener("input", () => {
      this.reasons.set(id, field.value);
      this.onTyped();
    });
  }

  /** @param {string} id @param {string} decision */
  decide(id, decision) {
    if (decision === "covered") this.draft.cover(id);
    else this.draft.keep(id);
    this.show();
  }

  /** @param {string} id */
  maskKey(id) {
    return this.entries.find((item) => item.id === id)?.mask?.key ?? "";
  }

  /** @param {string} id */
  choose(id) {
    this.draft.select(this.maskKey(id));
    this.onChosen();
  }

  /** @param {string} id */
  remove(id) {
    this.draft.select(this.maskKey(id));
    this.draft.remove();
    this.onChosen();
  }

  /** Back to the line of what was chosen on the picture. @param {string} key of a mask */
  focus(key) {
    const id = this.entries.find((item) => item.mask?.key === key)?.id ?? "";
    const line = this.lines.get(id);
    if (line) part(line, "[data-mask-choose]").focus();
  }

  /** Bring the line of the chosen one into sight, without taking the focus. */
  reveal() {
    this.list.querySelector("[data-chosen]")?.scrollIntoView({ block: "nearest" });
  }
}
