"""A patient sees her pictures and a hall sees them; she takes everything back; what is left of it.

A backup is taken before, and one after. What has to be gone is read from the files of the home
themselves, as somebody would who holds the disk: the product is not asked what it keeps.
"""

import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from playwright.sync_api import BrowserContext, expect
from tests.journeys.asking import ask_about
from tests.journeys.backstage import Backstage
from tests.journeys.hospital import Hospital
from tests.journeys.patients import Patient
from tests.journeys.teachers import Screen, Teacher
from tests.leak.canaries import Canaries
from tests.leak.copying import copy_what_stays

from safelight.vocabulary.agreements import Answer
from safelight.vocabulary.purposes import Purpose

CARRIED_OUT_WITHIN = 60.0
DAYS = 24 * 60 * 60
INSIDE = slice(64, 128)
"""Of a sealed object: behind its header, before its end."""

OF_PICTURES = """SELECT r.id FROM photos_renditionrow r
  JOIN photos_photograph p ON p.id = r.photograph_id WHERE p.patient_id = :patient"""
OF_COPIES = """SELECT c.id FROM consent_copydocument c
  JOIN consent_proposal p ON p.id = c.proposal_id WHERE p.patient_id = :patient"""
ROWS = """SELECT id, sealed_description, sealed_facts, content_token FROM photos_photograph
  WHERE patient_id = :patient"""
AGREEMENTS = """SELECT id FROM consent_agreement
  WHERE patient_id = :patient AND status = 'active'"""
IN_CLEAR = """SELECT body_site, laterality, view FROM photos_photograph
  WHERE patient_id = :patient"""
UNDER_WAY = "SELECT count(*) FROM recall_withdrawal WHERE closed_at IS NULL"


@dataclass(frozen=True)
class Traces:
    """What is there before and must be gone: sealed bytes, wrapped keys, what rows say sealed."""

    blobs: Mapping[str, bytes]
    keys: Mapping[str, bytes]
    rows: Mapping[str, bytes]

    @property
    def all(self) -> Mapping[str, bytes]:
        return {**self.blobs, **self.keys, **self.rows}


@dataclass(frozen=True)
class TakenBack:
    """What was shown, what must be gone of it, and where to look beside the home."""

    patient: str
    seen: list[bytes]
    traces: Traces
    carried_out: Path
    earlier: Path
    later: Path


def takes_everything_back(
    context: BrowserContext, hospital: Hospital, canaries: Canaries, while_open: Path
) -> TakenBack:
    root, patient = hospital.root, hospital.patients["one more"]
    with Backstage(hospital) as backstage:
        backstage.cue("erase_what_is_taken_back")
        pictures = pictures_of(hospital.home, patient)
        petra = agrees(context, hospital, backstage, canaries, pictures)
        screen = shows_it_to_a_hall(context, hospital, backstage, pictures)
    seen = [*looks(petra, pictures), *looks_from(screen, pictures)]
    traces = traces_of(hospital.home, patient)
    copy_what_stays(hospital.home, while_open)
    hospital.runs("backup", "--out", str(root / "backups"))
    takes_back(petra)
    screen.goes_dark(time.monotonic())
    wait_until_carried_out(hospital.home)
    hospital.runs("backup", "--out", str(root / "backups"))
    copy_what_stays(hospital.home, root / "carried-out")
    earlier, later = sorted(path for path in (root / "backups").iterdir() if path.is_dir())
    return TakenBack(patient, seen, traces, root / "carried-out", earlier, later)


def agrees(
    context: BrowserContext,
    hospital: Hospital,
    backstage: Backstage,
    canaries: Canaries,
    pictures: list[str],
) -> Patient:
    """By the portal: she sees both, lets both be shown in lectures, and signs."""
    name = f"{canaries.given} {canaries.family}"
    backstage.cue("put_a_form_in_use")
    asked = ask_about(
        hospital,
        backstage,
        "one more",
        pictures,
        purposes=[Purpose.LECTURE],
        people={"signer": name},
    )
    petra = Patient.at("petra", hospital, context)
    petra.comes_in(asked.note, canaries.born)
    petra.starts()
    petra.goes_to_the_pictures()
    for _ in pictures:
        petra.sees_it_large()
        petra.says_to_the_picture(Answer.YES)
    petra.says(Purpose.LECTURE, Answer.YES)
    petra.goes_to_sign()
    petra.types_the_name(name)
    petra.signs()
    expect(petra.page.locator(".code")).to_be_visible()
    petra.goes_to("/portal/mine/")
    expect(petra.page.locator(".thumb")).to_have_count(len(pictures))
    return petra


