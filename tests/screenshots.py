"""`make screenshots`: the pictures of the documentation, from the demo hospital as it is now."""

import io
import re
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect
from tests.components import CHROMIUM
from tests.journeys.browsing import DESKTOP, PHONE, chromium
from tests.journeys.camera import FOREARM, FakeCamera
from tests.journeys.clinicians import Clinician
from tests.journeys.hospital import Hospital

IMAGES = Path(__file__).parents[1] / "docs" / "images"
DEMO = ("-m", "safelight.project.cli", "demo", "--workers", "1", "--port")
LARGEST = 300_000  # bytes
SHARP: dict[str, Any] = {"device_scale_factor": 2, "locale": "en-GB"}
DEVICES = {"phone": PHONE | SHARP, "desk": DESKTOP | SHARP}
SITE = "14975008"  # SNOMED CT: forearm
PETRA, PABLO = "H-204817", "H-318802"


def main() -> int:
    if CHROMIUM.find() is None:
        print(CHROMIUM.left_out, file=sys.stderr)
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="safelight-screenshots-") as place:
        root = Path(place)
        camera = FakeCamera(root / "frames.mjpeg")
        camera.sees(FOREARM)
        demo = Hospital(root / "hospital", DEMO, ready="answers on")
        with demo as hospital, chromium(camera) as browser:
            photograph_everything(hospital, browser, camera)
    return 0


def photograph_everything(hospital: Hospital, browser: Browser, camera: FakeCamera) -> None:
    for seed, (device, settings) in enumerate(DEVICES.items()):
        # The very same picture twice would be told as one that is there already.
        camera.sees(replace(FOREARM, skin=replace(FOREARM.skin, seed=12 + seed)))
        alice = at(hospital, browser, "alice", settings)
        show_the_way(alice, device)
        show_the_camera(alice, device)
        charlie = at(hospital, browser, "charlie", settings)
        charlie.finds(PABLO)
        charlie.page.locator("main .patient-card a").first.click()
        keep(charlie, f"break-glass-{device}")
        for person in (alice, charlie):
            person.context.close()
    show_the_patients_pages(hospital, browser)
    show_the_form(hospital, browser)


def show_the_patients_pages(hospital: Hospital, browser: Browser) -> None:
    """Petra on her own phone, in English and then in Arabic, as far as the signature."""
    told = hospital.output.read_text()
    link, code = re.search(r"(\S+/p/\w+/)", told), re.search(r"code (\d+) (\d+)", told)
    assert link
    assert code
    context = browser.new_context(**DEVICES["phone"])
    page = context.new_page()
    page.goto(link[1])
    for name, value in {"day": "9", "month": "3", "year": "1971"}.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=code]").fill("".join(code.groups()))
    keep_page(page, "portal-door")
    page.locator("main form button[type=submit]").last.click()
    for language in ("en", "ar"):
        walk_to_the_signature(page, language)
    context.close()


def walk_to_the_signature(page: Page, language: str) -> None:
    page.goto(page.url.split("/portal/")[0] + "/portal/")
    page.locator(f"button[lang={language}], a[lang={language}]").first.click()
    expect(page.locator("html")).to_have_attribute("lang", re.compile(f"^{language}"))
    keep_page(page, f"portal-start-{language}")
    page.locator(".button--primary").last.click()
    keep_page(page, f"portal-read-{language}")
    page.goto(page.url.replace("/read/", "/pictures/"))
    keep_page(page, f"portal-picture-{language}")
    page.goto(page.url.split("/portal/")[0] + "/portal/choices/")
    keep_page(page, f"portal-choices-{language}")


def show_the_form(hospital: Hospital, browser: Browser) -> None:
    """What Priya reads before she approves."""
    priya = at(hospital, browser, "priya", DEVICES["desk"])
    priya.goes_to("/forms/")
    keep(priya, "forms-desk")
    priya.context.close()


def at(hospital: Hospital, browser: Browser, name: str, settings: dict[str, Any]) -> Clinician:
    person = Clinician.at(name, hospital, browser.new_context(**settings))
    person.goes_to("/")
    if name == "alice":
        keep(person, f"sign-in-{'phone' if 'is_mobile' in settings else 'desk'}")
    person.signs_in()
    return person


def show_the_way(alice: Clinician, device: str) -> None:
    """Today, timeline, picture, who looked, compare."""
    keep(alice, f"today-{device}")
    alice.finds(PETRA)
    alice.page.locator("main .patient-card a").first.click()
    expect(alice.pictures.first).to_be_visible()
    keep(alice, f"timeline-{device}")
    timeline = alice.path
    alice.goes_to(f"{timeline}?by=site&site={SITE}")
    alice.opens_the_picture()
    keep(alice, f"photograph-{device}")
    alice.presses("Compare")
    keep(alice, f"compare-{device}")
    alice.page.go_back()
    alice.asks_who_looked()
    keep(alice, f"who-looked-{device}")
    alice.goes_to(f"{timeline}ask/")
    keep(alice, f"ask-{device}")
    alice.goes_to("/clinic/consents/")
    keep(alice, f"consents-{device}")
    alice.goes_to(timeline)


def show_the_camera(alice: Clinician, device: str) -> None:
    """From the timeline: the camera with a picture in its reel, and the label page."""
    alice.opens_the_camera()
    alice.takes_a_picture()
    alice.waits_until_verified(1)
    keep(alice, f"capture-{device}")
    alice.goes_on_to_label()
    alice.taps_the_body("front-forearm", "left")
    alice.page.evaluate("scrollTo(0, 0)")
    keep(alice, f"label-{device}")


def keep(person: Clinician, name: str) -> None:
    keep_page(person.page, name)


def keep_page(page: Page, name: str) -> None:
    """What is on the screen, as a WebP that fits into a repository."""
    page.wait_for_load_state("networkidle")
    page.evaluate("document.activeElement?.blur()")
    shown = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
    for quality in range(90, 40, -5):
        out = io.BytesIO()
        shown.convert("RGB").save(out, "WEBP", quality=quality, method=6)
        if out.tell() < LARGEST:
            break
    (IMAGES / f"{name}.webp").write_bytes(out.getvalue())


if __name__ == "__main__":
    sys.exit(main())
