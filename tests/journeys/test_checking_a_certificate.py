"""Petra checks her certificate on her phone, and a stranger with nothing but our key and a log."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.journeys.backstage import Backstage
from tests.journeys.browsing import DESKTOP, PHONE
from tests.journeys.fitness import clipped, grave, too_small, too_wide, zoomed
from tests.journeys.hospital import Hospital

pytestmark = pytest.mark.browser

DEVICES = {"phone": PHONE, "desk": DESKTOP, "phone in the dark": PHONE | {"color_scheme": "dark"}}
GENUINE = {"en": "This certificate is genuine", "ar": "هذه الشهادة صحيحة"}
ALTERED = {"en": "This certificate does not match.", "ar": "هذه الشهادة غير مطابقة."}
LINES = {"en": "Two pictures: erased.", "ar": "صورتان: مُحيتا."}


@pytest.fixture(scope="module")
def receipts(hospital: Hospital) -> dict[str, str]:
    with Backstage(hospital) as backstage:
        backstage.cue("put_a_form_in_use")
        petra = hospital.patients["petra"]
        return {
            language: backstage.cue("certify", patient=petra, language=language)
            for language in GENUINE
        }


def unfit(page: Page) -> list[str]:
    return [*grave(page), *too_wide(page), *clipped(page), *too_small(page), *zoomed(page)]


def chooses(page: Page, path: Path) -> None:
    page.locator("#file").set_input_files(path)
    page.locator("main form button[type=submit]").click()


@pytest.mark.parametrize("language", GENUINE)
@pytest.mark.parametrize("device", DEVICES)
def test_a_certificate_is_checked_on_the_page(
    hospital: Hospital,
    browser: Browser,
    receipts: dict[str, str],
    tmp_path: Path,
    device: str,
    language: str,
) -> None:
    kept = tmp_path / "certificate.json"
    kept.write_text(receipts[language], encoding="utf-8")
    context = browser.new_context(**DEVICES[device])
    page = context.new_page()
    complaints: list[Any] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{hospital.url}/verify/?language={language}")
    assert unfit(page) == []
    page.locator("main a[href='/verify/receipt/']").click()
    assert unfit(page) == []
    chooses(page, kept)
    expect(page.locator("h1")).to_have_text(GENUINE[language])
    expect(page.locator(".verify__lines")).to_have_text(LINES[language])
    assert unfit(page) == []
    page.locator("main a[href='/verify/receipt/']").click()
    kept.write_text(receipts[language].replace("2026-03", "2026-02"), encoding="utf-8")
    chooses(page, kept)
    expect(page.locator(".notice--error strong")).to_have_text(ALTERED[language])
    expect(page.locator(".notice--error a[href^='tel:']")).to_be_visible()
    assert unfit(page) == []
    page.locator("summary").click()
    page.locator("#receipt").fill(receipts[language])
    assert unfit(page) == []
    page.locator("main form button[type=submit]").click()
    expect(page.locator("h1")).to_have_text(GENUINE[language])
    assert complaints == []
    context.close()


def test_a_stranger_checks_it_against_a_copy_of_the_log(
    hospital: Hospital, browser: Browser, receipts: dict[str, str], tmp_path: Path
) -> None:
    """With the key from the page: the copy as it is passes, with one altered byte it fails."""
    receipt, copy = tmp_path / "certificate.json", tmp_path / "log.safelog"
    receipt.write_text(receipts["en"], encoding="utf-8")
    page = browser.new_page()
    page.goto(f"{hospital.url}/verify/receipt/")
    page.locator("main a[href='/verify/key/']").click()
    key = page.locator("body").inner_text().strip()
    page.close()
    command = ("audit", "export-log", "--out", str(copy))
    subprocess.run(
        [sys.executable, "-m", "safelight.project.cli", *command],
        env=hospital.environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    assert checked(receipt, key, copy) == (0, "")
    data = bytearray(copy.read_bytes())
    data[len(data) // 3] ^= 1
    copy.write_bytes(data)
    code, said = checked(receipt, key, copy)
    assert code == 1
    assert "copy of the log was altered: entry" in said or "breaks off in entry" in said


def checked(receipt: Path, key: str, copy: Path) -> tuple[int, str]:
    module = "safelight.engines.transparency.check"
    done = subprocess.run(
        [sys.executable, "-m", module, str(receipt), "--key", key, "--log", str(copy)],
        env={},
        check=False,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stderr
