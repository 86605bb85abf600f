/** The sentences of a page. They stand in its template, so that they are translated with it. */

const template = document.querySelector("template[data-words]");
const book = template instanceof HTMLTemplateElement ? template.content : null;

/**
 * The sentence under `key`, with its {names} filled in; empty if the page has none.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function say(key, values = {}) {
  const text = book?.querySelector(`[data-word="${key}"]`)?.textContent ?? "";
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/**
 * The sentence for so many: the page has `key-other`, and `key-one` and so on where they differ.
 * @param {string} key
 * @param {number} count
 */
export function sayCount(key, count) {
  const form = new Intl.PluralRules(document.documentElement.lang || "en").select(count);
  const values = { count: count.toLocaleString(document.documentElement.lang || undefined) };
  return say(`${key}-${form}`, values) || say(`${key}-other`, values);
}
