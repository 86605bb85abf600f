/** How the patient agreed to being photographed, and why not where there was no time to ask. */

import { part } from "./page.js";
import { say } from "./words.js";

const EMERGENCY = "break-glass";
/** As the server counts: characters that can be seen. */
const SHORTEST_REASON = 10;

export class ConsentToTake {
  /**
   * @param {HTMLElement} root
   * @param {string} prefix of the hooks: data-capture- or data-import-
   * @param {(sentence: string) => void} tell
   */
  constructor(root, prefix, tell) {
    this.choice = /** @type {HTMLSelectElement} */ (part(root, `[${prefix}consent]`));
    this.emergency = part(root, `[${prefix}emergency]`);
    this.reason = /** @type {HTMLInputElement} */ (part(root, `[${prefix}reason]`));
    this.tell = tell;
  }

  start() {
    this.choice.addEventListener("change", () => this.show());
    this.show(); // a browser may have kept the choice when the page was loaded again
  }

  show() {
    this.emergency.hidden = !this.isEmergency;
  }

  get isEmergency() {
    return this.choice.value === EMERGENCY;
  }

  /** What is said about it beside a picture. */
  get facts() {
    return {
      consent_to_take: this.choice.value,
      emergency_reason: this.isEmergency ? this.reason.value.trim() : "",
    };
  }

  /** Whether a picture may be taken; if not, it is said what to do first. */
  isNoted() {
    if (!this.choice.value) return this.ask("consent-missing", this.choice);
    const letters = this.reason.value.replace(/\s/gu, "").length;
    if (this.isEmergency && letters < SHORTEST_REASON) return this.ask("reason-missing", this.reason);
    return true;
  }

  /** @param {string} word @param {HTMLElement} field */
  ask(word, field) {
    this.tell(say(word));
    field.focus();
    return false;
  }
}
