"""Sharing and teaching with canaries: what was asked, answered, written and named stays sealed.

Every word is typed into the product's own pages. Then every row of both databases, every file, every
line of the log and every address that was asked for, led to or stood on a page is searched.
"""

import logging
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests import settings as test_settings
from tests.cast import Cast
from tests.consenting import agreement_to, signed
from tests.exporting import agreed_to_a_copy, made, receiver_of
from tests.leak.canaries import _word as word
from tests.leak.canaries import forms
from tests.leak.searching import inside, search_files
from tests.leak.test_consent_leaks import as_bytes, rows
from tests.lecturing import slides_of
from tests.publishing import agree, ask_about, one_person_is_enough, page_of
from tests.sessions import browser_of
from tests.sharing import Outbox, agreed, codes_on
from tests.taking import forearm, take, take_labelled

from safelight.audit.log import sequence
from safelight.consulting.models import ColleagueQuestion
from safelight.exporting.services.making import MadeLink
from safelight.library.models import Collection
from safelight.photos.labels import label_photographs
from safelight.publishing.models import Publication
from safelight.sharing.guests import link_letters
from safelight.sharing.models import Share
from safelight.sharing.ports import wiring
from safelight.teaching.models import Deck, Lecture, SlidePicture
from safelight.vocabulary.photograph import Sensitivity
from safelight.vocabulary.purposes import Purpose

pytestmark = [pytest.mark.django_db(databases="__all__", transaction=True)]

ASKED = ("question", "answer", "going on")
TAUGHT = ("deck title", "new deck title", "slide title", "slide text", "slide notes", "caption")
LIBRARY = ("diagnosis", "tag", "collection title", "history", "discussion")
SHARED = ("recipient", "address", "share question", "share reason", "share answer")
COPIED = ("copy recipient", "copy system", "copy reason")
PUBLISHED = ("work", "journal", "responsible", "appeared", "why again")
WORDS = (*ASKED, *TAUGHT, "place", *LIBRARY, *SHARED, *COPIED, *PUBLISHED)
MANY = 200
_ADDRESSES = re.compile(r'(?:href|src|action|data-[a-z-]*url)="([^"]*)"')


@dataclass
class Left:
    """What must not be found, and where to look for it."""

    words: dict[str, str] = field(default_factory=lambda: {name: word() for name in WORDS})
    addresses: list[str] = field(default_factory=list)
    log: str = ""

    @property
    def needles(self) -> Mapping[str, bytes]:
        return {
            f"{name} in {coding}": run
            for name, text in self.words.items()
            for coding, run in forms(text).items()
        }


@dataclass
class Somebody:
    """A browser of which every address is noted: asked for, led to, or on a page."""

    browser: Client
    left: Left

    def opens(self, url: str) -> str:
        return self._told(url, self.browser.get(url))

    def sends(self, url: str, **typed: Any) -> str:
        answer = self.browser.post(url, typed)
        assert answer.status_code in {200, 302}, (url, answer.status_code, answer.content)
        if answer.status_code == 302:
            return self.opens(answer["Location"])
        return self._told(url, answer)

    def _told(self, url: str, answer: Any) -> str:
        assert answer.status_code in {200, 302}, (url, answer.status_code)
        text: str = answer.content.decode(errors="replace")
        self.left.addresses += [url, answer.get("Location", ""), *_ADDRESSES.findall(text)]
        return text


@pytest.fixture
def outbox(monkeypatch: pytest.MonkeyPatch) -> Outbox:
    post = Outbox()
    monkeypatch.setattr(wiring, "post", post)
    return post


