"""Whether a page is fit for everybody: axe, its width, its letters, what can be hit, what is named."""

import json
import re
from collections.abc import Iterator
from itertools import pairwise

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# All that axe tells of a page is half a second's work for Playwright; what is wrong is one string.
VIOLATIONS = """(rules) => axe.run({ resultTypes: ["violations"], ...(rules && { runOnly: rules }) })
  .then((results) => JSON.stringify(results.violations))"""
SETTLE = """() => document.getAnimations()
  .filter((running) => running.effect.getComputedTiming().endTime !== Infinity)
  .forEach((running) => running.finish())"""
OF_COLOUR = ["color-contrast", "link-in-text-block"]
GRAVE = {"serious", "critical"}
SMALLEST_LETTERS = 18  # px, on patients' pages
SMALLEST_TARGET = 44  # px, either way
CONTROLS = re.compile(
    r"^\s*- '?(button|link|textbox|radio|checkbox|combobox|group|navigation|region)( \[[^\]]*\])*:?$",
    re.MULTILINE,
)
HEADINGS = re.compile(r"- '?heading .*?\[level=(\d)\]")
ZOOMS = ({"width": 640, "height": 450}, {"width": 320, "height": 568})
"""A desk's window at 200 %, and the narrowest one of WCAG 2.2, 1.4.10."""

# By how much the page scrolls sideways, and the innermost of what reaches that far.
TOO_WIDE = """() => {
  const root = document.documentElement;
  const pixels = root.scrollWidth - root.clientWidth;
  if (pixels <= 0) return [];
  const scrolls = (e) => e !== document.body && getComputedStyle(e).overflowX !== "visible";
  const beyond = [...document.body.querySelectorAll("*")].filter((e) => {
    for (let up = e.parentElement; up; up = up.parentElement) {
      if (up !== root && scrolls(up)) return false;
    }
    const box = e.getBoundingClientRect();
    return Math.max(box.right - root.clientWidth, -box.left) > 0.5;
  });
  const innermost = beyond.filter((e) => !beyond.some((other) => other !== e && e.contains(other)));
  return [pixels, ...innermost.slice(0, 3).map((e) => e.outerHTML.slice(0, 90))];
}"""

# Words that can be seen and are smaller than they may be. What only screen readers read is hidden
# from the eye, and drawings have letters of their own.
SMALL_LETTERS = """(smallest) => {
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const small = [];
  for (let node = words.nextNode(); node; node = words.nextNode()) {
    const holder = node.parentElement;
    if (!node.data.trim() || holder.closest("svg, script, style, .visually-hidden")) continue;
    if (!holder.checkVisibility({ visibilityProperty: true })) continue;
    const size = parseFloat(getComputedStyle(holder).fontSize);
    if (size < smallest) small.push(`${size} px: ${node.data.trim().slice(0, 40)}`);
  }
  return small;
}"""

# A link in the middle of a sentence is as high as its line, and a box that is hit through its label
# is as large as the label.
SMALL_TARGETS = """(smallest) => {
  const fields = "input:not([type=hidden]), select, textarea";
  const all = document.querySelectorAll(`a[href], button, summary, ${fields}`);
  return [...all].flatMap((e) => {
    if (!e.checkVisibility({ visibilityProperty: true })) return [];
    if (e.closest(".visually-hidden")) return [];
    if (getComputedStyle(e).display === "inline" && e.closest("p, li, td")) return [];
    const box = (e.closest("label") ?? e).getBoundingClientRect();
    if (Math.min(box.width, box.height) >= smallest - 0.5) return [];
    return [`${Math.round(box.width)} by ${Math.round(box.height)}: ${e.outerHTML.slice(0, 90)}`];
  });
}"""

# Buttons whose words do not fit in them, or that reach beyond the screen.
CLIPPED = """() => [...document.querySelectorAll("button, a.button, label.button")].flatMap((e) => {
  if (!e.checkVisibility({ visibilityProperty: true }) || e.closest(".visually-hidden")) return [];
  const box = e.getBoundingClientRect();
  const isCut = e.scrollWidth > e.clientWidth + 1 || box.left < -1 || box.right > innerWidth + 1;
  return isCut ? [e.outerHTML.slice(0, 90)] : [];
})"""


def grave(page: Page) -> list[str]:
    """What axe finds that keeps somebody out."""
    page.evaluate(f"{AXE_SCRIPT}\n;undefined")
    return _violations(page)


def faint_in_the_dark(page: Page) -> list[str]:
    """The same of its colours alone, which are all that changes, after `grave` looked at the page."""
    page.emulate_media(color_scheme="dark")
    try:
        return [f"in the dark: {found}" for found in _violations(page, OF_COLOUR)]
    finally:
        page.emulate_media(color_scheme="light")


def _violations(page: Page, rules: list[str] | None = None) -> list[str]:
    page.evaluate(SETTLE)  # a colour that fades into another is neither
    violations = json.loads(page.evaluate(VIOLATIONS, rules))
    return [
        f"{found['id']}: {node['html'][:120]} ({node.get('failureSummary', '')})"
        for found in violations
        if found["impact"] in GRAVE
        for node in found["nodes"]
    ]


def too_wide(page: Page) -> list[str]:
    pixels, *beyond = page.evaluate(TOO_WIDE) or [0]
    return [f"{pixels} px too wide: {' '.join(beyond)}"] if pixels else []


def clipped(page: Page) -> list[str]:
    return [f"clipped: {html}" for html in page.evaluate(CLIPPED)]


def zoomed(page: Page) -> list[str]:
    """What does not fit any more once everything is larger."""
    before, wrong = page.viewport_size, []
    for size in ZOOMS:
        page.set_viewport_size(size)  # type: ignore[arg-type] # a mapping of two numbers
        wrong += [f"at {size['width']} px: {item}" for item in [*too_wide(page), *clipped(page)]]
    assert before is not None
    page.set_viewport_size(before)
    return wrong


def too_small(page: Page) -> list[str]:
    """For a finger, or for eyes of eighty."""
    letters = page.evaluate(SMALL_LETTERS, SMALLEST_LETTERS)
    targets = page.evaluate(SMALL_TARGETS, SMALLEST_TARGET)
    return [*letters, *targets]


def unsaid(page: Page) -> Iterator[str]:
    """What a screen reader cannot say, and headings that do not lead from one to the next."""
    heard = page.locator("body").aria_snapshot()
    yield from (f"no name: {found.group().strip()}" for found in CONTROLS.finditer(heard))
    levels = [int(level) for level in HEADINGS.findall(heard)]
    if levels[:1] != [1] or levels.count(1) != 1:
        yield f"first heading: {levels}"
    if any(after > before + 1 for before, after in pairwise(levels)):
        yield f"headings leap: {levels}"
