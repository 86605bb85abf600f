/** Labelling a batch: what is chosen, what is still missing, and the same as last time. */

import { part, parts } from "./js/page.js";

class LabelPage {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    this.pictures = /** @type {HTMLInputElement[]} */ (parts(form, "[data-label-photograph]"));
    this.count = part(form, "[data-label-count]");
    this.all = part(form, "[data-label-all]");
    this.same = /** @type {HTMLElement | null} */ (form.querySelector("[data-label-same]"));
    this.save = /** @type {HTMLButtonElement} */ (part(document, "[data-label-save]"));
    this.saveText = part(document, "[data-label-save-text]");
    this.views = /** @type {HTMLInputElement[]} */ (parts(form, "input[name='view']"));
  }

  start() {
    for (const type of ["change", "bodysite-change"]) {
      this.form.addEventListener(type, () => this.show());
    }
    this.all.addEventListener("click", () => this.chooseAll());
    this.same?.addEventListener("click", () => this.repeat());
    document.addEventListener("keydown", (event) => this.pressed(event));
    this.show();
  }

  get chosen() {
    return this.pictures.filter((input) => input.checked).length;
  }

  /** What has to be chosen first, in the order of the page; empty when all is there. */
  get missing() {
    const data = new FormData(this.form);
    if (!this.chosen) return "noPicture";
    if (!data.get("body_site")) return "noSite";
    if (!data.get("laterality")) return "noSide";
    return data.get("view") ? "" : "noView";
  }

  show() {
    const { chosen, missing } = this;
    const words = this.saveText.dataset;
    const ready = chosen === 1 ? words.one : words.many?.replace("#", chosen.toLocaleString());
    this.count.textContent = chosen.toLocaleString();
    this.save.disabled = Boolean(missing);
    this.saveText.textContent = (missing ? words[missing] : ready) ?? "";
  }

  /** All, or none if all are chosen already. */
  chooseAll() {
    const isAll = this.chosen === this.pictures.length;
    for (const input of this.pictures) input.checked = !isAll;
    this.show();
  }

  /** Coded words only are repeated: a description is about its own picture. */
  repeat() {
    const previous = JSON.parse(this.same?.dataset.labelPrevious ?? "{}");
    for (const name of ["view", "sensitivity"]) this.check(name, previous[name]);
    const detail = { code: previous.body_site, laterality: previous.laterality };
    part(this.form, "[data-body-map]").dispatchEvent(new CustomEvent("bodysite-set", { detail }));
    this.show();
  }

  /** @param {string} name @param {string} value */
  check(name, value) {
    const inputs = /** @type {HTMLInputElement[]} */ (parts(this.form, `input[name='${name}']`));
    for (const input of inputs) input.checked = input.value === value;
  }

  /** With Alt, so that no letter is taken from somebody who types. @param {KeyboardEvent} event */
  pressed(event) {
    if (document.querySelector("dialog[open]")) return undefined;
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") return this.submit(event);
    if (!event.altKey || event.ctrlKey || event.metaKey) return undefined;
    if (event.code === "KeyA") this.chooseAll();
    else if (event.code === "KeyS") this.same?.click();
    else if (/^Digit[1-9]$/.test(event.code)) this.views[Number(event.code.at(-1)) - 1]?.click();
    else return undefined;
    return event.preventDefault();
  }

  /** @param {KeyboardEvent} event */
  submit(event) {
    event.preventDefault();
    if (!this.save.disabled) this.form.requestSubmit(this.save);
  }
}

const form = document.querySelector("[data-label]");
if (form instanceof HTMLFormElement) new LabelPage(form).start();
