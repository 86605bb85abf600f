/* The body map: tap a region or search, and the form's fields say where the picture was taken.
 *
 * The fields `body_site` (SNOMED CT code) and `laterality` are plain form controls and stay the only
 * state; this module shows them as a map. Every choice is announced by a `bodysite-change` event
 * with detail {code, display, label, laterality}; an empty laterality means a side is still owed.
 * A `bodysite-set` event with detail {code, laterality} sent to the map sets it from outside.
 *
 * Regions carry data-region, data-site and data-laterality (the patient's own side). */

const SIDES = ["left", "right", "bilateral"];
const SIDE_WORDS = { left: "left", right: "right", l: "left", r: "right", both: "bilateral", bilateral: "bilateral" };
const SHOWN = 8;

const words = (text) =>
  text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean);

const beginAWord = (wanted, list) => wanted.every((start) => list.some((word) => word.startsWith(start)));

function distance(name, wanted) {
  if (name.join(" ") === wanted.join(" ")) return 0;
  if (name.join(" ").startsWith(wanted.join(" "))) return 1;
  return beginAWord(wanted, name) ? 2 : Infinity;
}

/** How far a site is from the words looked for: 0 for its whole name, Infinity for none. */
function rank(site, wanted) {
  const near = Math.min(...site.names.map((name, i) => 2 * distance(name, wanted) + (i > 0 ? 1 : 0)));
  return Math.min(near, beginAWord(wanted, site.names.flat()) ? 98 : Infinity);
}

/** What a reader typed: sites, best first, and the side if a word for one was among them. */
export function find(sites, text) {
  const typed = words(text);
  const laterality = typed.map((word) => SIDE_WORDS[word]).find(Boolean) ?? "";
  const wanted = typed.filter((word) => !SIDE_WORDS[word]);
  if (!wanted.length) return { laterality, found: [] };
  const found = sites
    .map((site) => ({ site, rank: rank(site, wanted) }))
    .filter((entry) => entry.rank < Infinity)
    .sort((a, b) => a.rank - b.rank || a.site.display.length - b.site.display.length)
    .map((entry) => entry.site);
  return { laterality, found };
}

/** The side to record for a site when `laterality` was meant; empty when the site still needs one. */
export function settle(site, laterality) {
  if (site.laterality === "midline") return "not_applicable";
  if (SIDES.includes(laterality)) return laterality;
  return site.laterality === "spanning" ? "not_applicable" : "";
}

function readSites(root) {
  const rows = JSON.parse(root.querySelector("script[type='application/json']").textContent);
  return rows.map((row) => ({ ...row, names: [row.display, ...row.search].map(words) }));
}

const center = (element) => {
  const box = element.getBoundingClientRect();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
};

/** The nearest other region in the direction of an arrow key. */
function neighbour(from, regions, key) {
  const along = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  const start = center(from);
  let best = null;
  let least = Infinity;
  for (const region of regions) {
    const { x, y } = center(region);
    const ahead = (x - start.x) * along[0] + (y - start.y) * along[1];
    const aside = Math.abs((x - start.x) * along[1]) + Math.abs((y - start.y) * along[0]);
    if (region !== from && ahead > 4 && ahead + 2 * aside < least) {
      least = ahead + 2 * aside;
      best = region;
    }
  }
  return best;
}

class BodyMap {
  constructor(root) {
    const part = (name) => root.querySelector(`[data-bm-${name}]`);
    this.root = root;
    this.field = part("site");
    this.sides = part("sides");
    this.chosen = part("chosen");
    this.caption = part("caption");
    this.also = part("also");
    this.alsoList = part("also-list");
    this.closer = part("closer");
    this.tabs = [...root.querySelectorAll("[role='tab']")];
    this.panels = [...root.querySelectorAll("[role='tabpanel']")];
    this.regions = [...root.querySelectorAll(".bm-region")];
    this.sites = readSites(root);
    this.byCode = new Map(this.sites.map((site) => [site.code, site]));
  }

  start() {
    this.root.querySelector("[data-bm-plain]").hidden = true;
    for (const part of this.root.querySelectorAll("[data-bm-enhanced]")) part.hidden = false;
    this.regions.forEach((region) => this.prepare(region));
    this.tabs.forEach((tab) => this.listenToTab(tab));
    this.sides.addEventListener("change", () => this.changed());
    this.closer.addEventListener("click", () => this.look(this.closer.dataset.view, true));
    this.root.addEventListener("bodysite-set", (event) => this.set(event.detail));
    this.field.form?.addEventListener("reset", () => setTimeout(() => this.show()));
    new Search(this).start();
    this.reveal(this.site, this.laterality);
    this.show();
  }

  get site() {
    return this.byCode.get(this.field.value) ?? null;
  }

