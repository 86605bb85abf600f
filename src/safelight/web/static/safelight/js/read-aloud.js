/**
 * Reads a page to whoever would rather listen, one paragraph after the other.
 *
 * Only with a voice of the device itself: any other sends what it speaks to somebody's server.
 */

import { part, parts } from "./page.js";

const READABLE = "h1, h2, p, li, legend, .yes-no > span";
const QUIET = "[data-aloud-tools], [data-aloud-tools] *, [hidden], [hidden] *, .visually-hidden";

export class ReadAloud {
  /** @param {HTMLElement} text */
  constructor(text) {
    this.text = text;
    this.place = 0;
    this.isSpeaking = false;
    /** @type {SpeechSynthesisUtterance | null} */
    this.words = null;
  }

  start() {
    if (!("speechSynthesis" in window) || !this.text.querySelector("[data-aloud-tools]")) return;
    this.tools = part(this.text, "[data-aloud-tools]");
    this.playing = part(this.tools, "[data-aloud-start]");
    this.pausing = part(this.tools, "[data-aloud-pause]");
    this.stopping = part(this.tools, "[data-aloud-stop]");
    this.playing.addEventListener("click", () => this.speak());
    this.pausing.addEventListener("click", () => this.rest());
    this.stopping.addEventListener("click", () => this.stop());
    window.addEventListener("pagehide", () => speechSynthesis.cancel());
    speechSynthesis.addEventListener("voiceschanged", () => this.offer());
    this.offer();
  }

  /** The device's own voice for the page's language. */
  get voice() {
    const language = document.documentElement.lang.split("-")[0];
    return speechSynthesis
      .getVoices()
      .find((voice) => voice.localService && voice.lang.split(/[-_]/)[0] === language);
  }

  offer() {
    if (this.tools) this.tools.hidden = !this.voice;
  }

  /** The parts that are read, outermost first, none twice. */
  get paragraphs() {
    const found = parts(this.text, READABLE).filter((item) => !item.matches(QUIET));
    return found.filter((item) => !found.some((other) => other !== item && other.contains(item)));
  }

  speak() {
    speechSynthesis.cancel();
    this.isSpeaking = true;
    this.show();
    this.next();
    this.pausing?.focus();
  }

  /** A paragraph at a time: long texts are cut off by some browsers. */
  next() {
    const paragraph = this.paragraphs[this.place];
    if (!paragraph || !this.voice) return this.stop();
    this.mark(paragraph);
    const words = new SpeechSynthesisUtterance(paragraph.innerText);
    words.voice = this.voice;
    words.lang = this.voice.lang;
    words.rate = 0.9;
    // What was cut off ends as well, and some browsers say so late.
    words.onend = () => {
      if (!this.isSpeaking || this.words !== words) return;
      this.place += 1;
      this.next();
    };
    this.words = words;
    speechSynthesis.speak(words);
  }

  rest() {
    this.isSpeaking = false;
    this.words = null;
    speechSynthesis.cancel();
    this.show();
    this.playing?.focus();
  }

  stop() {
    this.place = 0;
    this.mark(null);
    this.rest();
  }

  /** @param {HTMLElement | null} paragraph */
  mark(paragraph) {
    for (const item of parts(this.text, ".is-spoken")) item.classList.remove("is-spoken");
    paragraph?.classList.add("is-spoken");
    paragraph?.scrollIntoView({ block: "nearest" });
  }

  show() {
    const { playing, pausing, stopping } = this;
    if (!playing || !pausing || !stopping) return;
    playing.hidden = this.isSpeaking;
    pausing.hidden = !this.isSpeaking;
    stopping.hidden = !this.isSpeaking && this.place === 0;
  }
}
