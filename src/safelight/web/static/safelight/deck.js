/** The editor saves what is typed, a moment after the last letter. The form works without it. */

const QUIET_FOR = 900;

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-autosave]"));
const told = /** @type {HTMLElement | null} */ (document.querySelector("[data-autosave-told]"));

if (form && told) keep(form, told);

for (const image of document.querySelectorAll("img[data-shaped]")) {
  const picture = /** @type {HTMLImageElement} */ (image);
  if (picture.complete) shape(picture);
  else picture.addEventListener("load", () => shape(picture));
}

/** The frame takes the picture's own shape. @param {HTMLImageElement} picture */
function shape(picture) {
  if (!picture.naturalHeight) return;
  const ratio = picture.naturalWidth / picture.naturalHeight;
  picture.parentElement?.style.setProperty("--shape", String(ratio));
}

/** @param {HTMLFormElement} form @param {HTMLElement} told */
function keep(form, told) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let saved = written(form);
  let last = Promise.resolve();

  async function save() {
    const now = written(form);
    if (now === saved) return;
    told.textContent = form.dataset.saving ?? "";
    if (await sent(form, now)) {
      saved = now;
      told.textContent = form.dataset.saved ?? "";
    } else {
      told.textContent = form.dataset.unsaved ?? "";
    }
  }

  /** One after the other: an older text never overtakes a newer one. */
  const saveInTurn = () => (last = last.then(save));

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(saveInTurn, QUIET_FOR);
  });
  form.addEventListener("focusout", () => void saveInTurn());
  window.addEventListener("beforeunload", (event) => {
    if (written(form) !== saved && !isLeaving) event.preventDefault();
  });
  let isLeaving = false;
  form.addEventListener("submit", () => (isLeaving = true));
}

/** @param {HTMLFormElement} form */
function written(form) {
  const data = /** @type {any} */ (new FormData(form));
  return new URLSearchParams(data).toString();
}

/** @param {HTMLFormElement} form @param {string} body */
async function sent(form, body) {
  try {
    const response = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(body),
      headers: { Accept: "application/json" },
      redirect: "error",
    });
    if (response.status === 423) window.dispatchEvent(new Event("safelight:refused"));
    return response.ok;
  } catch {
    return false;
  }
}
