"""Covering with canaries: what is hidden, why, and where, stands nowhere in clear.

A picture goes the whole way by the pages: looked at, covered, saved anew, approved, sent back,
covered further; the patient wishes for more; a plan is refused. Then every row of both databases,
every file and every line of the log is searched, also for the pixels before and after. At the end
the same is done to a folder by `safelight deidentify`.
"""

import io
import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image
from tests import settings as test_settings
from tests.cast import Cast, hire
from tests.consenting import TEACHING, proposal_of, signed
from tests.leak.canaries import Canaries, forms, pixel_runs
from tests.leak.canaries import _word as word
from tests.leak.searching import inside, search_files
from tests.leak.test_consent_leaks import as_bytes, rows
from tests.preparing import ToldScanner, face, scanner_that_finds
from tests.sessions import browser_of, sit_down
from tests.taking import take
from tests.web.portal.browsing import enter

from safelight.audit.log import sequence
from safelight.engines.recognition import Detection
from safelight.institution.models import Department
from safelight.people.asker import Asker
from safelight.redaction.models import Redaction
from safelight.release.facts import Asked
from safelight.release.gate import open_photograph
from safelight.vocabulary.identifiability import Identifying, Overlooked, Region
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.roles import Role

pytestmark = [pytest.mark.django_db(databases="__all__", transaction=True)]

# In a picture of 640 x 480; their numbers occur nowhere else in this order.
SEEN, DRAWN = Region(317, 211, 53, 47), Region(439, 347, 59, 61)
CROP = Region(0, 0, 631, 473)
WORDS = ("kept", "answer", "leftover", "sent back", "wish", "refused")


@dataclass
class Left:
    """What must not be found, and where to look for it."""

    words: dict[str, str] = field(default_factory=lambda: {name: word() for name in WORDS})
    pictures: list[bytes] = field(default_factory=list)
    log: str = ""

    @property
    def needles(self) -> Mapping[str, bytes]:
        found = {
            f"{name} in {coding}": run
            for name, text in self.words.items()
            for coding, run in forms(text).items()
        }
        for number, picture in enumerate(self.pictures):
            runs = pixel_runs(picture).items()
            found |= {f"picture {number}, {place}": run for place, run in runs}
        return {**found, **places()}


def places() -> Mapping[str, bytes]:
    """Where something is, in the ways in which a list or a mapping of numbers is written."""
    found = {}
    for region in (SEEN, DRAWN):
        numbers = [region.left, region.top, region.width, region.height]
        for comma in (",", ", "):
            found[f"{numbers} after {comma!r}"] = comma.join(map(str, numbers)).encode()
        for colon in (":", ": "):
            found[f"{numbers} after {colon!r}"] = f'"left"{colon}{region.left}'.encode()
    return found


