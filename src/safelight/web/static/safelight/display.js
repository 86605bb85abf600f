/** A screen: waits with its code, then shows what its lease permits, and nothing else ever. */

import { Lease } from "./js/lease.js";
import { Stage } from "./js/stage.js";

const page = document.body;
const { leaseUrl = "", slideUrl = "", pictureUrl = "" } = page.dataset;
const root = /** @type {HTMLElement} */ (document.querySelector("[data-stage]"));
const told = /** @type {HTMLElement} */ (document.querySelector("[data-told]"));
const full = /** @type {HTMLButtonElement} */ (document.querySelector("[data-full]"));
const stage = new Stage(root, (picture) => `${pictureUrl}${picture}/`);
const lease = new Lease(leaseUrl, follow, darken);

/** Which slide stands on the stage, in which version; "" for none. */
let standing = "";
let wasLetIn = page.dataset.state !== "waiting";
/** @type {WakeLockSentinel | null} */
let awake = null;

/** @param {string} state */
function turnTo(state) {
  if (page.dataset.state === state) return;
  page.dataset.state = state;
  for (const card of page.querySelectorAll("[data-card]")) {
    card.toggleAttribute("hidden", /** @type {HTMLElement} */ (card).dataset.card !== state);
  }
  root.hidden = state !== "showing";
  const card = page.querySelector(`[data-card="${state}"] .display__lead`);
  told.textContent = card?.textContent ?? "";
}

function clear() {
  standing = "";
  stage.clear();
}

function darken() {
  clear();
  if (page.dataset.state === "showing") turnTo("dark");
}

/** @param {import("./js/lease.js").LeaseAnswer} answer */
function follow(answer) {
  if (answer.state === "unknown") {
    forget();
    return;
  }
  if (answer.state !== "waiting") wasLetIn = true;
  if (answer.state === "over") {
    lease.stop();
    turnTo("over");
    return;
  }
  if (answer.state !== "showing" || !answer.slide) {
    clear();
    turnTo(answer.state === "showing" ? "blank" : answer.state);
    return;
  }
  void stayAwake();
  void show(answer);
}

/** The code has run out, and a new one comes with the page; or the server knows us no more. */
function forget() {
  lease.stop();
  if (wasLetIn) turnTo("over");
  else window.location.reload();
}

/** @param {import("./js/lease.js").LeaseAnswer} answer */
async function show(answer) {
  const wanted = `${answer.slide}/${answer.version}`;
  if (standing !== wanted) {
    const words = await wordsOf();
    if (!words || !lease.holds) return; // the next answer asks again
    standing = `${words.slide}/${words.version}`;
    stage.set(words);
    turnTo("showing");
    told.textContent = words.title;
  }
  stage.show((picture) => lease.permits(picture));
}

async function wordsOf() {
  try {
    const response = await fetch(slideUrl, { cache: "no-store", redirect: "error" });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

/** A hall's screen should not fall asleep in the middle of a slide. Not every browser can. */
async function stayAwake() {
  if (awake || document.hidden || !("wakeLock" in navigator)) return;
  try {
    awake = await navigator.wakeLock.request("screen");
    awake.addEventListener("release", () => (awake = null));
  } catch {
    awake = null;
  }
}

if (document.fullscreenEnabled) {
  full.hidden = false;
  full.addEventListener("click", () => void document.documentElement.requestFullscreen());
  document.addEventListener("fullscreenchange", () => {
    full.hidden = document.fullscreenElement !== null;
  });
}

lease.start();
