/** Passkeys: bringing the server's question to the device, and its answer back in a form. */

/** @param {string} text base64url @returns {ArrayBuffer} */
function asBytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0)).buffer;
}

/** @param {ArrayBuffer | null} bytes @returns {string | undefined} base64url */
function asText(bytes) {
  if (!bytes) return undefined;
  const plain = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @param {{id: string, type: "public-key"}[]} [keys] */
const withBytes = (keys = []) => keys.map((key) => ({ ...key, id: asBytes(key.id) }));

/** Whether this browser can use passkeys here at all. */
export const isPossible = () => "PublicKeyCredential" in window;

/**
 * What the device says to a question about a passkey it has.
 * @param {any} question the server's request options
 * @returns {Promise<string>} JSON for the field `credential`
 */
export async function answer(question) {
  const asked = question.publicKey;
  const credential = /** @type {PublicKeyCredential} */ (
    await navigator.credentials.get({
      publicKey: {
        ...asked,
        challenge: asBytes(asked.challenge),
        allowCredentials: withBytes(asked.allowCredentials),
      },
    })
  );
  const given = /** @type {AuthenticatorAssertionResponse} */ (credential.response);
  return asJson(credential, {
    clientDataJSON: asText(given.clientDataJSON),
    authenticatorData: asText(given.authenticatorData),
    signature: asText(given.signature),
    userHandle: asText(given.userHandle),
  });
}

/**
 * What the device says when it is asked to make a passkey.
 * @param {any} question the server's creation options
 * @param {boolean} standsAlone whether the passkey shall do without a password
 */
async function create(question, standsAlone) {
  const asked = question.publicKey;
  const credential = /** @type {PublicKeyCredential} */ (
    await navigator.credentials.create({
      publicKey: {
        ...asked,
        challenge: asBytes(asked.challenge),
        user: { ...asked.user, id: asBytes(asked.user.id) },
        excludeCredentials: withBytes(asked.excludeCredentials),
        authenticatorSelection: {
          ...asked.authenticatorSelection,
          residentKey: standsAlone ? "required" : "discouraged",
          requireResidentKey: standsAlone,
          userVerification: "required",
        },
      },
    })
  );
  const given = /** @type {AuthenticatorAttestationResponse} */ (credential.response);
  return asJson(credential, {
    clientDataJSON: asText(given.clientDataJSON),
    attestationObject: asText(given.attestationObject),
  });
}

/** @param {PublicKeyCredential} credential @param {object} response */
function asJson(credential, response) {
  return JSON.stringify({
    id: credential.id,
    rawId: asText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  });
}

/** The question for a button: from its address, or from the page. @param {HTMLElement} button */
async function questionFor(button) {
  const url = button.dataset.passkeyUrl;
  if (!url) return JSON.parse(document.getElementById("passkey-options")?.textContent ?? "{}");
  const response = await fetch(url, { headers: { Accept: "application/json" } });
  return response.json();
}

/**
 * Send `credential` with what the button's own form holds beside the password.
 * @param {HTMLButtonElement} button
 * @param {string} credential
 */
function send(button, credential) {
  const own = /** @type {HTMLFormElement} */ (button.form);
  const form = document.createElement("form");
  form.method = "post";
  form.action = button.dataset.passkeyUrl ?? location.href;
  const kept = ["csrfmiddlewaretoken", "next", "name", "passwordless"];
  const values = [...new FormData(own)].filter(([name]) => kept.includes(name));
  for (const [name, value] of [...values, ["credential", credential]]) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}

/** @param {HTMLButtonElement} button */
async function use(button) {
  const question = await questionFor(button);
  if (button.dataset.passkey === "create") {
    const box = button.form?.elements.namedItem("passwordless");
    const standsAlone = box instanceof HTMLInputElement && box.checked;
    send(button, await create(question.creation_options, standsAlone));
  } else {
    send(button, await answer(question.request_options));
  }
}

if (isPossible()) {
  for (const note of document.querySelectorAll("[data-passkey-missing]")) note.remove();
  for (const button of document.querySelectorAll("button[data-passkey]")) {
    if (!(button instanceof HTMLButtonElement)) continue;
    button.hidden = false;
    // Who closes the browser's own window has said no; the page stays as it was.
    button.addEventListener("click", () => use(button).catch(() => button.focus()));
  }
}
