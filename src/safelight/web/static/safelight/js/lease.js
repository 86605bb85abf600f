/**
 * A lease: what may be on the screen, and until when. It is asked for again and again; when it says
 * no, or runs out because no answer came, `onDark` is called at once.
 *
 * A lease counts from the moment at which it was asked for, by two clocks: one that never goes back,
 * and one that goes on while the machine sleeps. Whichever says that it is over is right.
 */

const ASK_EVERY = 1_500;
const LOOK_EVERY = 250;
const STALLED_AFTER = 3_000;

/**
 * @typedef {object} LeaseAnswer
 * @property {string} state
 * @property {number} for milliseconds from when it was asked for
 * @property {string | null} slide
 * @property {number} version
 * @property {[string, boolean][]} pictures
 */

export class Lease {
  /** @type {LeaseAnswer | null} */
  #answer = null;
  #asked = { steady: 0, wall: 0 };
  #isAsking = false;
  #ended = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #end;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #next;

  /**
   * @param {string} url
   * @param {(answer: any) => void} onAnswer with each answer that came in time
   * @param {() => void} onDark whatever is shown has to go, now
   */
  constructor(url, onAnswer, onDark) {
    this.url = url;
    this.onAnswer = onAnswer;
    this.onDark = onDark;
  }

  start() {
    setInterval(() => this.#look(), LOOK_EVERY);
    // A page that nobody sees, that is frozen or left, shows nothing to whoever comes back to it.
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.#darken();
      else void this.ask();
    });
    document.addEventListener("freeze", () => this.#darken());
    window.addEventListener("pagehide", () => this.#darken());
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) this.#darken();
    });
    window.addEventListener("offline", () => this.#look());
    void this.ask();
  }

  /** No more questions: what was to be shown is over. */
  stop() {
    this.#ended = true;
    clearTimeout(this.#next);
    this.#darken();
  }

  /** Whether something may be shown at this very moment. */
  get holds() {
    return this.#left() > 0;
  }

  /** Whether this picture may be on the screen at this very moment. @param {string} picture */
  permits(picture) {
    const listed = this.#answer?.pictures ?? [];
    return this.holds && listed.some(([id, may]) => id === picture && may);
  }

  #left() {
    if (!this.#answer || document.hidden) return 0;
    const steady = performance.now() - this.#asked.steady;
    const wall = Date.now() - this.#asked.wall;
    return this.#answer.for - Math.max(steady, wall);
  }

  #look() {
    if (this.#answer && this.#left() <= 0) this.#darken();
  }

  #darken() {
    this.#answer = null;
    clearTimeout(this.#end);
    this.onDark();
  }

  /** Ask now, and again a little later. Of two questions the later one counts. */
  async ask() {
    if (this.#isAsking || this.#ended) return;
    this.#isAsking = true;
    clearTimeout(this.#next);
    const asked = { steady: performance.now(), wall: Date.now() };
    const answer = await this.#fetched();
    this.#isAsking = false;
    if (this.#ended) return;
    if (answer) this.#take(answer, asked);
    this.#next = setTimeout(() => void this.ask(), ASK_EVERY);
  }

  async #fetched() {
    try {
      const response = await fetch(this.url, {
        cache: "no-store",
        redirect: "error",
        headers: { Accept: "application/json" },
        signal: AbortSignal.timeout(STALLED_AFTER),
      });
      if (response.status === 423) window.dispatchEvent(new Event("safelight:refused"));
      return response.ok ? await response.json() : null;
    } catch {
      return null; // no answer renews nothing: the lease runs out by itself
    }
  }

  /** @param {LeaseAnswer} answer @param {{ steady: number, wall: number }} asked */
  #take(answer, asked) {
    this.#answer = answer.for > 0 ? answer : null; // a no is no lease, and cannot run out
    this.#asked = asked;
    clearTimeout(this.#end);
    const left = this.#left();
    if (answer.for > 0 && left <= 0) {
      this.#darken(); // it came too late
      return;
    }
    if (left > 0) this.#end = setTimeout(() => this.#look(), left);
    this.onAnswer(answer);
  }
}
