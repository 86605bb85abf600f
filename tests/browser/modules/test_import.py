"""Files of an institution's camera: chosen, or dropped as a whole folder, with a result for each."""

from pathlib import Path

import pytest
from playwright.sync_api import Page
from tests.browser.modules.conftest import INTAKE, jpeg, render
from tests.browser.modules.hospital import Fault, Hospital

pytestmark = pytest.mark.browser


@pytest.fixture
def importing(page: Page, hospital: Hospital) -> Page:
    page.goto(hospital.show("/import/", render("import_files", **INTAKE)))
    page.wait_for_load_state("networkidle")
    return page


@pytest.fixture
def card(tmp_path: Path) -> Path:
    """A camera card with pictures on two levels, and what an operating system leaves there."""
    folder = tmp_path / "DCIM"
    (folder / "101").mkdir(parents=True)
    for number in range(3):
        (folder / f"IMG_{number}.JPG").write_bytes(jpeg(64 + number))
    (folder / "101" / "IMG_9.JPG").write_bytes(jpeg(99))
    (folder / ".DS_Store").write_bytes(b"x")
    (folder / "Thumbs.db").write_bytes(b"x")
    return folder


def names(page: Page) -> list[str]:
    return sorted(page.locator("[data-file-name]").all_inner_texts())


def wait_until_done(page: Page) -> None:
    page.wait_for_selector("[data-import-done]:visible", timeout=30000)


ON_THE_CARD = ["DCIM/101/IMG_9.JPG", "DCIM/IMG_0.JPG", "DCIM/IMG_1.JPG", "DCIM/IMG_2.JPG"]


def test_files_are_sent_and_each_is_told_about(
    importing: Page, hospital: Hospital, card: Path
) -> None:
    importing.set_input_files("[data-import-files]", sorted(card.glob("*.JPG")))
    wait_until_done(importing)
    assert importing.locator(".file[data-state='verified']").count() == 3
    assert importing.inner_text("[data-import-summary]") == "3 of 3 safe"
    assert {upload.details["source"] for upload in hospital.uploads.values()} == {"file"}


def test_a_chosen_folder_is_sent_whole_without_litter(
    importing: Page, hospital: Hospital, card: Path
) -> None:
    importing.set_input_files("[data-import-folder]", card)
    wait_until_done(importing)
    assert names(importing) == ON_THE_CARD
    assert len(hospital.kept) == 4


def test_a_dropped_folder_is_sent_whole_without_litter(
    importing: Page, hospital: Hospital, card: Path
) -> None:
    box = importing.locator("[data-import-drop]").bounding_box()
    assert box
    wire = importing.context.new_cdp_session(importing)
    for kind in ("dragEnter", "dragOver", "drop"):
        wire.send(
            "Input.dispatchDragEvent",
            {
                "type": kind,
                "x": box["x"] + 20,
                "y": box["y"] + 20,
                "data": {"items": [], "files": [str(card)], "dragOperationsMask": 1},
            },
        )
    wait_until_done(importing)
    assert names(importing) == ON_THE_CARD
    assert len(hospital.kept) == 4


def test_no_name_of_a_file_reaches_the_server(
    importing: Page, hospital: Hospital, card: Path
) -> None:
    importing.set_input_files("[data-import-folder]", card)
    wait_until_done(importing)
    said = [f"{asked.path} {asked.headers} {asked.body!r}" for asked in hospital.asked]
    assert not any("IMG_" in one or "DCIM" in one for one in said)


def test_one_refused_file_holds_up_no_other(
    importing: Page, hospital: Hospital, card: Path
) -> None:
    hospital.faults.append(Fault(status=415, body={"sentence": "This is not a picture."}))
    importing.set_input_files("[data-import-folder]", card)
    wait_until_done(importing)
    refused = importing.locator(".file[data-state='failed']")
    assert refused.locator("[data-file-result]").inner_text() == "This is not a picture."
    assert importing.inner_text("[data-import-summary]") == "3 of 4 safe, 1 refused"
    importing.close(run_before_unload=True)


def test_a_hundred_files_are_sent_two_at_a_time(
    importing: Page, hospital: Hospital, tmp_path: Path
) -> None:
    for number in range(100):
        (tmp_path / f"{number:03}.jpg").write_bytes(jpeg(16) + b"%03d" % number)
    importing.set_input_files("[data-import-files]", sorted(tmp_path.glob("*.jpg")))
    wait_until_done(importing)
    assert len(hospital.kept) == 100
    assert hospital.most_at_once <= 2


def test_without_consent_nothing_is_taken(page: Page, hospital: Hospital, card: Path) -> None:
    choices = [{"value": "", "label": "Choose"}]
    page.goto(
        hospital.show("/import/", render("import_files", **INTAKE | {"takes_consent": choices}))
    )
    page.set_input_files("[data-import-files]", card / "IMG_0.JPG")
    page.wait_for_selector("[data-import-consent]:focus")
    assert "how the patient agreed" in page.inner_text("[data-import-summary]")
    assert "choose the files again" in page.inner_text("[data-import-summary]")
    assert not hospital.asks("PUT")
