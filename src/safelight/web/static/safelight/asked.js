/** Several pictures beside one thread: another one comes to the stage, and what was typed stays. */

import { part, parts } from "./js/page.js";

/** @param {HTMLElement} root @param {HTMLElement} chosen */
function show(root, chosen) {
  const image = /** @type {HTMLImageElement} */ (part(root, "[data-viewer-image]"));
  part(root, "[data-viewer-reset]").click();
  image.src = chosen.dataset.askedPicture ?? "";
  image.alt = /** @type {HTMLImageElement} */ (chosen.querySelector("img")).alt;
  const caption = /** @type {HTMLTemplateElement} */ (part(chosen, "template"));
  part(root, "[data-asked-caption]").replaceChildren(caption.content.cloneNode(true));
  for (const button of parts(root, "[data-asked-picture]")) {
    button.toggleAttribute("aria-current", false);
  }
  chosen.setAttribute("aria-current", "true");
}

for (const root of parts(document, "[data-asked]")) {
  for (const button of parts(root, "[data-asked-picture]")) {
    button.addEventListener("click", () => show(root, button));
  }
}
