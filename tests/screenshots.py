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
from pypdfium2 import PdfDocument
from tests.components import CHROMIUM
from tests.journeys.browsing import DESKTOP, PHONE, chromium
from tests.journeys.camera import FOREARM, FakeCamera
from tests.journeys.clinicians import Clinician
from tests.journeys.hospital import Hospital
from tests.journeys.preparing import PREPARE, Preparer
from tests.journeys.teachers import Screen as HallScreen
from tests.journeys.teachers import Teacher

IMAGES = Path(__file__).parents[1] / "docs" / "images"
DEMO = ("-m", "safelight.project.cli", "demo", "--workers", "1", "--port")
LARGEST = 300_000  # bytes
SHARP: dict[str, Any] = {"device_scale_factor": 2, "locale": "en-GB"}
DEVICES = {"phone": PHONE | SHARP, "desk": DESKTOP | SHARP}
HALL: dict[str, Any] = {"viewport": {"width": 1600, "height": 900}, "locale": "en-GB"}
PAPER = 1.5  # dots for each point
SETTLED = 2_500  # ms: a screen asks every second and a half
SITE = "14975008"  # SNOMED CT: forearm
FACE, CHEEK = "89545001", "60819002"
PETRA, PABLO, INES, AMARA = "H-204817", "H-318802", "H-286491", "H-322057"


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
        show_the_covering(hospital, browser, device)
        charlie = at(hospital, browser, "charlie", settings)
        charlie.finds(PABLO)
        charlie.page.locator("main .patient-card a").first.click()
        keep(charlie, f"break-glass-{device}")
        for person in (alice, charlie):
            person.context.close()
        show_a_question(hospital, browser, device)
        show_the_library(hospital, browser, device)
        show_a_publication(hospital, browser, device)
    show_the_patients_pages(hospital, browser)
    show_the_form(hospital, browser)
    show_a_lecture(hospital, browser)
    show_the_recalls(hospital, browser)
    show_a_withdrawal(hospital, browser)  # last: what Petra takes back is seen nowhere after it


def show_a_question(hospital: Hospital, browser: Browser, device: str) -> None:
    """Alice on her way to ask; Bob with what he was asked before him, and Alice with an answer."""
    alice = at(hospital, browser, "alice", DEVICES[device])
    alice.finds(PETRA)
    alice.page.locator("main .patient-card a").first.click()
    alice.page.wait_for_url("**/patients/*/")
    alice.goes_to(f"{alice.path}?by=site&site={SITE}")
    alice.opens_the_picture()
    alice.presses("Ask a colleague")
    alice.page.wait_for_url("**/colleague/**")
    keep(alice, f"colleague-{device}")
    alice.goes_to("/clinic/questions-asked/")
    alice.page.locator(".question-line__who a").first.click()
    alice.page.wait_for_url("**/colleague-questions/*/")
    keep(alice, f"answered-{device}")
    bob = at(hospital, browser, "bob", DEVICES[device])
    bob.goes_to("/clinic/questions-asked/")
    bob.page.locator(".question-line--waits a").first.click()
    bob.page.wait_for_url("**/questions-asked/*/")
    keep(bob, f"asked-{device}")
    for person in (alice, bob):
        person.context.close()


def show_the_patients_pages(hospital: Hospital, browser: Browser) -> None:
    """Petra on her own phone, in English and then in Arabic, as far as the signature."""
    context = browser.new_context(**DEVICES["phone"])
    page = context.new_page()
    petra_comes_in(hospital, page)
    for language in ("en", "ar"):
        walk_to_the_signature(page, language)
    context.close()


def petra_comes_in(hospital: Hospital, page: Page) -> None:
    """By the link and the code that the terminal prints."""
    told = hospital.output.read_text()
    link, code = re.search(r"(\S+/p/\w+/)", told), re.search(r"code (\d+) (\d+)", told)
    assert link
    assert code
    page.goto(link[1])
    for name, value in {"day": "9", "month": "3", "year": "1971"}.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=code]").fill("".join(code.groups()))
    keep_page(page, "portal-door")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url("**/portal/**")


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


def show_a_withdrawal(hospital: Hospital, browser: Browser) -> None:
    """Petra takes everything back: what will follow, what came of it, and the first page of the proof."""
    context = browser.new_context(**DEVICES["phone"])
    page = context.new_page()
    petra_comes_in(hospital, page)
    page.goto(f"{hospital.url}/portal/")
    page.locator("button[lang=en], a[lang=en]").first.click()
    page.goto(f"{hospital.url}/portal/take-back-all/")
    page.locator("input[value='everything']").check()
    page.evaluate("scrollTo(0, 0)")
    keep_page(page, "portal-take-back")
    page.locator("button[form='take-back']").click()
    page.wait_for_url("**/portal/taken-back/*/")
    proof = page.locator("a[href$='/certificate.pdf']")
    while not proof.count():  # the worker carries it out and writes the certificate
        page.wait_for_timeout(SETTLED)
        page.reload()
    keep_page(page, "portal-taken-back")
    with page.expect_download() as started:
        proof.click()
    with PdfDocument(started.value.path()) as certificate:
        keep_image(certificate[0].render(scale=PAPER).to_pil(), "certificate")
    context.close()


