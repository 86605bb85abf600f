/** What is covered, what is cut off and what stays visible: the draft, with its way back. */

import { EVERYWHERE, fromList, hiddenPart, isInside, isSame, joined, scaled } from "./mask-region.js";

/** @typedef {import("./mask-region.js").Region} Region */
/** @typedef {{id: string, kind: string, region: Region}} Finding what a detector found */
/**
 * @typedef {object} Mask
 * @property {string} key
 * @property {Region} region
 * @property {string} fill
 * @property {string} shape
 * @property {string} finding the id of what it was made for, empty if a person drew it
 * @property {boolean} isLocked whether an approved version covers it already
 * @property {{region: Region, after: Region}} [before] where it was in its other shape, and then in this
 */
/** @typedef {{masks: Mask[], crop: Region | null, kept: string[]}} State */

const MOST = 200;
/** A person may cover less than was proposed; the server counts the same. */
const ENOUGH = 0.5;
/** An ellipse that covers what a box covered reaches beyond it by so much. */
const AROUND = Math.SQRT2;
export const CROP = "crop";

/** Dispatches `change` when anything is covered, uncovered or chosen, `full` if no more can be, `edge` if no ellipse. */
export class MaskDraft extends EventTarget {
  /** @param {{width: number, height: number, floor: any, draft: any, fill: string}} known */
  constructor({ width, height, floor, draft, fill }) {
    super();
    this.picture = { left: 0, top: 0, width, height };
    this.floorCrop = floor?.crop ?? null;
    this.fill = fill;
    /** @type {Finding[]} */
    this.findings = [];
    this.selected = "";
    this.count = 0;
    this.mergeKey = "";
    /** @type {State[]} */
    this.past = [];
    /** @type {State[]} */
    this.future = [];
    this.state = this.read(floor, draft);
    /** How much is hidden of each finding, as long as nothing changes. */
    this.parts = { of: this.state, by: new Map() };
    /** What was saved is left as it was; at first all that was found is covered in full. */
    this.needed = draft ? ENOUGH : 1;
  }

  /** @param {any} floor @param {any} draft @returns {State} */
  read(floor, draft) {
    const locked = (floor?.masks ?? []).map((/** @type {any} */ item) => this.mask(item, true));
    const isLocked = (/** @type {Mask} */ item) =>
      locked.some((/** @type {Mask} */ old) => isSame(old.region, item.region) && old.shape === item.shape);
    const drawn = (draft?.masks ?? []).map((/** @type {any} */ item) => this.mask(item, false));
    const own = drawn.filter((/** @type {Mask} */ item) => !isLocked(item));
    const crop = draft?.crop ?? this.floorCrop;
    const kept = (draft?.kept ?? []).map((/** @type {any} */ item) => item.finding);
    return { masks: [...locked, ...own], crop, kept };
  }

  /** @param {any} data @param {boolean} isLocked @returns {Mask} */
  mask({ region, fill, shape }, isLocked) {
    this.count += 1;
    const key = `mask-${this.count}`;
    return { key, region, fill, shape, finding: "", isLocked };
  }

  get bounds() {
    return this.floorCrop ?? this.picture;
  }

  /** @param {string} key @returns {Mask | undefined} */
  find(key) {
    return this.state.masks.find((item) => item.key === key);
  }

  /** @param {string} finding @returns {Mask | undefined} */
  maskOf(finding) {
    return this.state.masks.find((item) => item.finding === finding);
  }

  /** @param {string} key of a mask, "crop", or nothing */
  select(key) {
    this.selected = key;
    this.dispatchEvent(new Event("change"));
  }

  /** What is chosen, as a region that can be moved. @returns {Region | null} */
  get chosen() {
    if (this.selected === CROP) return this.state.crop;
    return this.find(this.selected)?.region ?? null;
  }

  get isChosenLocked() {
    return Boolean(this.find(this.selected)?.isLocked);
  }

  /** Whether there are as many as the server takes; whoever asks is told. */
  get isFull() {
    const isFull = this.state.masks.length >= MOST;
    if (isFull) this.dispatchEvent(new Event("full"));
    return isFull;
  }

