/** Rectangles of whole pixels in the upright picture, from its upper left corner. */

/** @typedef {{left: number, top: number, width: number, height: number}} Region */
/** @typedef {{x: number, y: number}} Point in pixels of the picture */
/** @typedef {{region: Region, shape: string}} Shape */

/** Beyond any picture. @type {Region} */
export const EVERYWHERE = { left: -1e6, top: -1e6, width: 3e6, height: 3e6 };
const LEAST = 4;
const GRID = 12;

/** As findings are told. @param {number[]} data @returns {Region} */
export const fromList = ([left, top, width, height]) => ({ left, top, width, height });

/** @param {Region} region */
const right = (region) => region.left + region.width;

/** @param {Region} region */
const bottom = (region) => region.top + region.height;

/** @param {number} value @param {number} least @param {number} most */
const limited = (value, least, most) => Math.max(least, Math.min(most, value));

/** The whole pixels between four edges, no farther than `bounds`.
 * @param {number} left @param {number} top @param {number} right @param {number} bottom
 * @param {Region} bounds @returns {Region}
 */
function between(left, top, right, bottom, bounds) {
  const x = limited(Math.floor(left), bounds.left, bounds.left + bounds.width - LEAST);
  const y = limited(Math.floor(top), bounds.top, bounds.top + bounds.height - LEAST);
  return {
    left: x,
    top: y,
    width: limited(Math.ceil(right) - x, LEAST, bounds.left + bounds.width - x),
    height: limited(Math.ceil(bottom) - y, LEAST, bounds.top + bounds.height - y),
  };
}

/** From one corner to the opposite one. @param {Point} a @param {Point} b @param {Region} bounds */
export const spanned = (a, b, bounds) =>
  between(Math.min(a.x, b.x), Math.min(a.y, b.y), Math.max(a.x, b.x), Math.max(a.y, b.y), bounds);

/** The same size elsewhere. @param {Region} region @param {number} x @param {number} y @param {Region} bounds */
export function moved(region, x, y, bounds) {
  const left = limited(Math.round(region.left + x), bounds.left, right(bounds) - region.width);
  const top = limited(Math.round(region.top + y), bounds.top, bottom(bounds) - region.height);
  return { ...region, left, top };
}

/**
 * With one or two edges moved; an edge never passes the one opposite to it.
 * @param {Region} region
 * @param {string} edges of "n", "e", "s" and "w" those that move
 * @param {number} x @param {number} y how far, in pixels
 * @param {Region} bounds
 */
export function resized(region, edges, x, y, bounds) {
  const has = (/** @type {string} */ edge) => edges.includes(edge);
  const east = has("e") ? Math.max(right(region) + x, region.left + LEAST) : right(region);
  const south = has("s") ? Math.max(bottom(region) + y, region.top + LEAST) : bottom(region);
  const west = has("w") ? Math.min(region.left + x, east - LEAST) : region.left;
  const north = has("n") ? Math.min(region.top + y, south - LEAST) : region.top;
  return between(west, north, east, south, bounds);
}

/** About its own middle. @param {Region} region @param {number} factor @param {Region} bounds */
export function scaled(region, factor, bounds) {
  const x = (region.width * (factor - 1)) / 2;
  const y = (region.height * (factor - 1)) / 2;
  return between(region.left - x, region.top - y, right(region) + x, bottom(region) + y, bounds);
}

/** The smallest that holds both. @param {Region} a @param {Region} b @param {Region} bounds */
export const joined = (a, b, bounds) =>
  between(
    Math.min(a.left, b.left),
    Math.min(a.top, b.top),
    Math.max(right(a), right(b)),
    Math.max(bottom(a), bottom(b)),
    bounds,
  );

/** @param {Region} a @param {Region} b */
export const isSame = (a, b) =>
  a.left === b.left && a.top === b.top && a.width === b.width && a.height === b.height;

/** @param {Region} region @param {Region} bounds */
export const isInside = (region, bounds) =>
  region.left >= bounds.left &&
  region.top >= bounds.top &&
  right(region) <= right(bounds) &&
  bottom(region) <= bottom(bounds);

/** @param {Region} region @param {Point} at */
export const holds = (region, at) =>
  at.x >= region.left && at.x <= right(region) && at.y >= region.top && at.y <= bottom(region);

/** @param {Region} a @param {Region} b */
const isTouching = (a, b) =>
  a.left < right(b) && b.left < right(a) && a.top < bottom(b) && b.top < bottom(a);

/** @param {Shape} shape @param {Point} at */
function hides({ region, shape }, at) {
  if (shape !== "ellipse") return holds(region, at);
  const x = (at.x - region.left - region.width / 2) / (region.width / 2);
  const y = (at.y - region.top - region.height / 2) / (region.height / 2);
  return x * x + y * y <= 1;
}

/**
 * How much of `region` is under `shapes` or outside `crop`, from 0 to 1: of the centres of a grid of
 * its parts, as the server counts. It guides the hand; the result is searched again.
 * @param {Region} region
 * @param {Shape[]} shapes
 * @param {Region | null} crop
 */
export function hiddenPart(region, shapes, crop) {
  const near = shapes.filter((shape) => isTouching(shape.region, region));
  let hidden = 0;
  for (let place = 0; place < GRID * GRID; place += 1) {
    const x = region.left + (region.width * ((place % GRID) + 0.5)) / GRID;
    const y = region.top + (region.height * (Math.floor(place / GRID) + 0.5)) / GRID;
    const isCutOff = crop !== null && !holds(crop, { x, y });
    if (isCutOff || near.some((shape) => hides(shape, { x, y }))) hidden += 1;
  }
  return hidden / (GRID * GRID);
}