@pytest.fixture
def left(
    cast: Cast,
    stores: Path,
    outbox: Outbox,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> Left:
    caplog.set_level(logging.DEBUG)
    (stores / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(stores / "temporary"))
    found = Left()
    found.words["address"] = f"{found.words['address'].lower()}@recipient.example"
    for act in (asks_a_colleague, teaches, shares, gives_a_copy, publishes):
        act(cast, found)
    sequence()
    found.log = caplog.text
    return found


def at(who: Any, left: Left) -> Somebody:
    return Somebody(browser_of(who), left)


def asks_a_colleague(cast: Cast, left: Left) -> None:
    picture, words = take_labelled(cast.alice, cast.petra), left.words
    alice, bob = at(cast.alice, left), at(cast.bob, left)
    alice.sends(
        reverse("clinic:ask_colleague", args=[cast.petra]),
        photograph=str(picture),
        whom=f"person:{cast.bob.staff}",
        text=words["question"],
        days="3",
    )
    asked = ColleagueQuestion.objects.get().id
    told = bob.opens(reverse("clinic:asked_question", args=[asked]))
    assert words["question"] in told
    bob.sends(reverse("clinic:answer_colleague", args=[asked]), text=words["answer"])
    told = alice.sends(reverse("clinic:go_on_with_colleague", args=[asked]), text=words["going on"])
    assert words["answer"] in told
    for somebody, name in ((alice, "clinic:asked_of_me"), (bob, "clinic:asked_of_me")):
        somebody.opens(reverse(name))
    alice.opens(reverse("clinic:patient", args=[cast.petra]))


def teaches(cast: Cast, left: Left) -> None:
    picture = take_labelled(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [picture], [Purpose.LECTURE])
    theo = at(cast.theo, left)
    fills_the_library(theo, picture, left.words)
    builds_a_deck(theo, picture, left.words)
    gives_a_lecture(theo, left.words)


def fills_the_library(theo: Somebody, picture: UUID, words: Mapping[str, str]) -> None:
    shown = theo.sends(
        reverse("library:picture", args=[picture]),
        diagnosis=words["diagnosis"],
        tags=f"{words['tag']}, ulcer",
        skin_tone="",
    )
    assert words["diagnosis"] in shown
    assert words["tag"].lower() in shown.lower()
    theo.sends(reverse("library:collections"), title=words["collection title"])
    collection = Collection.objects.get().id
    theo.sends(
        reverse("library:collection", args=[collection]),
        title=words["collection title"],
        history=words["history"],
        questions=words["discussion"],
        is_open="yes",
    )
    theo.sends(reverse("library:collect", args=[picture]), collection=str(collection))
    assert words["history"] in theo.opens(reverse("library:collection", args=[collection]))
    assert words["diagnosis"] in theo.opens(reverse("library:shelf"))


def builds_a_deck(theo: Somebody, picture: UUID, words: Mapping[str, str]) -> None:
    theo.sends(reverse("teaching:decks"), title=words["deck title"], use="lecture")
    deck = Deck.objects.get().id
    theo.sends(
        reverse("teaching:name_deck", args=[deck]), title=words["new deck title"], use="lecture"
    )
    (slide,) = slides_of(deck)
    theo.sends(
        reverse("teaching:refer_to", args=[deck, slide]),
        address=str(picture),
        caption=words["caption"],
    )
    item = SlidePicture.objects.get().id
    theo.sends(
        reverse("teaching:write_slide", args=[deck, slide]),
        title=words["slide title"],
        text=words["slide text"],
        notes=words["slide notes"],
        **{f"caption-{item}": words["caption"]},
    )
    shown = theo.opens(reverse("teaching:deck", args=[deck]))
    assert words["new deck title"] in shown
    assert words["slide title"] in shown


def gives_a_lecture(theo: Somebody, words: Mapping[str, str]) -> None:
    deck, now = Deck.objects.get().id, timezone.localtime()
    begins = now if now.hour < 22 else now + timedelta(hours=3)
    theo.sends(
        reverse("teaching:plan", args=[deck]),
        use="lecture",
        people="",
        day=f"{begins:%Y-%m-%d}",
        begins=f"{begins:%H:%M}",
        ends=f"{begins + timedelta(hours=1):%H:%M}",
        place=words["place"],
    )
    lecture = Lecture.objects.get().id
    assert words["place"] in theo.opens(reverse("teaching:lecture", args=[lecture]))
    theo.opens(reverse("teaching:speak", args=[lecture]))


def shares(cast: Cast, left: Left) -> None:
    words = left.words
    picture = take(cast.alice, cast.petra)
    label_photographs(cast.alice.staff, [picture], forearm(Sensitivity.INTIMATE))
    visit = agreed(cast.alice, cast.petra, [picture], words["recipient"])
    alice, rhea = at(cast.alice, left), Somebody(Client(), left)
    page = alice.sends(
        reverse("sharing:new", args=[cast.petra]),
        agreement=str(agreement_to(visit, Purpose.SECOND_OPINION).id),
        photograph=str(picture),
        address=words["address"],
        question=words["share question"],
        reason=words["share reason"],
        days="7",
        openings="3",
        language="en",
    )
    share = Share.objects.get()
    code, letters = codes_on(page), link_letters(share.id)
    words["link"] = letters
    door = reverse("shared:door", args=[letters])
    rhea.browser.post(door, {"code": "00000000"})
    rhea.browser.post(door, {"code": code, "zone": "Asia/Tokyo"})
    words["cookie"] = rhea.browser.cookies["safelight-shared"].value
    assert words["share question"] in rhea.opens(reverse("shared:home"))
    assert rhea.browser.get(reverse("shared:picture_bytes", args=[picture])).status_code == 200
    rhea.sends(reverse("shared:answer"), answer=words["share answer"])
    assert words["share answer"] in alice.opens(reverse("sharing:share", args=[share.id]))
    for name in ("sharing:mine", "clinic:today"):
        alice.opens(reverse(name))
    alice.opens(reverse("sharing:of_patient", args=[cast.petra]))


def gives_a_copy(cast: Cast, left: Left) -> None:
    words, picture = left.words, take_labelled(cast.alice, cast.petra)
    visit = agreed_to_a_copy(cast.alice, cast.petra, [picture], words["copy recipient"])
    link: MadeLink = made(cast.alice, visit, [picture], reason=words["copy reason"])
    receiver = receiver_of(link)
    words["copy token"], words["copy key"] = receiver.token, receiver.payload["key"]
    assert receiver.fetch(link.passcode, recipient=words["copy system"])["entry"]
    shown = at(cast.alice, left).opens(reverse("exporting:link", args=[link.id]))
    assert words["copy system"] in shown


def publishes(cast: Cast, left: Left) -> None:
    one_person_is_enough()
    words, picture = left.words, take(cast.alice, cast.petra)
    page, alice = page_of(cast.alice, cast.petra), at(cast.alice, left)
    alice.sends(
        reverse("clinic:new_publication", args=[cast.petra]),
        purpose=Purpose.PRINT_PUBLICATION.value,
        named=words["work"],
        where=words["journal"],
        responsible=words["responsible"],
        photograph=str(picture),
    )
    work = Publication.objects.get().id
    alice.sends(reverse("clinic:publication_layout", args=[work]), photograph=str(page))
    agree(ask_about(cast.alice, cast.petra, [picture, page], named=words["work"]))
    file = reverse("clinic:publication_file", args=[work, picture])
    assert alice.browser.post(file).content.startswith(b"\xff\xd8")
    again = reverse("clinic:publication_file_again", args=[work, picture])
    alice.sends(again, reason=f"It was lost: {words['why again']}")
    day = f"{timezone.localdate():%Y-%m-%d}"
    shown = alice.sends(
        reverse("clinic:publication_appeared", args=[work]), day=day, where=words["appeared"]
    )
    assert words["appeared"] in shown
    alice.opens(reverse("clinic:publications"))


def test_nothing_of_it_is_found_in_rows_files_logs_and_addresses(left: Left, stores: Path) -> None:
    """Rows of both databases; blobs, quarantine, temporary files, and on SQLite the databases and
    their write-ahead logs; the log; and every address. One journey: it takes half a minute.
    """
    assert left.log, "there is a log"
    assert len(left.addresses) > MANY
    assert list((stores / "temporary").iterdir()) == []
    found = {
        "rows": in_rows(left),
        "files": search_files(stores, left.needles)
        + search_files(test_settings.HOME, left.needles),
        "log": inside(left.log.encode(), left.needles),
        "addresses": in_addresses(left),
    }
    assert found == {"rows": [], "files": [], "log": [], "addresses": []}
    assert unfindable(left) == set()


def in_rows(left: Left) -> list[str]:
    found = {
        f"{name}: {place}"
        for place, value in rows()
        for name in inside(as_bytes(value), left.needles)
    }
    return sorted(found)


def in_addresses(left: Left) -> list[str]:
    """A share's letters and a copy's token are addresses by design; they open nothing alone. A tag is
    a word to search by, and stands in the address of the shelf that it narrows.
    """
    own = ("link in ", "copy token in ", "tag in ")
    found = inside("\n".join(left.addresses).encode(), left.needles)
    return [name for name in found if not name.startswith(own)]


def unfindable(left: Left) -> set[str]:
    """Words that the search would miss if they were there."""
    text = " ".join(left.words.values()).encode()
    return set(left.words) - {name.split(" in ")[0] for name in inside(text, left.needles)}