  // What was found

  /** Everything found is covered until a person decides otherwise. @param {any[]} found */
  take(found) {
    this.findings = found.map((item) => ({ ...item, region: fromList(item.region) }));
    const { masks, crop, kept } = this.state;
    const all = masks.map((item) => ({ ...item, finding: "" }));
    for (const finding of this.findings) {
      const isEnough = (/** @type {Mask[]} */ masks, /** @type {Region | null} */ frame) =>
        hiddenPart(finding.region, masks, frame) >= this.needed;
      const fitting = all.find((item) => !item.finding && isEnough([item], null));
      if (fitting) fitting.finding = finding.id;
      else if (kept.includes(finding.id) || isEnough(all, crop)) continue;
      else if (all.length < MOST) all.push(this.maskFor(finding));
    }
    const known = new Set(this.findings.map((item) => item.id));
    this.state = { masks: all, crop, kept: kept.filter((id) => known.has(id)) };
    this.past = [];
    this.future = [];
    this.dispatchEvent(new Event("change"));
  }

  /**
   * What a further look found as well, while somebody was deciding: covered in every state that undoing
   * may lead to, and nothing that was decided changes.
   * @param {any[]} found all so far
   */
  takeMore(found) {
    const before = new Map(this.findings.map((item) => [item.id, item]));
    this.findings = found.map((item) => ({ ...item, region: fromList(item.region) }));
    const more = this.findings.filter((item) => !before.has(item.id)).map((item) => this.maskFor(item));
    const grown = (/** @type {Mask} */ mask) => {
      const old = before.get(mask.finding)?.region;
      const now = this.findings.find((item) => item.id === mask.finding)?.region;
      return old && now && isSame(old, mask.region) ? { ...mask, region: now } : mask;
    };
    const added = (/** @type {State} */ state) => {
      const masks = [...state.masks.map(grown), ...more].slice(0, Math.max(MOST, state.masks.length));
      return { ...state, masks };
    };
    this.past = this.past.map(added);
    this.future = this.future.map(added);
    this.show(added(this.state));
  }

  /** @param {Finding} finding @returns {Mask} */
  maskFor({ id, region }) {
    const made = this.mask({ region, fill: this.fill, shape: "box" }, false);
    return { ...made, finding: id };
  }

  /** @param {Finding} finding @returns {"covered" | "kept" | "open"} */
  decisionOn(finding) {
    if (this.partOf(finding) >= ENOUGH) return "covered";
    return this.state.kept.includes(finding.id) ? "kept" : "open";
  }

  /** How much of it is hidden. @param {Finding} finding */
  partOf({ id, region }) {
    const { masks, crop } = this.state;
    if (this.parts.of !== this.state) this.parts = { of: this.state, by: new Map() };
    const part = this.parts.by.get(id) ?? hiddenPart(region, masks, crop);
    this.parts.by.set(id, part);
    return part;
  }

  /** @param {string} id */
  cover(id) {
    const finding = this.findings.find((item) => item.id === id);
    if (!finding) return;
    const { masks, crop, kept } = this.state;
    const old = masks.find((item) => item.finding === id && !item.isLocked);
    if (!old && this.isFull) return;
    const made = old
      ? { ...old, region: joined(old.region, finding.region, this.picture), shape: "box" }
      : this.maskFor(finding);
    const others = masks.filter((item) => item !== old);
    this.change({ masks: [...others, made], crop, kept: kept.filter((item) => item !== id) });
    this.select(made.key);
  }

  /** @param {string} id */
  keep(id) {
    const { masks, crop, kept } = this.state;
    const left = masks.filter((item) => item.finding !== id || item.isLocked);
    this.change({ masks: left, crop, kept: [...kept, id] });
  }

  // Covering by hand

  /** @param {Region} region @param {string} [mergeKey] @returns {string} its key, empty if there are too many */
  add(region, mergeKey = "") {
    const { masks } = this.state;
    if (this.isFull) return "";
    const made = this.mask({ region, fill: this.fill, shape: "box" }, false);
    this.selected = made.key;
    this.change({ ...this.state, masks: [...masks, made] }, mergeKey);
    return made.key;
  }