def shows_it_to_a_hall(
    context: BrowserContext, hospital: Hospital, backstage: Backstage, pictures: list[str]
) -> Screen:
    made = backstage.cue("teach", photographs=pictures)
    theo, screen = Teacher.at("theo", hospital, context), Screen.at("screen", hospital, context)
    theo.signs_in()
    theo.opens_the_lecture(made["lecture"])
    screen.opens()
    theo.lets_in(screen)
    theo.speaks()
    theo.page.keyboard.press("PageDown")
    screen.shows_a_picture()
    return screen


def looks(petra: Patient, pictures: list[str]) -> list[bytes]:
    """The very bytes that her pages show; and a copy with small pictures is made, which is kept."""
    paths = [f"/portal/pictures/{item}/bytes/display" for item in pictures]
    found = [_bytes_at(petra, path) for path in paths]
    assert _bytes_at(petra, "/portal/copy/?pictures=yes").startswith(b"%PDF-")
    return found


def looks_from(screen: Screen, pictures: list[str]) -> list[bytes]:
    return [_bytes_at(screen, f"/screen/pictures/{item}/") for item in pictures]


def _bytes_at(person: Patient | Screen, path: str) -> bytes:
    answer = person.context.request.get(f"{person.url}{path}")
    assert answer.ok, path
    return answer.body()


def takes_back(petra: Patient) -> None:
    petra.goes_to("/portal/take-back-all/")
    petra.page.locator("input[value='everything']").check()
    petra.page.locator("button[form='take-back']").click()
    petra.page.wait_for_url("**/portal/taken-back/*/")
    petra.goes_to("/portal/mine/")
    expect(petra.page.locator(".thumb")).to_have_count(0)


def wait_until_carried_out(home: Path) -> None:
    """By the hospital's own worker, as whoever holds the disk sees it."""
    ends = time.monotonic() + CARRIED_OUT_WITHIN
    while _asked(home / "record.sqlite3", UNDER_WAY) != [(0,)]:
        assert time.monotonic() < ends, "the worker does not carry it out"
        time.sleep(0.2)


def traces_of(home: Path, patient: str) -> Traces:
    record, named = home / "record.sqlite3", {"patient": UUID(patient).hex}
    objects = [row[0] for query in (OF_PICTURES, OF_COPIES) for row in _asked(record, query, named)]
    agreements = [row[0] for row in _asked(record, AGREEMENTS, named)]
    rows = {
        f"sealed of picture {number} ({place})": bytes(value)
        for number, (_, *values) in enumerate(_asked(record, ROWS, named))
        for place, value in enumerate(values)
        if value
    }
    return Traces(dict(_blobs(home, objects)), dict(_keys(home, objects, agreements)), rows)


def _blobs(home: Path, objects: list[str]) -> Iterator[tuple[str, bytes]]:
    files = {path.name.replace("-", ""): path for path in (home / "blobs").rglob("*")}
    for number, item in enumerate(objects):
        yield f"sealed object {number}", files[item].read_bytes()[INSIDE]


def _keys(home: Path, objects: list[str], agreements: list[str]) -> Iterator[tuple[str, bytes]]:
    """Of agreements, and of each of these objects under whatever custodian."""
    keystore = home / "keystore.sqlite3"
    kept = "SELECT owner, wrapped_key FROM keystore_custodian WHERE kind = 'agreement'"
    given = "SELECT object_id, wrapped_key FROM keystore_grant"
    for what, query, known in (("agreement", kept, agreements), ("object", given, objects)):
        found = [(of, bytes(key)) for of, key in _asked(keystore, query) if of in known]
        assert {of for of, _ in found} == set(known), f"each {what} has a key"
        yield from ((f"wrapped key of {what} ({at})", key) for at, (_, key) in enumerate(found))


def pictures_of(home: Path, patient: str) -> list[str]:
    query = "SELECT id FROM photos_photograph WHERE patient_id = :patient"
    found = _asked(home / "record.sqlite3", query, {"patient": UUID(patient).hex})
    return [str(UUID(hex=item)) for (item,) in found]


def _asked(
    database: Path, query: str, named: Mapping[str, str] | None = None
) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute(query, named or {}).fetchall()


def health_data_of(home: Path, patient: str) -> list[str]:
    """What rows say in clear of each of her pictures; nothing where each is a tombstone."""
    rows = _asked(home / "record.sqlite3", IN_CLEAR, {"patient": UUID(patient).hex})
    assert rows
    return ["".join(row) for row in rows]


def days_pass(backup: Path, days: int) -> None:
    """The copy of the keystore as if it had been made so many days ago."""
    then = time.time() - days * DAYS
    os.utime(backup / "keystore", (then, then))
