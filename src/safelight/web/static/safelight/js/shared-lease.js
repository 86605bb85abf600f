/**
 * What stands on the screen stands there on a lease: it is asked for again and again. A no takes it
 * away for good; where no answer comes in time it is dark until one does. Nothing is shown on trust.
 */

/** How often a picture that did not come is asked for again; while many are on their way it is put off. */
const MOST_TRIES = 5;

/** Milliseconds: later from one try to the next, and not all pictures at once. @param {number} tries */
const pause = (tries) => 700 * tries + 600 * Math.random();

export class SharedLease {
  /** @param {HTMLElement} page @param {HTMLElement} main */
  constructor(page, main) {
    this.page = page;
    this.main = main;
    this.lease = Number(page.dataset.leaseSeconds) * 1000;
    this.renewedAt = performance.now();
    this.isOver = false;
    /** @type {Map<HTMLImageElement, number>} */
    this.tries = new Map();
    const template = /** @type {HTMLTemplateElement} */ (
      document.querySelector("template[data-nothing-open]")
    );
    this.card = document.createElement("div");
    this.card.append(document.importNode(template.content, true));
  }

  start() {
    // Twice in each lease, so that one lost answer does not end it.
    setInterval(() => void this.renew(), this.lease / 2);
    setInterval(() => this.expire(), 250);
    document.addEventListener("visibilitychange", () => void this.renew());
    for (const image of this.images()) {
      image.addEventListener("error", () => this.again(image));
      image.addEventListener("load", () => this.tries.delete(image));
      // It may have failed before anybody listened.
      if (image.complete && !image.naturalWidth) this.again(image);
    }
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) location.reload();
    });
  }

  /** @returns {HTMLImageElement[]} */
  images() {
    return Array.from(this.page.querySelectorAll("img[data-stage-image]"));
  }

  /**
   * A picture did not come: it is over, or it was put off. The lease tells of an end; else it is
   * asked for again, a few times.
   * @param {HTMLImageElement} image
   */
  again(image) {
    void this.renew();
    const tries = (this.tries.get(image) ?? 0) + 1;
    if (tries > MOST_TRIES) return;
    this.tries.set(image, tries);
    setTimeout(() => {
      const address = image.getAttribute("src");
      if (!this.isOver && image.isConnected && address) image.src = address;
    }, pause(tries));
  }

  async renew() {
    if (this.isOver) return;
    const asked = performance.now();
    const shown = await this.ask();
    if (shown === null || this.isOver) return;
    if (!shown.length) {
      this.end();
      return;
    }
    for (const item of this.page.querySelectorAll("[data-shared-picture]")) {
      if (item instanceof HTMLElement && !shown.includes(item.dataset.sharedPicture ?? "")) {
        item.remove();
      }
    }
    this.renewedAt = asked;
    this.lighten();
  }

  /**
   * The pictures that may be shown, none of them after a no; null when nothing came back.
   * @returns {Promise<string[] | null>}
   */
  async ask() {
    try {
      const response = await fetch(this.page.dataset.shownUrl ?? "", {
        cache: "no-store",
        redirect: "error",
        signal: AbortSignal.timeout(this.lease),
      });
      if (response.status === 404) return [];
      return response.ok ? (await response.json()).pictures : null;
    } catch {
      return null;
    }
  }

  expire() {
    if (!this.isOver && performance.now() - this.renewedAt > this.lease) this.darken();
  }

  /** Dark, with the pictures let go; what was typed stays where it is. */
  darken() {
    if (this.page.hidden) return;
    this.page.hidden = true;
    for (const image of this.images()) {
      image.dataset.from = image.getAttribute("src") ?? "";
      image.removeAttribute("src");
    }
    this.main.prepend(this.card);
  }

  lighten() {
    if (!this.page.hidden) return;
    this.tries.clear();
    for (const image of this.images()) image.src = image.dataset.from ?? "";
    this.card.remove();
    this.page.hidden = false;
  }

  end() {
    this.isOver = true;
    this.main.replaceChildren(this.card);
    document.querySelector(".portal__foot")?.remove();
    this.main.focus();
  }
}
