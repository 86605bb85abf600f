/** The pages of a recipient: the time zone for the mark, larger pictures, and a lease on what is shown. */

import { part, parts } from "./js/page.js";
import { Stage } from "./js/portal-stage.js";
import { SharedLease } from "./js/shared-lease.js";

for (const field of parts(document, "[data-zone]")) {
  if (field instanceof HTMLInputElement) {
    field.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  }
}
for (const stage of parts(document, "[data-stage]")) new Stage(stage).start();
for (const page of parts(document, "[data-shared]")) {
  new SharedLease(page, part(document, "#main")).start();
}
