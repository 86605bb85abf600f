"""Everything is taken back, what left is chased, and a stranger checks the certificate."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Download, Page, expect
from tests.journeys.backstage import Backstage
from tests.journeys.browsing import DESKTOP, PHONE
from tests.journeys.conftest import Casting
from tests.journeys.fitness import grave, too_wide
from tests.journeys.hospital import Hospital
from tests.journeys.patients import Patient, own_phone
from tests.journeys.people import Person
from tests.journeys.proposing import Note
from tests.journeys.test_checking_a_certificate import checked

pytestmark = pytest.mark.browser

ASKED = "Wrote to the privacy officer of the Invented University Hospital."
GONE = "They write that it is deleted, backups included."
WITHIN = 20.0
"""Seconds for the hospital's own worker to do what needs nobody."""
SCREENS: dict[str, dict[str, Any]] = {
    "phone in the dark": PHONE | {"color_scheme": "dark"},
    "phone": PHONE,
    "desk": DESKTOP,
}


class Officer(Person):
    """Priya at the recall board."""

    def fits(self) -> None:
        assert [*grave(self.page), *too_wide(self.page)] == []

    def opens_the_board(self) -> None:
        self.page.get_by_role("link", name="Recalls").first.click()
        self.page.wait_for_url("**/privacy/recalls/**")
        self.fits()

    def opens_the_withdrawal(self, withdrawal: str) -> None:
        self.page.locator(f"main a[href$='{withdrawal}/']").click()
        self.page.wait_for_url(f"**/{withdrawal}/")
        self.fits()

    def notes(self, words: str, button: str) -> None:
        self.page.get_by_label("What you did, or were told").fill(words)
        self.presses(button)
        self.sees("Noted.")
        self.fits()


def comes_in(casting: Casting, hospital: Hospital, note: dict[str, str]) -> Patient:
    """Petra on her own phone, with link, birth date and code."""
    petra = casting("petra", Patient, own_phone("en"))
    petra.scans(Note(link=f"{hospital.url}/p/{note['letters']}/", **note))
    petra.shows_who_it_is(note["code"])
    petra.page.wait_for_url("**/portal/mine/")
    return petra


def takes_everything_back(petra: Patient) -> str:
    """Three taps; the withdrawal, by the address of the page that says what happened."""
    petra.page.locator("a[href='/portal/take-back-all/']").click()
    petra.page.locator("input[value='everything']").check()
    petra.page.locator("button[form='take-back']").click()
    petra.page.wait_for_url("**/portal/taken-back/*/")
    return petra.path.rstrip("/").rpartition("/")[2]


def saved(page: Page, link: str, kept: Path) -> Path:
    """The file behind a link, as the browser saves it."""
    with page.expect_download() as started:
        page.get_by_role("link", name=link).click()
    download: Download = started.value
    download.save_as(kept)
    return kept


def wait_for_the_certificate(priya: Officer, number: int) -> None:
    """Written by the hospital's own worker."""
    ends = time.monotonic() + WITHIN
    words = f"Number {number} is the newest."
    while words not in priya.main.inner_text():
        assert time.monotonic() < ends, "no certificate is written"
        priya.page.wait_for_timeout(300)
        priya.page.reload()


def test_from_taking_back_to_a_certificate_that_a_stranger_checks(
    casting: Casting, hospital: Hospital, tmp_path: Path
) -> None:
    with Backstage(hospital) as backstage:
        backstage.cue("put_a_form_in_use")
        proposal = backstage.cue("let_a_copy_leave", patient=hospital.patients["petra"])
        note = backstage.cue("invite_again", proposal=proposal)
        petra = comes_in(casting, hospital, note)
        withdrawal = takes_everything_back(petra)
        for screen in SCREENS.values():
            priya = casting("priya", Officer, screen)
            priya.signs_in()
            priya.sees("1 copy or publication has to be asked for.")
            priya.fits()
            priya.opens_the_board()
            priya.opens_the_withdrawal(withdrawal)
        wait_for_the_certificate(priya, 1)
        priya.sees("Text to send")
        priya.notes(ASKED, "I asked them")
        backstage.cue("let_the_day_to_answer_pass", withdrawal=withdrawal)
        priya.goes_to("/privacy/break-glass/")
        priya.sees("1 recall is overdue.")
        priya.presses("Open the recall board")
        priya.opens_the_withdrawal(withdrawal)
        priya.notes("Called, nobody was there.", "I asked again")
        backstage.cue("let_the_day_to_answer_pass", withdrawal=withdrawal)
        priya.page.reload()
        priya.sees("Call them yourself now.")
        priya.fits()
        priya.notes(GONE, "They say it is gone")
        wait_for_the_certificate(priya, 2)
        expect(priya.page.get_by_text("Somebody outside has it")).to_have_count(0)
    petra.page.reload()
    pdf = saved(petra.page, "Certificate (PDF)", tmp_path / "certificate.pdf")
    assert pdf.read_bytes().startswith(b"%PDF")
    receipt = saved(petra.page, "The file that proves it", tmp_path / "certificate.json")
    check_as_a_stranger(hospital, petra, receipt, tmp_path / "log.safelog")


def check_as_a_stranger(hospital: Hospital, petra: Patient, receipt: Path, copy: Path) -> None:
    """On the page, then with the key and a copy of the log alone; one altered byte is found."""
    petra.goes_to("/verify/receipt/")
    petra.page.locator("#file").set_input_files(receipt)
    petra.page.locator("main form button[type=submit]").click()
    expect(petra.page.locator("h1")).to_have_text("This certificate is genuine")
    petra.sees("Copy in another record system, 1: who had it says that it is gone")
    petra.goes_to("/verify/key/")
    key = petra.page.locator("body").inner_text().strip()
    subprocess.run(
        [sys.executable, "-m", "safelight.project.cli", "audit", "export-log", "--out", str(copy)],
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
