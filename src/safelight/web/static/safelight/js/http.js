/** Talking to our own server, and to nobody else. No answer at all is an answer with status 0. */

const STALLED_AFTER = 45_000;

/**
 * @typedef {object} Answer
 * @property {number} status HTTP status, 0 when nothing came back
 * @property {Record<string, any>} body what the JSON said, empty if it was none
 * @property {number | null} offset where the next byte belongs, if the server said so
 */

/**
 * The token of the session in which this page was opened, never a later one from a cookie: when
 * somebody else has signed in since, what this page sends must not go under their name.
 */
export function csrfToken() {
  const field = document.querySelector("input[name='csrfmiddlewaretoken']");
  return field instanceof HTMLInputElement ? field.value : "";
}

/** @type {Answer} */
const NOTHING = { status: 0, body: {}, offset: null };

/** @param {string | null} text */
function asOffset(text) {
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}

/** @param {string} text */
function asObject(text) {
  try {
    const value = JSON.parse(text);
    return value !== null && typeof value === "object" ? value : {};
  } catch {
    return {};
  }
}

/** A locked session is the whole page's business: idle.js hides it. @param {Answer} answer */
function noticed(answer) {
  if (answer.status === 423) window.dispatchEvent(new Event("safelight:refused"));
  return answer;
}

/**
 * Send the bytes of `blob`, telling how many have gone. A connection that stands still is cut.
 * @param {string} url
 * @param {Blob} blob
 * @param {Record<string, string>} headers
 * @param {(sent: number) => void} onProgress
 * @returns {Promise<Answer>}
 */
export function put(url, blob, headers, onProgress) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    let timer = setTimeout(() => request.abort(), STALLED_AFTER);
    request.upload.onprogress = (event) => {
      clearTimeout(timer);
      timer = setTimeout(() => request.abort(), STALLED_AFTER);
      onProgress(event.loaded);
    };
    request.onloadend = () => {
      clearTimeout(timer);
      resolve(request.status === 0 ? NOTHING : noticed(answerOf(request)));
    };
    request.open("PUT", url);
    const own = { Accept: "application/json", "X-CSRFToken": csrfToken() };
    for (const [name, value] of Object.entries({ ...own, ...headers })) {
      request.setRequestHeader(name, value);
    }
    request.send(blob);
  });
}

/** @param {XMLHttpRequest} request @returns {Answer} */
function answerOf(request) {
  const offset = asOffset(request.getResponseHeader("Upload-Offset"));
  return { status: request.status, body: asObject(request.responseText), offset };
}

/**
 * @param {string} url
 * @param {RequestInit} options
 * @returns {Promise<Answer>}
 */
async function ask(url, options) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), STALLED_AFTER);
  try {
    const response = await fetch(url, {
      ...options,
      cache: "no-store",
      redirect: "error",
      signal: controller.signal,
    });
    const body = asObject(await response.text());
    const offset = asOffset(response.headers.get("Upload-Offset"));
    return noticed({ status: response.status, body, offset });
  } catch {
    return NOTHING;
  } finally {
    clearTimeout(timer);
  }
}

/** @param {string} url */
export const head = (url) =>
  ask(url, { method: "HEAD", headers: { Accept: "application/json" } });

/**
 * @param {string} url
 * @param {Blob | object} content a blob under its own type, anything else as JSON
 */
export function post(url, content) {
  const isBlob = content instanceof Blob;
  return ask(url, {
    method: "POST",
    body: isBlob ? content : JSON.stringify(content),
    headers: {
      Accept: "application/json",
      "Content-Type": isBlob ? content.type : "application/json",
      "X-CSRFToken": csrfToken(),
    },
  });
}

/**
 * Whether an answer may only have come at a bad moment: no network, a busy or full server, or
 * nobody signed in just now.
 * @param {Answer} answer
 */
export const isPassing = ({ status }) =>
  status === 0 || status === 401 || status === 408 || status === 429 || status >= 500;