def show_the_recalls(hospital: Hospital, browser: Browser) -> None:
    """The privacy officer's board, and a copy that has to be asked for."""
    priya = at(hospital, browser, "priya", DEVICES["desk"])
    priya.goes_to("/privacy/recalls/")
    keep(priya, "recalls-desk")
    priya.page.locator("main a[href^='/privacy/recalls/']").first.click()
    priya.sees("Text to send")
    keep(priya, "recall-desk")
    priya.context.close()


def show_the_form(hospital: Hospital, browser: Browser) -> None:
    """What Priya reads before she approves."""
    priya = at(hospital, browser, "priya", DEVICES["desk"])
    priya.goes_to("/forms/")
    keep(priya, "forms-desk")
    priya.context.close()


def show_a_lecture(hospital: Hospital, browser: Browser) -> None:
    """Theo's deck, what his audience may see, the hall's screen, and what he sees himself."""
    theo = Teacher.at("theo", hospital, browser.new_context(**DEVICES["desk"]))
    theo.signs_in()
    theo.goes_to("/teaching/decks/")
    lecture = theo.page.locator(".deck-card--on a").first.get_attribute("href")
    theo.page.locator(".deck-card:not(.deck-card--on) a").first.click()
    theo.page.locator(".deck__link").nth(3).click()
    keep_page(theo.page, "deck-desk")
    hall = HallScreen.at("hall", hospital, browser.new_context(**HALL))
    hall.opens()
    keep_page(hall.page, "screen-code")
    theo.goes_to(lecture or "")
    theo.lets_in(hall)
    keep_page(theo.page, "lecture-desk")
    theo.speaks()
    theo.page.keyboard.press("Home")
    for name in ("title", "list", "three", "two", "one"):
        expect(hall.page.locator("[data-stage] .slide__sheet")).to_be_visible()
        if name not in {"title", "list"}:
            hall.shows_a_picture()
        hall.page.wait_for_timeout(SETTLED)
        keep_page(hall.page, f"screen-{name}")
        if name == "two":
            keep_page(theo.page, "speaker-desk")
        theo.page.keyboard.press("PageDown")
        hall.page.wait_for_timeout(SETTLED)
    for person in (theo, hall):
        person.context.close()


def show_the_library(hospital: Hospital, browser: Browser, device: str) -> None:
    theo = Teacher.at("theo", hospital, browser.new_context(**DEVICES[device]))
    theo.signs_in()
    theo.goes_to("/library/")
    keep_page(theo.page, f"library-{device}")
    theo.goes_to("/library/?text=ulcer")
    theo.page.locator("a.book").last.click()
    theo.page.wait_for_url("**/library/pictures/**")
    keep_page(theo.page, f"library-picture-{device}")
    theo.context.close()


def show_a_publication(hospital: Hospital, browser: Browser, device: str) -> None:
    alice = at(hospital, browser, "alice", DEVICES[device])
    alice.goes_to("/clinic/publications/")
    alice.page.locator("a.publication-line").first.click()
    alice.page.wait_for_url("**/clinic/publications/*/")
    keep(alice, f"publication-{device}")
    alice.context.close()


def at(hospital: Hospital, browser: Browser, name: str, settings: dict[str, Any]) -> Preparer:
    person = Preparer.at(name, hospital, browser.new_context(**settings))
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


def show_the_covering(hospital: Hospital, browser: Browser, device: str) -> None:
    """What is found in a face and a wristband; a rash that is taught with the eyes covered."""
    bob = at(hospital, browser, "bob", DEVICES[device])
    opens_the_newest_picture(bob, INES, FACE)
    bob.presses(PREPARE)
    bob.waits_for_the_search()
    bob.page.evaluate("scrollTo(0, 0)")
    keep(bob, f"prepare-{device}")
    bob.context.close()
    alice = at(hospital, browser, "alice", DEVICES[device])
    opens_the_newest_picture(alice, AMARA, CHEEK)
    alice.presses("What was covered, and why")
    alice.sees_a_picture("[data-one=after] img")
    keep(alice, f"covered-{device}")
    alice.context.close()


def opens_the_newest_picture(person: Clinician, patient: str, site: str) -> None:
    person.finds(patient)
    person.page.locator("main .patient-card a").first.click()
    expect(person.pictures.first).to_be_visible()
    person.goes_to(f"{person.path}?by=site&site={site}")
    person.opens_the_picture()


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
    if not page.locator("[data-lease-url], [data-now-url]").count():  # these ask without end
        page.wait_for_load_state("networkidle")
    page.evaluate("document.activeElement?.blur()")
    keep_image(Image.open(io.BytesIO(page.screenshot(animations="disabled"))), name)


def keep_image(shown: Image.Image, name: str) -> None:
    for quality in range(90, 40, -5):
        out = io.BytesIO()
        shown.convert("RGB").save(out, "WEBP", quality=quality, method=6)
        if out.tell() < LARGEST:
            break
    (IMAGES / f"{name}.webp").write_bytes(out.getvalue())


if __name__ == "__main__":
    sys.exit(main())