  /** What was found under it stays visible from then on, unless something else covers it. */
  remove() {
    const mask = this.find(this.selected);
    if (this.selected === CROP) return this.crop(this.floorCrop);
    if (!mask || mask.isLocked) return undefined;
    if (mask.finding) return this.keep(mask.finding);
    const masks = this.state.masks.filter((item) => item !== mask);
    return this.change({ ...this.state, masks });
  }

  /** Move or resize what is chosen. @param {Region} region @param {string} [mergeKey] */
  place(region, mergeKey = "") {
    if (this.selected === CROP) this.change({ ...this.state, crop: region }, mergeKey);
    else this.alter({ region }, mergeKey);
  }

  /** @param {Partial<Mask>} facts @param {string} [mergeKey] */
  alter(facts, mergeKey = "") {
    const { masks } = this.state;
    const altered = masks.map((item) =>
      item.key === this.selected && !item.isLocked ? { ...item, ...facts } : item,
    );
    this.change({ ...this.state, masks: altered }, mergeKey);
  }

  /**
   * A shape that covers no less than the one before, or the very one that was there before that. No
   * ellipse does at the edge of the picture: it would have to reach beyond.
   * @param {string} shape
   */
  reshape(shape) {
    const mask = this.find(this.selected);
    if (!mask || mask.shape === shape || mask.isLocked) return undefined;
    const { region, before } = mask;
    if (before && isSame(before.after, region)) return this.alter({ shape, region: before.region });
    const found = this.findings.find((item) => item.id === mask.finding)?.region ?? region;
    const whole = joined(region, found, this.picture);
    const after = shape === "ellipse" ? scaled(whole, AROUND, EVERYWHERE) : whole;
    if (!isInside(after, this.picture)) return this.refuseEllipse();
    return this.alter({ shape, region: after, before: { region, after } });
  }

  refuseEllipse() {
    this.dispatchEvent(new Event("change"));
    this.dispatchEvent(new Event("edge"));
  }

  /** For all that are not locked, and for those to come. @param {string} fill */
  fillAll(fill) {
    this.fill = fill;
    const masks = this.state.masks.map((item) => (item.isLocked ? item : { ...item, fill }));
    this.change({ ...this.state, masks });
  }

  /** @param {Region | null} region */
  crop(region) {
    this.selected = region ? CROP : "";
    this.change({ ...this.state, crop: region });
  }

  // The way back

  /**
   * Steps under one `mergeKey` are one step back.
   * @param {State} state
   * @param {string} [mergeKey]
   */
  change(state, mergeKey = "") {
    if (!mergeKey || mergeKey !== this.mergeKey) this.past.push(this.state);
    this.mergeKey = mergeKey;
    this.future = [];
    this.show(state);
  }

  /** Take back what has been done under `mergeKey`, as if it had not been begun. @param {string} mergeKey */
  abandon(mergeKey) {
    if (mergeKey !== this.mergeKey) return;
    this.show(this.past.pop() ?? this.state);
    this.mergeKey = "";
  }

  undo() {
    this.step(this.past, this.future);
  }

  redo() {
    this.step(this.future, this.past);
  }

  /** @param {State[]} from @param {State[]} to */
  step(from, to) {
    const state = from.pop();
    if (!state) return;
    to.push(this.state);
    this.mergeKey = "";
    this.show(state);
  }

  /** @param {State} state */
  show(state) {
    this.state = state;
    if (!this.chosen) this.selected = "";
    this.dispatchEvent(new Event("change"));
  }

  /**
   * As the server takes it.
   * @param {Map<string, string>} reasons by finding
   * @param {Record<string, {answer: string, reason: string}>} answers
   */
  toData(reasons, answers) {
    const { masks, crop } = this.state;
    const kept = this.findings.filter((item) => this.decisionOn(item) === "kept");
    return {
      masks: masks.map(({ region, fill, shape }) => ({ region, fill, shape })),
      crop: crop && !isSame(crop, this.picture) ? crop : null,
      kept: kept.map(({ id }) => ({ finding: id, reason: (reasons.get(id) ?? "").trim() })),
      answers,
    };
  }
}
