/**
 * One slide on one element: words, and pictures that are drawn on canvases.
 *
 * A picture's bytes live in a blob for as long as it takes to draw them. Nothing names them by an
 * address that a history, a cache or a saved page could keep.
 */

/** @typedef {{ list: boolean, lines: string[] }} Block */
/** @typedef {{ id: string, caption: string }} Referred */
/** @typedef {{ title: string, text: Block[], pictures: Referred[], number: number, of: number }} Words */

/** @typedef {{ frame: HTMLElement, caption: HTMLElement, said: string }} Place */

/** A picture that is drawn, or asked for. */
const UNDER_WAY = { yes: true, asked: true };

/** @param {string} tag @param {string} name @param {string} [text] */
function made(tag, name, text = "") {
  const element = document.createElement(tag);
  element.className = name;
  element.textContent = text;
  return element;
}

/** @param {Block} block */
function asText(block) {
  if (!block.list) return made("p", "slide__paragraph", block.lines.join("\n"));
  const list = made("ul", "slide__list");
  list.append(...block.lines.map((line) => made("li", "", line)));
  return list;
}

export class Stage {
  /** @type {Map<string, Place>} */
  #places = new Map();
  #turn = 0;
  #duty = made("span", "");

  /**
   * @param {HTMLElement} root whose data say what stands beside pictures
   * @param {(picture: string) => string} address where the bytes of a picture are asked for
   */
  constructor(root, address) {
    this.root = root;
    this.address = address;
  }

  /** Put the words up, with a dark frame for each picture and no caption yet. @param {Words} words */
  set(words) {
    this.clear();
    const sheet = made("div", "slide__sheet");
    const { length } = words.pictures;
    sheet.dataset.pictures = String(length);
    if (!words.text.length) sheet.dataset.bare = "";
    if (words.title) sheet.append(made("h2", "slide__title", words.title));
    if (length) sheet.append(this.#pictures(words.pictures));
    if (words.text.length) {
      const text = made("div", "slide__text");
      text.append(...words.text.map(asText));
      sheet.append(text);
    }
    const foot = made("p", "slide__foot");
    this.#duty = made("span", "");
    foot.append(this.#duty, made("span", "slide__number", `${words.number} / ${words.of}`));
    sheet.append(foot);
    this.root.replaceChildren(sheet);
  }

  /** @param {Referred[]} pictures */
  #pictures(pictures) {
    const holder = made("div", "slide__pictures");
    for (const { id, caption } of pictures) {
      const figure = made("figure", "slide__picture");
      const frame = made("div", "slide__frame");
      const under = made("figcaption", "slide__caption");
      this.#places.set(id, { frame, caption: under, said: caption });
      figure.append(frame);
      if (caption) figure.append(under);
      holder.append(figure);
    }
    return holder;
  }

  /**
   * Let each picture be on the stage or not, as the lease says at this moment, and with it what
   * stands under it: a caption may tell as much as its picture. That the patient agreed is said
   * where one is.
   * @param {(picture: string) => boolean} permits
   */
  show(permits) {
    for (const [id, { frame, caption, said }] of this.#places) {
      const told = permits(id) ? said : "";
      if (caption.textContent !== told) caption.textContent = told;
      if (!permits(id)) this.#block(frame);
      else if (!((frame.dataset.shown ?? "") in UNDER_WAY)) void this.#draw(id, frame, permits);
    }
    const duty = [...this.#places.keys()].some(permits) ? (this.root.dataset.duty ?? "") : "";
    if (this.#duty.textContent !== duty) this.#duty.textContent = duty;
  }

  /** @param {HTMLElement} frame */
  #block(frame) {
    if (frame.dataset.shown === "no") return;
    empty(frame);
    frame.dataset.shown = "no";
    frame.append(made("p", "slide__blocked", this.root.dataset.blocked));
  }

  /** @param {string} id @param {HTMLElement} frame @param {(picture: string) => boolean} permits */
  async #draw(id, frame, permits) {
    const turn = this.#turn;
    empty(frame);
    frame.dataset.shown = "asked";
    const isStillWanted = () => turn === this.#turn && permits(id);
    const bitmap = await bitmapOf(this.address(id), isStillWanted);
    // INVARIANT: between the question and the answer the slide or the lease may have changed.
    const isWanted = turn === this.#turn && frame.dataset.shown === "asked" && permits(id);
    if (!bitmap || !isWanted) {
      bitmap?.close();
      if (turn === this.#turn && frame.dataset.shown === "asked") delete frame.dataset.shown;
      return;
    }
    const canvas = document.createElement("canvas");
    canvas.className = "slide__canvas";
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", this.root.dataset.picture ?? "");
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
    bitmap.close();
    empty(frame);
    frame.style.setProperty("--shape", String(canvas.width / canvas.height));
    frame.append(canvas);
    frame.dataset.shown = "yes";
  }

  /** Nothing is left, neither of words nor of pixels. */
  clear() {
    this.#turn += 1;
    for (const { frame } of this.#places.values()) empty(frame);
    this.#places.clear();
    this.root.replaceChildren();
  }
}

/** Take a canvas's pixels away before the canvas itself. @param {HTMLElement} frame */
function empty(frame) {
  for (const canvas of frame.querySelectorAll("canvas")) {
    canvas.width = 0;
    canvas.height = 0;
  }
  frame.replaceChildren();
  delete frame.dataset.shown;
}

/**
 * The picture, or nothing. Where a whole hall asks at once the server says *later* to some.
 * @param {string} url
 * @param {() => boolean} isStillWanted
 */
async function bitmapOf(url, isStillWanted) {
  try {
    for (;;) {
      const response = await fetch(url, { cache: "no-store", redirect: "error" });
      if (response.ok) return await createImageBitmap(await response.blob());
      if (response.status !== 503) return null;
      await new Promise((resolve) => setTimeout(resolve, 200 + 400 * Math.random()));
      if (!isStillWanted()) return null;
    }
  } catch {
    return null;
  }
}