  get laterality() {
    return this.sides.querySelector("input:checked")?.value ?? "";
  }

  set laterality(value) {
    for (const input of this.sides.querySelectorAll("input")) input.checked = input.value === value;
  }

  /** "Left forearm, front"; the patterns come translated from the page. */
  label(site, laterality) {
    const pattern = this.root.dataset[`label${laterality.charAt(0).toUpperCase()}${laterality.slice(1)}`];
    if (!pattern) return site.display;
    const inside = site.display.charAt(0).toLocaleLowerCase() + site.display.slice(1);
    return pattern.replace("{Site}", site.display).replace("{site}", inside);
  }

  prepare(region) {
    const site = this.byCode.get(region.dataset.site);
    region.setAttribute("role", "button");
    region.setAttribute("tabindex", "-1");
    region.setAttribute("aria-label", this.label(site, region.dataset.laterality ?? ""));
    region.addEventListener("click", () => this.tap(region));
    region.addEventListener("keydown", (event) => this.pressed(event, region));
    region.addEventListener("focus", () => this.ring(region));
    region.addEventListener("blur", () => this.ring(null, region));
    region.addEventListener("pointerenter", () => this.say(region));
    region.addEventListener("pointerleave", () => this.say(null));
  }

  pressed(event, region) {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.tap(region);
    } else if (event.key.startsWith("Arrow")) {
      event.preventDefault();
      neighbour(region, this.inView(region), event.key)?.focus();
    }
  }

  inView(region) {
    return [...region.closest("[role='tabpanel']").querySelectorAll(".bm-region")];
  }

  tap(region) {
    this.choose(this.byCode.get(region.dataset.site), region.dataset.laterality ?? "");
    this.ring(document.activeElement === region ? region : null, region);
  }

  set({ code, laterality }) {
    const site = this.byCode.get(code);
    if (site) this.find(site, laterality);
  }

  /** A choice made away from the map: turn the map to it. */
  find(site, laterality) {
    this.reveal(site, settle(site, laterality));
    this.choose(site, laterality);
  }

  choose(site, laterality) {
    this.field.value = site.code;
    this.laterality = settle(site, laterality);
    this.changed();
  }

  changed() {
    const site = this.site;
    this.show();
    if (!site) return;
    const detail = { code: site.code, display: site.display, label: this.label(site, this.laterality), laterality: this.laterality };
    this.root.dispatchEvent(new CustomEvent("bodysite-change", { bubbles: true, detail }));
  }

  show() {
    const site = this.site;
    const owed = site !== null && this.laterality === "";
    this.regions.forEach((region) => this.mark(region, site));
    this.panels.forEach((panel) => this.oneTabStop(panel));
    this.chosen.textContent = site ? this.label(site, this.laterality) : this.root.dataset.nothing;
    if (owed) this.chosen.textContent += `: ${this.root.dataset.whichSide}`;
    this.chosen.classList.toggle("bm-chosen--none", !site);
    this.root.classList.toggle("bm--owed", owed);
    this.showSides(site);
    this.showAlso(site);
    this.showCloser(site);
  }

  mark(region, site) {
    const side = region.dataset.laterality;
    const shows = site?.regions.includes(region.dataset.region) ?? false;
    const meant = !SIDES.slice(0, 2).includes(this.laterality) || !side || side === this.laterality;
    const owed = shows && this.laterality === "";
    region.setAttribute("aria-pressed", String(shows && meant && !owed));
    region.classList.toggle("bm-region--owed", owed);
  }

  /** INVARIANT: each view has exactly one region in the tab order. */
  oneTabStop(panel) {
    const all = [...panel.querySelectorAll(".bm-region")];
    const first = all.find((region) => region.getAttribute("aria-pressed") === "true") ?? all[0];
    all.forEach((region) => region.setAttribute("tabindex", region === first ? "0" : "-1"));
  }

  showSides(site) {
    this.sides.hidden = !site || site.laterality === "midline";
    const whole = this.sides.querySelector("[value='not_applicable']").closest("label");
    whole.hidden = site?.laterality === "paired";
  }

  /** Other sites in the same place: finer ones, and wider ones around it. */
  showAlso(site) {
    const overlaps = (one) => one.regions.some((region) => site?.regions.includes(region));
    const others = this.sites.filter((one) => one !== site && overlaps(one));
    this.also.hidden = others.length === 0;
    this.alsoList.replaceChildren(...others.map((one) => this.chip(one)));
  }

  chip(site) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "chip";
    button.textContent = site.display;
    button.addEventListener("click", () => {
      this.choose(site, this.laterality);
      this.alsoList.querySelector("button")?.focus();
    });
    return button;
  }

  showCloser(site) {
    const zoom = site && this.regions.find((one) => one.dataset.site === site.code && one.dataset.zoom)?.dataset.zoom;
    this.closer.hidden = !zoom;
    this.closer.dataset.view = zoom ?? "";
  }

  listenToTab(tab) {
    tab.addEventListener("click", () => this.look(tab.dataset.view));
    tab.addEventListener("keydown", (event) => {
      const forward = getComputedStyle(this.root).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
      if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
      event.preventDefault();
      const step = event.key === forward ? 1 : -1;
      const next = this.tabs[(this.tabs.indexOf(tab) + step + this.tabs.length) % this.tabs.length];
      this.look(next.dataset.view, true);
    });
  }

  look(view, focus = false) {
    for (const tab of this.tabs) {
      const current = tab.dataset.view === view;
      tab.setAttribute("aria-selected", String(current));
      tab.tabIndex = current ? 0 : -1;
      if (current && focus) tab.focus();
    }
    for (const panel of this.panels) panel.hidden = panel.dataset.view !== view;
  }

  reveal(site, laterality) {
    if (!site?.regions.length) return;
    const here = this.regions.filter((region) => site.regions.includes(region.dataset.region));
    const region = here.find((one) => one.dataset.laterality === laterality) ?? here[0];
    this.look(region.closest("[role='tabpanel']").dataset.view);
  }

  say(region) {
    this.caption.textContent = region?.getAttribute("aria-label") ?? "";
  }

  /** Draws the focused region again above all others, so that no neighbour hides its outline. */
  ring(region, left = region) {
    left.ownerSVGElement.querySelector(".bm-ring")?.remove();
    this.say(region);
    if (!region?.matches(":focus-visible")) return;
    const svg = region.ownerSVGElement;
    const shape = document.createElementNS(svg.namespaceURI, "path");
    shape.setAttribute("d", region.getAttribute("d"));
    shape.setAttribute("class", region.getAttribute("aria-pressed") === "true" ? "bm-ring__chosen" : "");
    const place = document.createElementNS(svg.namespaceURI, "g");
    const { a, b, c, d, e, f } = svg.getScreenCTM().inverse().multiply(region.getScreenCTM());
    place.setAttribute("transform", `matrix(${a} ${b} ${c} ${d} ${e} ${f})`);
    const clip = region.parentNode.getAttribute("clip-path");
    if (clip) place.setAttribute("clip-path", clip);
    const ring = document.createElementNS(svg.namespaceURI, "g");
    ring.setAttribute("class", "bm-ring");
    place.append(shape);
    ring.append(place);
    svg.append(ring);
  }
}

