/** The speaker's view: this slide, the next, notes, time, screens; by key, remote control or touch. */

import { csrfToken } from "./js/http.js";
import { Lease } from "./js/lease.js";
import { Stage } from "./js/stage.js";

const page = /** @type {HTMLElement} */ (document.querySelector("[data-speaker]"));
const { nowUrl = "", slidesUrl = "", turnUrl = "", pictureUrl = "", lectureUrl = "" } = page.dataset;

/** @param {string} name */
const part = (name) => /** @type {HTMLElement} */ (page.querySelector(`[data-${name}]`));

const current = new Stage(part("current"), (picture) => `${pictureUrl}${picture}/`);
const following = new Stage(part("following"), (picture) => `${pictureUrl}${picture}/?small`);
const lease = new Lease(nowUrl, follow, darken);

const LONGEST = 4000; // ms that one word waits for an answer before the next is sent

/** @type {any[]} */
let slides = [];
let version = -1;
let shown = "";
let isBlank = false;
let endsAt = 0; // by performance.now()
/** The slide that was asked for last, before the server has said so. */
let wanted = "";
/** Whether the screens are to be dark, as it was asked for last. */
let wantsBlank = false;
/** What was asked for goes out one after the other, so that the last word counts. */
let sending = Promise.resolve();
let waiting = 0;

function darken() {
  shown = "";
  current.clear();
  following.clear();
  part("told").textContent = page.dataset.out ?? "";
}

/** @param {any} answer */
async function follow(answer) {
  if (answer.state === "over") {
    lease.stop();
    window.location.assign(lectureUrl);
    return;
  }
  endsAt = performance.now() + answer.left;
  isBlank = answer.state === "blank";
  if (!waiting) wantsBlank = isBlank;
  tellScreens(answer.screens);
  part("told").textContent = answer.begun ? "" : (page.dataset.rehearsal ?? "");
  part("blanked").hidden = !isBlank;
  part("blank").setAttribute("aria-pressed", String(isBlank));
  if (version !== answer.version && !(await readSlides())) return;
  show(answer.slide);
}

async function readSlides() {
  try {
    const response = await fetch(slidesUrl, { cache: "no-store", redirect: "error" });
    if (!response.ok) return false;
    const deck = await response.json();
    slides = deck.slides;
    version = deck.version;
    shown = "";
    return true;
  } catch {
    return false;
  }
}

/** @param {string} slide */
const placeOf = (slide) => slides.findIndex((item) => item.slide === slide);

/** @param {string} slide */
function show(slide) {
  const place = placeOf(slide);
  if (place < 0) return;
  wanted = slide;
  if (shown !== slide) {
    shown = slide;
    const next = slides[place + 1];
    current.set(slides[place]);
    if (next) following.set(next);
    else following.clear();
    part("last").hidden = Boolean(next);
    part("following").hidden = !next;
    part("notes").textContent = slides[place].notes;
    part("notes").scrollTop = 0;
  }
  current.show((picture) => lease.permits(picture));
  following.show((picture) => lease.permits(picture));
}

/** @param {{ name: string, there: boolean }[]} screens */
function tellScreens(screens) {
  const lines = screens.map(({ name, there }) => {
    const line = document.createElement("li");
    line.textContent = there ? name : `${name} (${page.dataset.lost})`;
    return line;
  });
  if (!lines.length) {
    const none = document.createElement("li");
    none.className = "soft";
    none.textContent = page.dataset.none ?? "";
    lines.push(none);
  }
  part("screens").replaceChildren(...lines);
}

/** @param {Record<string, string>} what */
function turn(what) {
  waiting += 1;
  sending = sending.then(() => send(what)).then(() => void lease.ask());
}

/** @param {Record<string, string>} what */
async function send(what) {
  try {
    await fetch(turnUrl, {
      method: "POST",
      body: new URLSearchParams(what),
      headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
      redirect: "error",
      signal: AbortSignal.timeout(LONGEST),
    });
  } catch {
    // the lease tells that there is no word from the server
  } finally {
    waiting -= 1;
  }
}

/** @param {number} place */
function goTo(place) {
  const next = slides[place];
  if (!next) return;
  wanted = next.slide;
  turn({ slide: next.slide });
}

/** @param {number} by */
const step = (by) => goTo(placeOf(wanted || shown) + by);

function blank() {
  wantsBlank = !wantsBlank;
  turn({ blank: wantsBlank ? "yes" : "no" });
}

/** What keys and remote controls send. @type {Record<string, () => void>} */
const KEYS = {
  ArrowRight: () => step(1),
  ArrowDown: () => step(1),
  PageDown: () => step(1),
  " ": () => step(1),
  ArrowLeft: () => step(-1),
  ArrowUp: () => step(-1),
  PageUp: () => step(-1),
  Home: () => goTo(0),
  End: () => goTo(slides.length - 1),
  b: blank,
  B: blank,
  ".": blank,
};

document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const hasOwnUse = target.closest("button, a, dialog, input, [data-notes]") && event.key === " ";
  const isScrolling = target.closest(".speaker__notes") && event.key.startsWith("Arrow");
  if (event.ctrlKey || event.metaKey || event.altKey || hasOwnUse || isScrolling) return;
  if ("locked" in document.documentElement.dataset || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});

part("on").addEventListener("click", () => step(1));
part("back").addEventListener("click", () => step(-1));
part("blank").addEventListener("click", blank);

/** @param {number} milliseconds */
function asClock(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = `${String(seconds % 60).padStart(2, "0")}`;
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

const clock = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "short" });

setInterval(() => {
  part("clock").textContent = clock.format(new Date());
  if (endsAt) part("left").textContent = asClock(endsAt - performance.now());
}, 1000);

lease.start();
