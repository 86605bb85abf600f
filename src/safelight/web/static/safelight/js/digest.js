/** SHA-256 of a picture, as the server's word is checked against. */

/** @type {Promise<unknown>} */
let turn = Promise.resolve();

/**
 * One picture at a time: while it is hashed it lies in memory as a whole.
 * @param {Blob} blob
 * @returns {Promise<Uint8Array>}
 */
export function sha256(blob) {
  const mine = turn.then(async () => {
    const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
    return new Uint8Array(digest);
  });
  turn = mine.catch(() => undefined);
  return mine;
}

/** @param {Uint8Array} bytes */
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** @param {Uint8Array} bytes */
export const base64 = (bytes) => btoa(String.fromCharCode(...bytes));
