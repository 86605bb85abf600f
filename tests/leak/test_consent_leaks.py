"""A signature with canaries: who signed, for whom, in what words and with what code stays sealed.

Petra goes the whole way by the portal's own pages; then every row of both databases, every file
and every line of the log is searched. Her link's letters and cookies are kept only under a keyed
hash and the code only under a slow one, so nothing here finds them either.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from tests import settings as test_settings
from tests.cast import PETRA, Cast
from tests.consenting import asked_uses, proposal_of
from tests.leak.canaries import _word as word
from tests.leak.canaries import forms
from tests.leak.searching import inside, search_files
from tests.looking import asks, opens
from tests.taking import take
from tests.web.portal.browsing import COOKIE, PETRAS_DAY, decide, shown_version

from safelight.audit.log import sequence
from safelight.consent.selectors.deciding import decision_view
from safelight.consent.services.ending import withdraw
from safelight.consent.services.proposing import NewProposal, People, start_proposal
from safelight.consent.services.questions import answer_question, open_questions
from safelight.consent.services.visiting import invite
from safelight.consent.verification import signed_record
from safelight.consent.visits import find_visit
from safelight.vocabulary.consent_forms import TextStyle
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.signers import SignerRole

pytestmark = [pytest.mark.django_db(databases="__all__", transaction=True)]

STROKES = "[[[0.0137,0.9241],[0.8873,0.1129],[0.9417,0.7753]]]"
POINT = "0.8873,0.1129"
USES = (Purpose.ONE_TO_ONE_TEACHING, Purpose.PRINT_PUBLICATION)


@dataclass
class Left:
    """What must not be found, and where to look for it."""

    words: dict[str, str] = field(default_factory=dict)
    code: str = ""
    copy_code: str = ""
    log: str = ""

    @property
    def needles(self) -> Mapping[str, bytes]:
        return {
            f"{name} in {coding}": run
            for name, text in self.words.items()
            for coding, run in forms(text).items()
        }


@pytest.fixture
def left(cast: Cast, stores: Path, caplog: pytest.LogCaptureFixture) -> Left:
    caplog.set_level(logging.DEBUG)
    found = Left({name: word() for name in ("signer", "authority", "interpreter", "witness")})
    found.words |= {name: word() for name in ("chaperone", "journal", "question", "answer")}
    go_all_the_way(cast, found)
    sequence()
    found.log = caplog.text
    return found


def go_all_the_way(cast: Cast, left: Left) -> None:
    picture = take(cast.alice, cast.petra)
    proposal = ask(cast, left, picture)
    invited = invite(cast.alice, proposal)
    left.words["link"], left.code = invited.letters, invited.code
    client = Client()
    door = reverse("portal:door", args=[invited.letters])
    client.post(door, {**PETRAS_DAY, "code": "000000"})
    client.post(door, {**PETRAS_DAY, "code": invited.code})
    visit = find_visit(client.cookies[COOKIE].value)
    assert visit is not None
    left.words["cookie"] = client.cookies[COOKIE].value
    sign(client, left, picture)
    tell(client, cast, left)
    assert opens(asks(cast.theo, picture, USES[0], people=1))
    withdraw(visit, decision_view(visit).choices[0].agreement)


def ask(cast: Cast, left: Left, picture: UUID) -> UUID:
    proposal_of(cast.alice, cast.petra, [picture])  # puts the shipped form in use
    journal = left.words["journal"]
    uses = [
        use if not use.named else type(use)(use.purpose, use.audience, journal)
        for use in asked_uses(USES)
    ]
    names = {
        name: left.words[name]
        for name in ("signer", "authority", "interpreter", "witness", "chaperone")
    }
    return start_proposal(
        cast.alice,
        NewProposal(
            patient=cast.petra,
            uses=uses,
            language="ar",
            style=TextStyle.EASY_READ,
            signer_role=SignerRole.PATIENT,
            people=People(**names),
            photographs=[picture],
        ),
    )


def sign(client: Client, left: Left, picture: UUID) -> None:
    visit = find_visit(client.cookies[COOKIE].value)
    assert visit is not None
    view = decision_view(visit)
    decide(client, view, yes=[item.agreement for item in view.choices], use=[picture])
    done = client.post(
        reverse("portal:sign"), {"strokes": STROKES, "version": shown_version(client)}
    )
    assert done.status_code == 200, done.content.decode()
    told = done.content.decode()
    left.words["copy link"] = re.search(r"/p/([0-9A-Z]{12})/", told)[1]  # type: ignore[index] # the page shows it
    left.copy_code = re.search(r"\b(\d{3} \d{3})\b", told)[1].replace(" ", "")  # type: ignore[index] # the page shows it
    data = signed_record(visit.proposal).data
    left.words["verification code"] = data["verification_code"]
    left.words["stroke"] = POINT
    left.words["wording"] = data["wording"]["statements"][0]["text"][:24]


def tell(client: Client, cast: Cast, left: Left) -> None:
    client.post(reverse("portal:ask"), {"question": left.words["question"]})
    (question,) = open_questions(cast.alice)
    assert question.text == left.words["question"]
    answer_question(cast.alice, question.id, left.words["answer"])
    copy = client.get(reverse("portal:copy"))
    content = b"".join(copy) if copy.streaming else copy.content
    assert content.startswith(b"%PDF")
    left.words["copy"] = "%PDF-1."


def rows() -> Iterator[tuple[str, Any]]:
    """Every value of every table of both databases, by its place."""
    for alias in connections:
        connection = connections[alias]
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - the schema's own name
                columns = [column[0] for column in cursor.description]
                for row in cursor.fetchall():
                    for column, value in zip(columns, row, strict=True):
                        yield f"{alias} {table}.{column}", value


def as_bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def test_no_row_holds_any_of_it(left: Left) -> None:
    # The wording of the form is the institution's own, and stands in the form's version.
    needles = {name: run for name, run in left.needles.items() if not name.startswith("wording")}
    found = {
        f"{name}: {place}" for place, value in rows() for name in inside(as_bytes(value), needles)
    }
    assert found == set()


def test_no_code_stands_in_a_row_as_such(left: Left) -> None:
    """Six digits occur by chance inside other values; as a value of their own they do not."""
    values = {as_bytes(value) for _, value in rows()}
    for code in (left.code, left.copy_code):
        assert len(code) == 6
        assert code.encode() not in values


def test_what_the_patient_signed_stands_in_no_row_but_the_forms(left: Left) -> None:
    wording = forms(left.words["wording"])["utf-8"]
    places = {place for place, value in rows() if wording in as_bytes(value)}
    assert {place.split()[1].split(".")[0] for place in places} <= {"consent_formversion"}


def test_no_file_holds_any_of_it(left: Left, stores: Path) -> None:
    """Blobs, quarantine, and on SQLite the databases themselves with their write-ahead logs."""
    needles = {name: run for name, run in left.needles.items() if not name.startswith("wording")}
    assert search_files(stores, needles) == []
    assert search_files(test_settings.HOME, needles) == []


def test_no_log_says_any_of_it(left: Left) -> None:
    assert left.log, "there is a log"
    assert inside(left.log.encode(), left.needles) == []
    for code in (left.code, left.copy_code, PETRA.family, PETRA.birth_date.isoformat()):
        assert not re.search(rf"\b{re.escape(code)}\b", left.log)


def test_the_canaries_would_be_found(left: Left) -> None:
    text = " ".join(left.words.values()).encode()
    found = {name.split(" in ")[0] for name in inside(text, left.needles)}
    assert found == set(left.words)
