"""A page as the Tab key sees it."""

from typing import Any

from playwright.sync_api import Page

MOST_STEPS = 120

# What has the focus: its place in the document, whether a ring can be seen at it or at what stands
# for it (a hidden radio button's label, the outline drawn over a part of the body), and whether it
# lies on the screen.
FOCUSED = """() => {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return null;
  const ringed = (e) => [null, "::before", "::after"].some((part) => {
    const style = getComputedStyle(e, part);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  });
  const label = focused.closest("label") ?? focused.labels?.[0];
  const choice = focused.closest(".choice");
  const near = [focused, choice, label, ...(label?.querySelectorAll("*") ?? []), focused.nextElementSibling];
  const box = (label ?? focused).getBoundingClientRect();
  return {
    place: [...document.querySelectorAll("*")].indexOf(focused),
    html: focused.outerHTML.slice(0, 120),
    hasRing: near.some((e) => e && ringed(e)) || Boolean(focused.ownerSVGElement?.querySelector(".bm-ring")),
    isOnScreen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""

# What a pointer can use and the Tab key must reach. Of a group of radio buttons one is enough, and
# what manages its own focus (tabs, a map) says so with tabindex="-1".
USABLE = """() => {
  const all = [...document.querySelectorAll("*")];
  const radios = new Set();
  return all.filter((e) => {
    if (!e.matches("a[href], button, input, select, textarea, summary, [tabindex]")) return false;
    if (e.tabIndex < 0 || e.disabled || e.type === "hidden") return false;
    if (!e.checkVisibility({ visibilityProperty: true })) return false;
    if (e.type !== "radio") return true;
    const isKnown = radios.has(e.name);
    radios.add(e.name);
    return !isKnown;
  }).map((e) => ({
    place: all.indexOf(e),
    html: e.outerHTML.slice(0, 120),
    radio: e.type === "radio" ? e.name : "",
  }));
}"""

Element = dict[str, Any]


def walk(page: Page) -> list[str]:
    """What is wrong with going through the page by Tab alone."""
    page.evaluate("document.activeElement?.blur(); scrollTo(0, 0)")
    steps = steps_through(page)
    places = [step["place"] for step in steps]
    wrong = [f"no ring: {step['html']}" for step in steps if not step["hasRing"]]
    wrong += [f"off the screen: {step['html']}" for step in steps if not step["isOnScreen"]]
    if places != sorted(places):
        wrong.append(f"out of order: {[step['html'][:50] for step in steps]}")
    radios = "".join(step["html"] for step in steps if 'type="radio"' in step["html"])
    for element in page.evaluate(USABLE):
        is_reached = element["place"] in places or (
            element["radio"] and f'name="{element["radio"]}"' in radios
        )
        if not is_reached:
            wrong.append(f"not reached: {element['html']}")
    return wrong


def steps_through(page: Page) -> list[Element]:
    """Everything that has the focus in turn, once."""
    steps: list[Element] = []
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused and steps and focused["place"] == steps[-1]["place"]:
            continue  # a date has three stops inside itself
        if focused is None or focused["place"] in {step["place"] for step in steps}:
            return steps
        steps.append(focused)
    return steps