/** The search box: an ARIA combobox with a list below it. */
class Search {
  constructor(map) {
    this.map = map;
    this.input = map.root.querySelector("[data-bm-search]");
    this.list = map.root.querySelector("[data-bm-found]");
    this.active = -1;
  }

  start() {
    this.input.addEventListener("input", () => this.fill());
    this.input.addEventListener("keydown", (event) => this.pressed(event));
    this.input.addEventListener("blur", () => this.close());
    // The list must not take the focus, or the box would close before the tap arrives.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
  }

  get options() {
    return [...this.list.children];
  }

  fill() {
    const { laterality, found } = find(this.map.sites, this.input.value);
    this.list.replaceChildren(...found.slice(0, SHOWN).map((site, i) => this.option(site, laterality, i)));
    this.list.hidden = found.length === 0;
    this.input.setAttribute("aria-expanded", String(found.length > 0));
    this.point(found.length ? 0 : -1);
  }

  option(site, laterality, i) {
    const row = document.createElement("li");
    row.id = `${this.list.id}-${i}`;
    row.className = "bm-found__site";
    row.setAttribute("role", "option");
    row.textContent = this.map.label(site, SIDES.includes(laterality) ? settle(site, laterality) : "");
    row.addEventListener("click", () => this.take(site, laterality));
    return row;
  }

  point(i) {
    this.active = i;
    this.options.forEach((row, at) => row.setAttribute("aria-selected", String(at === i)));
    const row = this.options[i];
    if (row) row.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", row?.id ?? "");
  }

  pressed(event) {
    const count = this.options.length;
    if (event.key === "Enter") {
      event.preventDefault(); // a search is not the end of the form
      this.options[this.active]?.click();
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.close();
    } else if (count && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      this.point((this.active + (event.key === "ArrowDown" ? 1 : count - 1)) % count);
    }
  }

  take(site, laterality) {
    this.input.value = "";
    this.close();
    this.map.find(site, laterality);
  }

  close() {
    this.list.hidden = true;
    this.list.replaceChildren();
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

for (const root of document.querySelectorAll("[data-body-map]")) new BodyMap(root).start();
