/* The small figure that shows where pictures exist.
 *
 * The links beside it say everything; here their regions light up on the drawing. A link carries
 * data-regions, data-laterality and data-count; sites of a closer view light up what opens it. */

/** Lights up where pictures exist, and lets a region lead where its link does. */
function lightUp(figure) {
  const links = [...figure.querySelectorAll("a[data-count]")];
  for (const region of figure.querySelectorAll(".bm-region")) {
    const here = links.filter((link) => covers(link, region));
    const count = here.reduce((sum, link) => sum + Number(link.dataset.count), 0);
    region.dataset.count = count;
    if (!count) continue;
    region.addEventListener("click", () => here[0].click());
    here.forEach((link) => followPointer(link, region));
  }
}

function covers(link, region) {
  const { regions, laterality } = link.dataset;
  const side = region.dataset.laterality;
  const names = regions.split(" ");
  const zoom = region.dataset.zoom;
  const shown = names.includes(region.dataset.region) || (zoom && names.some((name) => name.startsWith(`${zoom}-`)));
  return Boolean(shown) && (!side || !["left", "right"].includes(laterality) || side === laterality);
}

function followPointer(link, region) {
  for (const [event, on] of [["pointerenter", true], ["focus", true], ["pointerleave", false], ["blur", false]]) {
    link.addEventListener(event, () => region.classList.toggle("bm-region--met", on));
  }
}

for (const figure of document.querySelectorAll("[data-body-figure]")) lightUp(figure);
