/** What no detector knows: each question wants its answer, and what stays visible a reason. */

import { part, parts } from "./page.js";

const SHORTEST_REASON = 3; // letters, as the server asks for

/** Whether a reason says anything. @param {string} text */
export const saysSomething = (text) => text.trim().length >= SHORTEST_REASON;

export class MaskQuestions {
  /**
   * @param {HTMLElement} root
   * @param {Record<string, {answer: string, reason: string}>} answers given before
   * @param {() => void} onChange
   */
  constructor(root, answers, onChange) {
    this.questions = parts(root, "[data-mask-question]");
    this.answers = answers;
    this.onChange = onChange;
  }

  start() {
    for (const question of this.questions) {
      const known = this.answers[this.codeOf(question)];
      for (const input of this.inputs(question)) input.checked = input.value === known?.answer;
      this.reason(question).value = known?.reason ?? "";
      question.addEventListener("input", () => this.changed(question));
      this.showReason(question);
    }
  }

  /**
   * Change what stands above. Whoever answers meanwhile finds their question where it was, so that
   * no tap hits another one.
   * @param {() => void} change
   */
  stayingInPlace(change) {
    const answered = this.questions.find((question) => question.matches(":hover, :focus-within"));
    const place = () => answered?.getBoundingClientRect().top ?? 0;
    const before = place();
    change();
    const panel = answered?.closest("[data-mask-panel]");
    if (panel) panel.scrollTop += place() - before;
  }

  /** @param {HTMLElement} question */
  codeOf = (question) => question.dataset.maskQuestion ?? "";

  /** @param {HTMLElement} question @returns {HTMLInputElement[]} */
  inputs = (question) =>
    /** @type {HTMLInputElement[]} */ (parts(question, "input[type=radio]"));

  /** @param {HTMLElement} question @returns {HTMLInputElement} */
  reason = (question) =>
    /** @type {HTMLInputElement} */ (part(question, "[data-mask-reason] input"));

  /** @param {HTMLElement} question */
  answer = (question) => this.inputs(question).find((input) => input.checked)?.value ?? "";

  /** @param {HTMLElement} question */
  changed(question) {
    this.showReason(question);
    this.onChange();
  }

  /** @param {HTMLElement} question */
  showReason(question) {
    part(question, "[data-mask-reason]").hidden = this.answer(question) !== "stays";
  }

  /** @param {HTMLElement} question */
  isOpen = (question) => {
    const answer = this.answer(question);
    return !answer || (answer === "stays" && !saysSomething(this.reason(question).value));
  };

  get open() {
    return this.questions.filter(this.isOpen);
  }

  goToOpen() {
    const [question] = this.open;
    const isReasonMissing = this.answer(question) === "stays";
    (isReasonMissing ? this.reason(question) : part(question, "input")).focus();
    question.scrollIntoView({ block: "center" });
  }

  /** @returns {Record<string, {answer: string, reason: string}>} */
  toData() {
    const given = this.questions.map((question) => {
      const answer = this.answer(question);
      const reason = answer === "stays" ? this.reason(question).value.trim() : "";
      return [this.codeOf(question), { answer, reason }];
    });
    return Object.fromEntries(given);
  }
}
