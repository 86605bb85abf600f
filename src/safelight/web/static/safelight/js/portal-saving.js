/** Each answer is kept as soon as it is given, so that nothing is lost when the page is left. */

import { part } from "./page.js";

/** @param {HTMLFormElement} form whose element with data-saved says that an answer was kept */
export function saveAsChosen(form) {
  const told = part(form, "[data-saved]");
  form.addEventListener("change", async (event) => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement) || !field.checked) return;
    told.textContent = "";
    told.textContent = await sent(form, field);
  });
}

/**
 * What the server says when it has kept the answer; nothing if it could not, for then the whole
 * form goes with the next step anyway.
 * @param {HTMLFormElement} form
 * @param {HTMLInputElement} field
 */
async function sent(form, field) {
  const token = part(form, "input[name='csrfmiddlewaretoken']");
  const body = new URLSearchParams({ [field.name]: field.value });
  if (token instanceof HTMLInputElement) body.set(token.name, token.value);
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
      redirect: "error",
      cache: "no-store",
    });
    return answer.ok ? String((await answer.json()).sentence) : "";
  } catch {
    return "";
  }
}
