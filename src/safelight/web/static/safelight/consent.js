/** Handing over the device hides what other tabs show; and addresses that can be copied. */

import { parts } from "./js/page.js";

/** The channel of idle.js: every other tab of this browser hides behind the lock. */
const otherTabs = new BroadcastChannel("safelight-idle");

for (const form of parts(document, "[data-hand-over]")) {
  form.addEventListener("submit", () => otherTabs.postMessage("locked"));
}

for (const button of parts(document, "[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(new URL(button.dataset.copy ?? "", location.href).href);
    button.dataset.copied = "";
  });
}
