/** The parts of a page that its script holds on to. */

/**
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {HTMLElement}
 */
export function part(root, selector) {
  const found = root.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`This page has no ${selector}`);
  return found;
}

/** @param {ParentNode} root @param {string} selector @returns {HTMLElement[]} */
export const parts = (root, selector) => Array.from(root.querySelectorAll(selector));

/** A copy of the one element in a template. @param {ParentNode} root @param {string} selector */
export function copyOf(root, selector) {
  const template = /** @type {HTMLTemplateElement} */ (part(root, selector));
  return part(document.importNode(template.content, true), "*");
}

/**
 * What is chosen in the lists under a picture page beside the consent, as it is now.
 * @param {ParentNode} root
 * @param {string} prefix of the lists' hooks: data-capture- or data-import-
 */
export function chosenFacts(root, prefix) {
  /** @param {string} name */
  const value = (name) =>
    /** @type {HTMLSelectElement} */ (part(root, `[${prefix}${name}]`)).value;
  return {
    sensitivity: value("sensitivity"),
    encounter: value("encounter"),
  };
}

/**
 * Ask before the page is left, for as long as `isNeeded` says so.
 * @param {() => boolean} isNeeded
 */
export function warnBeforeLeaving(isNeeded) {
  window.addEventListener("beforeunload", (event) => {
    if (isNeeded()) event.preventDefault();
  });
}

/**
 * Whether a key is for whoever types, or for a dialog that lies over the page, and not for the page.
 * @param {KeyboardEvent} event
 */
export function isForSomethingElse(event) {
  const target = /** @type {Element} */ (event.target);
  return Boolean(target.closest("dialog, input, select, textarea, [contenteditable]"));
}

/** Panels that open from a button, for browsers that have no popovers yet (Safari 16). */
export function openPopoversByHand() {
  if ("popover" in HTMLElement.prototype) return;
  for (const panel of parts(document, "[popover]")) panel.hidden = true;
  for (const button of parts(document, "[popovertarget]")) {
    button.addEventListener("click", () => {
      const panel = document.getElementById(button.getAttribute("popovertarget") ?? "");
      const isHiding = button.getAttribute("popovertargetaction") === "hide";
      if (panel) panel.hidden = isHiding || !panel.hidden;
    });
  }
}
