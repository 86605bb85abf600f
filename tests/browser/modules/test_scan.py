"""The wristband's code leads to its patient, and stands in no address."""

import io
import json

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from tests.browser.modules.conftest import render
from tests.browser.modules.hospital import Hospital

pytestmark = pytest.mark.browser

MESSAGE = "[data-scan-message]"
NOBODY = {"found": False, "sentence": "No patient here has this code."}
READS_A_CODE = """
  window.BarcodeDetector = class {
    static async getSupportedFormats() { return ['code_128']; }
    async detect() { return [{ rawValue: 'A-0001' }]; }
  };
"""


def open_page(page: Page, hospital: Hospital) -> None:
    page.goto(hospital.show("/scan/", render("scan")))


def test_frames_are_sent_small_until_one_is_found(page: Page, hospital: Hospital) -> None:
    hospital.scan_answers.extend([(200, {"found": False, "sentence": ""})])
    hospital.scan_answers.append((200, {"found": True, "location": "/after/"}))
    open_page(page, hospital)
    page.wait_for_url("**/after/")
    frame = hospital.asks("POST", "/scan/")[-1]
    assert frame.headers["Content-Type"] == "image/jpeg"
    assert frame.headers["X-CSRFToken"] == "its-token"
    with Image.open(io.BytesIO(frame.body)) as image:
        assert image.format == "JPEG"
        assert image.width <= 1280


def test_a_code_that_nobody_has_is_said(page: Page, hospital: Hospital) -> None:
    hospital.scan_answers.append((200, NOBODY))
    open_page(page, hospital)
    expect(page.locator(MESSAGE)).to_contain_text("No patient here")


@pytest.mark.parametrize(
    "location", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", None]
)
def test_an_answer_leads_nowhere_but_here(
    page: Page, hospital: Hospital, location: str | None
) -> None:
    hospital.scan_answers.append((200, {"found": True, "location": location}))
    hospital.scan_answers.append((200, NOBODY))
    open_page(page, hospital)
    expect(page.locator(MESSAGE)).to_contain_text("No patient here")
    assert page.url.endswith("/scan/")


def test_a_code_that_the_browser_reads_is_posted_as_text(page: Page, hospital: Hospital) -> None:
    page.add_init_script(READS_A_CODE)
    hospital.scan_answers.append((200, {"found": True, "location": "/after/"}))
    open_page(page, hospital)
    page.wait_for_url("**/after/")
    (asked,) = hospital.asks("POST")
    assert json.loads(asked.body) == {"text": "A-0001"}
    assert not any("0001" in one.path for one in hospital.asked)


def test_too_many_frames_slow_the_page_down(page: Page, hospital: Hospital) -> None:
    hospital.scan_answers.append((429, {"found": False, "sentence": "Too often."}))
    open_page(page, hospital)
    expect(page.locator(MESSAGE)).to_have_text("Too often.")
    page.wait_for_timeout(1200)
    assert len(hospital.asks("POST")) == 1


def test_the_camera_rests_and_nothing_is_sent_while_locked(page: Page, hospital: Hospital) -> None:
    open_page(page, hospital)
    expect(page.locator("video")).not_to_have_js_property("videoWidth", 0)
    page.evaluate("dispatchEvent(new Event('safelight:locked'))")
    page.wait_for_timeout(600)
    sent = len(hospital.asks("POST", "/scan/"))
    page.wait_for_timeout(900)
    assert len(hospital.asks("POST", "/scan/")) == sent
    page.evaluate("dispatchEvent(new Event('safelight:unlocked'))")
    hospital.scan_answers.append((200, {"found": True, "location": "/after/"}))
    page.wait_for_url("**/after/")
