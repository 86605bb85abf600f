/** Waiting for things to become better: the network, the lock, the server. */

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
const LOOK_AT_LOCK_EVERY = 60_000;

/** @param {number} ms */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * How long to wait before trying for the n-th time again, in ms. Doubles, and differs from phone to
 * phone, so that a ward does not come back all at once.
 * @param {number} attempt counted from 0
 */
export function backoff(attempt) {
  const full = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** attempt);
  return full * (0.5 + Math.random() / 2);
}

/**
 * Until `type` happens at the window, or `ms` have passed.
 * @param {string} type
 * @param {number} ms
 * @returns {Promise<void>}
 */
function eventOr(type, ms) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    window.addEventListener(type, done, { once: true });
    function done() {
      clearTimeout(timer);
      window.removeEventListener(type, done);
      resolve();
    }
  });
}

/** Until the network is likely back: as soon as the browser says so, else after a growing pause.
 * @param {number} attempt
 */
export const untilReachable = (attempt) => eventOr("online", backoff(attempt));

/** Until the session is unlocked here. It may be unlocked in another tab, so look again sometimes. */
export const untilUnlocked = () => eventOr("safelight:unlocked", LOOK_AT_LOCK_EVERY);
