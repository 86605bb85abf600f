/** What a script adds to the patient's pages. Without it every page works, only less quickly. */

import { parts } from "./js/page.js";
import { saveAsChosen } from "./js/portal-saving.js";
import { Stage } from "./js/portal-stage.js";
import { ReadAloud } from "./js/read-aloud.js";
import { Signature } from "./js/signature.js";

for (const form of parts(document, "form[data-saves]")) {
  if (form instanceof HTMLFormElement) saveAsChosen(form);
}
for (const stage of parts(document, "[data-stage]")) new Stage(stage).start();
for (const text of parts(document, "[data-aloud]")) new ReadAloud(text).start();
for (const form of parts(document, "[data-signature]")) new Signature(form).start();