@pytest.fixture
def left(
    cast: Cast, stores: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> Left:
    caplog.set_level(logging.DEBUG)
    (stores / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(stores / "temporary"))
    found = Left()
    seen = Detection(Identifying.TEXT, Region(5, 5, 9, 9), 0.8, "told")
    with scanner_that_finds([face(SEEN)], [seen]) as scanner:
        go_all_the_way(cast, found, scanner)
    sequence()
    found.log = caplog.text
    return found


def go_all_the_way(cast: Cast, left: Left, scanner: ToldScanner) -> None:
    original = Canaries().photograph()
    picture = take(cast.alice, cast.petra, original)
    signed(cast.alice, cast.petra, [picture], TEACHING)
    alice = browser_of(cast.alice)
    for _ in ("as a whole", "what is small"):
        post(alice, "prepare_look", picture)
    save(alice, picture, left)
    look_at_results(cast.alice, left, picture, Rendition.REDACTED_DRAFT)
    save(alice, picture, left)
    refused(alice, picture, left, scanner)
    approve(alice, picture, left)
    colleague = hire("bob2", Role.CLINICIAN, Department.objects.get(id=cast.dermatology))
    send_back(browser_of(colleague), picture, left)
    petra, _ = enter(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
    wished = petra.post(
        reverse("portal:cover_more", args=[picture]), {"wish": f"the {left.words['wish']}"}
    )
    assert wished.status_code == 302
    petra.get(reverse("portal:picture_bytes", args=[picture, "display"]))
    assert left.words["wish"] in alice.get(address("prepare", picture)).content.decode()
    for _ in ("as a whole", "what is small"):
        post(alice, "prepare_look", picture)
    save(alice, picture, left, CROP)
    approve(alice, picture, left)
    every = (
        Rendition.ORIGINAL,
        Rendition.DISPLAY,
        Rendition.REDACTED,
        Rendition.REDACTED_THUMBNAIL,
    )
    look_at_results(cast.alice, left, picture, *every)


def address(name: str, picture: UUID) -> str:
    return reverse(f"clinic:{name}", args=[picture])


def post(client: Client, name: str, picture: UUID, body: Any = None) -> Any:
    return client.post(address(name, picture), json.dumps(body or {}), "application/json")


def draft(left: Left, crop: Region | None = None) -> dict[str, Any]:
    answers = {item.value: {"answer": "none", "reason": ""} for item in Overlooked}
    answers["tattoo"] = {"answer": "stays", "reason": f"the {left.words['answer']} is the finding"}
    return {
        "masks": [{"region": box(DRAWN), "fill": "solid", "shape": "box"}],
        "crop": box(crop) if crop else None,
        "kept": [{"finding": "1", "reason": f"shows the {left.words['kept']}"}],
        "answers": answers,
    }


def box(region: Region) -> dict[str, int]:
    return {
        "left": region.left,
        "top": region.top,
        "width": region.width,
        "height": region.height,
    }


def save(client: Client, picture: UUID, left: Left, crop: Region | None = None) -> None:
    answer = post(client, "prepare_save", picture, draft(left, crop))
    assert answer.status_code == 200, answer.content


def refused(client: Client, picture: UUID, left: Left, scanner: ToldScanner) -> None:
    """Plans that are turned down, with words in them, also because no detector answers."""
    reason = left.words["refused"]
    for plan in (
        {**draft(left), "kept": [{"finding": reason, "reason": reason}]},
        {**draft(left), reason: reason},
        {**draft(left), "masks": reason},
    ):
        assert post(client, "prepare_save", picture, plan).status_code == 422
    scanner.fails = True
    assert post(client, "prepare_save", picture, draft(left)).status_code == 503
    scanner.fails = False


def approve(client: Client, picture: UUID, left: Left) -> None:
    number = Redaction.objects.get(state="draft").version
    sent = {"version": number, "reason-1": f"a label with {left.words['leftover']}"}
    assert client.post(address("prepare_check", picture), sent).status_code == 302


def send_back(client: Client, picture: UUID, left: Left) -> None:
    number = Redaction.objects.get(state="approved").version
    sent = {"verdict": "more", "version": number, "why": f"cover the {left.words['sent back']}"}
    assert client.post(address("prepare_second", picture), sent).status_code == 302


def look_at_results(asker: Asker, left: Left, picture: UUID, *renditions: Rendition) -> None:
    """Each as the gate gives it: what must lie nowhere in clear."""
    seated, _ = sit_down(asker)
    left.pictures += [
        open_photograph(Asked(seated.session_key, picture, item)).content for item in renditions
    ]


def test_no_row_holds_any_of_it(left: Left) -> None:
    found = {
        f"{name}: {place}"
        for place, value in rows()
        for name in inside(as_bytes(value), left.needles)
    }
    assert found == set()


def test_no_file_holds_any_of_it(left: Left, stores: Path) -> None:
    """Blobs, quarantine, temporary files, and on SQLite the databases and their write-ahead logs."""
    assert search_files(stores, left.needles) == []
    assert list((stores / "temporary").iterdir()) == []
    assert search_files(test_settings.HOME, left.needles) == []


def test_no_log_says_any_of_it(left: Left) -> None:
    assert left.log, "there is a log"
    assert inside(left.log.encode(), left.needles) == []


def test_the_canaries_would_be_found(left: Left) -> None:
    text = b" ".join(
        [
            *(item.encode() for item in left.words.values()),
            *left.pictures,
            json.dumps([box(SEEN), box(DRAWN)]).encode(),
        ]
    )
    found = {name.split(" in ")[0].split(",")[0] for name in inside(text, left.needles)}
    numbered = {f"picture {number}" for number in range(len(left.pictures))}
    assert len(numbered) == 5
    assert found >= {*left.words, *numbered}


@dataclass
class Folder:
    """What a run of the command had and what it left, its own temporary directory included."""

    place: Path
    canaries: Canaries
    pixels: Mapping[str, bytes]
    told: bytes

    @property
    def words(self) -> Mapping[str, bytes]:
        tells = {"camera owner": self.canaries.owner, "camera serial": self.canaries.serial}
        return {
            f"{name} in {coding}": run
            for name, text in tells.items()
            for coding, run in forms(text).items()
        }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    place, canaries = tmp_path_factory.mktemp("deidentify"), Canaries()
    for name in ("in", "tmp", "home"):
        (place / name).mkdir()
    original = canaries.photograph()
    (place / "in" / f"{canaries.file_name}.jpg").write_bytes(original)
    (place / "in" / "damaged.jpg").write_bytes(original[: len(original) // 2])
    command = [sys.executable, "-m", "safelight.project.cli", "deidentify"]
    told = subprocess.run(
        [*command, str(place / "in"), "--out", str(place / "out")],
        env={
            "PATH": os.environ["PATH"],
            "TMPDIR": str(place / "tmp"),
            "HOME": str(place / "home"),
        },
        cwd=place / "home",
        capture_output=True,
        check=False,
    )
    return Folder(place, canaries, pixel_runs(original), told.stdout + told.stderr)


def test_deidentify_leaves_nothing_anywhere_but_in_its_folder(folder: Folder) -> None:
    for name in ("tmp", "home"):
        assert list((folder.place / name).iterdir()) == []
    left = {path.name for path in (folder.place / "out").iterdir()}
    assert left == {"picture-0001.not-reviewed.jpg", "report.json", "report.html"}


def test_deidentify_leaves_neither_metadata_nor_pixels_of_the_source(folder: Folder) -> None:
    assert search_files(folder.place / "out", {**folder.words, **folder.pixels}) == []
    assert inside(folder.told, folder.words) == []


def test_only_the_report_names_the_source(folder: Folder) -> None:
    named = forms(folder.canaries.file_name)
    lines = search_files(folder.place / "out", named)
    assert {line.rpartition("/")[2] for line in lines} == {"report.json", "report.html"}
    for name in ("report.json", "report.html"):
        assert (folder.place / "out" / name).stat().st_mode & 0o077 == 0


def test_the_result_is_a_picture_all_the_same(folder: Folder) -> None:
    content = (folder.place / "out" / "picture-0001.not-reviewed.jpg").read_bytes()
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (640, 480)
