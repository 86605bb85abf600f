/**
 * The idle lock, seen from the page. It warns, then hides everything behind a form that unlocks,
 * and never leaves the page: pictures that were not sent yet stay in it.
 *
 * Other scripts hear `safelight:locked` and `safelight:unlocked` at the window, and may send
 * `safelight:refused` there when the server answered 423.
 */

import { answer, isPossible } from "./passkey.js";

const WARN_BEFORE = 60_000;
const TELL_SERVER_EVERY = 60_000;
const LOOK_EVERY = 5_000;
const SIGNS_OF_LIFE = ["pointerdown", "keydown", "wheel", "touchstart"];

const idleAfter = Number(document.body.dataset.idleSeconds) * 1000;
const lockUrl = document.body.dataset.lockUrl ?? "";
const warning = /** @type {HTMLDialogElement} */ (document.querySelector("[data-idle-warning]"));
const dialog = /** @type {HTMLDialogElement} */ (document.querySelector("[data-idle-lock]"));
const form = /** @type {HTMLFormElement} */ (dialog.querySelector("form"));
const otherTabs = new BroadcastChannel("safelight-idle");
const token = csrfCookie();

let lastActive = Date.now();
let lastTold = Date.now();

/** Changes with every sign-in, and only then. */
function csrfCookie() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]*)/)?.[1] ?? "";
}

const isLocked = () => "locked" in document.documentElement.dataset;

/** @param {string} url @param {RequestInit} [options] */
async function ask(url, options = {}) {
  const headers = { Accept: "application/json", "X-CSRFToken": token };
  try {
    const response = await fetch(url, { ...options, headers, redirect: "error" });
    return { status: response.status, body: await response.json() };
  } catch {
    return { status: 0, body: {} };
  }
}

function hide() {
  if (isLocked()) return;
  document.documentElement.dataset.locked = "";
  warning.close();
  say("");
  dialog.showModal();
  window.dispatchEvent(new Event("safelight:locked"));
}

function reveal() {
  if (!isLocked()) return;
  delete document.documentElement.dataset.locked;
  lastActive = lastTold = Date.now();
  form.reset();
  dialog.close();
  window.dispatchEvent(new Event("safelight:unlocked"));
}

function lock() {
  hide();
  otherTabs.postMessage("locked");
  void ask(lockUrl, { method: "POST", keepalive: true });
}

/** Ask whether this session is still usable, and by whom; what is on the page belongs to one. */
async function check() {
  if (csrfCookie() !== token) return leave();
  const { status, body } = await ask(lockUrl);
  if (status === 401 || status === 403) leave();
  else if (body.locked) hide();
}

/** Somebody else signed in, or nobody is: nothing here may be seen any longer. */
function leave() {
  hide();
  location.reload();
}

function stayAwake() {
  if (isLocked()) return;
  lastActive = Date.now();
  if (warning.open) warning.close();
  if (lastActive - lastTold < TELL_SERVER_EVERY) return;
  lastTold = lastActive;
  otherTabs.postMessage("active");
  void check();
}

function look() {
  const left = idleAfter - (Date.now() - lastActive);
  if (isLocked()) return;
  if (left <= 0) lock();
  else if (left <= WARN_BEFORE && !warning.open) warning.show();
}

/** @param {string} sentence */
function say(sentence) {
  const place = /** @type {HTMLElement} */ (dialog.querySelector("[data-idle-error]"));
  place.textContent = sentence;
  place.hidden = sentence === "";
}

/** @param {FormData} proof */
async function unlock(proof) {
  if (csrfCookie() !== token) return leave();
  const { status, body } = await ask(form.action, { method: "POST", body: proof });
  if (status === 200) {
    otherTabs.postMessage("unlocked");
    reveal();
  } else if (status === 401 || status === 403) leave();
  else say(body.sentence ?? form.dataset.unreachable ?? "");
}

async function unlockByPasskey() {
  const { body } = await ask(form.action);
  if (!body.request_options) return say(form.dataset.noPasskey ?? "");
  const proof = new FormData(form);
  proof.set("credential", await answer(body.request_options));
  await unlock(proof);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void unlock(new FormData(form));
});
dialog.addEventListener("cancel", (event) => event.preventDefault());
// A second Escape closes a dialog whatever the page says.
dialog.addEventListener("close", () => isLocked() && dialog.showModal());
warning.querySelector("button")?.addEventListener("click", stayAwake);

const passkey = dialog.querySelector("[data-idle-passkey]");
if (passkey instanceof HTMLButtonElement && isPossible()) {
  passkey.hidden = false;
  passkey.addEventListener("click", () => unlockByPasskey().catch(() => passkey.focus()));
}

for (const sign of SIGNS_OF_LIFE) {
  document.addEventListener(sign, stayAwake, { capture: true, passive: true });
}
otherTabs.addEventListener("message", ({ data }) => {
  if (data === "locked") hide();
  else if (data === "unlocked") reveal();
  else lastActive = lastTold = Date.now();
});
window.addEventListener("safelight:refused", hide);
window.addEventListener("pageshow", (event) => event.persisted && void check());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") look();
});
document.addEventListener("htmx:responseError", (event) => {
  if (/** @type {CustomEvent} */ (event).detail.xhr.status === 423) hide();
});
setInterval(look, LOOK_EVERY);
