/** Files out of what was dropped on a page or chosen in it, folders and all. */

/** Droppings of operating systems; nobody means them when handing over a folder. */
const LITTER = new Set(["thumbs.db", "desktop.ini"]);

/** @typedef {{file: File, name: string}} Named */

/** @param {string} name */
const isWanted = (name) => !name.startsWith(".") && !LITTER.has(name.toLowerCase());

/** @param {FileSystemDirectoryEntry} folder @returns {Promise<FileSystemEntry[]>} */
async function entriesOf(folder) {
  const reader = folder.createReader();
  /** @type {FileSystemEntry[]} */
  const entries = [];
  // A reader gives about a hundred at a time, and an empty list at the end.
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return entries;
    entries.push(...some);
  }
}

/**
 * @param {FileSystemEntry} entry
 * @returns {AsyncGenerator<Named>}
 */
async function* filesIn(entry) {
  if (!isWanted(entry.name)) return;
  if (entry.isFile) {
    const asFile = /** @type {FileSystemFileEntry} */ (entry);
    const file = await new Promise((resolve, reject) => asFile.file(resolve, reject));
    yield { file, name: entry.fullPath.replace(/^\//, "") };
    return;
  }
  const children = await entriesOf(/** @type {FileSystemDirectoryEntry} */ (entry));
  children.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  for (const child of children) yield* filesIn(child);
}

/**
 * Every file in a drop. The entries must be taken at once: a drop is forgotten after its event.
 * @param {DataTransfer} drop
 * @returns {AsyncGenerator<Named>}
 */
export function droppedFiles(drop) {
  const entries = Array.from(drop.items, (item) => item.webkitGetAsEntry()).filter((e) => e !== null);
  return (async function* () {
    for (const entry of entries) yield* filesIn(entry);
  })();
}

/**
 * Every file that an input for files or a folder holds.
 * @param {HTMLInputElement} input
 * @returns {Named[]}
 */
export function chosenFiles(input) {
  return Array.from(input.files ?? [])
    .map((file) => ({ file, name: file.webkitRelativePath || file.name }))
    .filter(({ name }) => name.split("/").every(isWanted));
}
