"""A copy is given only under an agreement to a copy, each fetch is decided anew, and ends with it."""

import io
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from PIL import Image
from tests.cast import Cast
from tests.consenting import agreement_to, as_if_signed
from tests.exporting import (
    COPY,
    SYSTEM,
    agreed_to_a_copy,
    location_for,
    location_of,
    made,
    pictures_in,
    receiver_of,
    row_of,
    wanted,
)
from tests.sharing import RHEA, agreed
from tests.taking import forearm, take, take_labelled

from safelight.audit.models import Event
from safelight.consent.services.ending import withdraw
from safelight.consent.visits import Visit
from safelight.engines.policy import ReferenceState
from safelight.exporting.errors import (
    CopyLinkNotFoundError,
    CopyLinkRefusedError,
)
from safelight.exporting.models import CopyLink, CopyRequest
from safelight.exporting.selectors import (
    Standing,
    given_of,
    links_of,
    offers,
    open_link,
    to_delete,
    to_delete_count,
)
from safelight.exporting.services import making
from safelight.exporting.services.making import MadeLink, make, note_deletion_asked, revoke
from safelight.photos.labels import label_photographs
from safelight.project import cli_watermark
from safelight.sharing.services.tracing import trace
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import Sensitivity

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
NOBODYS = UUID(int=7)


@pytest.fixture
def picture(cast: Cast) -> UUID:
    return take_labelled(cast.alice, cast.petra)


@pytest.fixture
def visit(cast: Cast, picture: UUID) -> Visit:
    return agreed_to_a_copy(cast.alice, cast.petra, [picture])


@pytest.fixture
def link(cast: Cast, picture: UUID, visit: Visit) -> MadeLink:
    return made(cast.alice, visit, [picture])


def count(tag: EventTag) -> int:
    return Event.objects.filter(tag=tag).count()


def test_a_receiver_that_follows_the_specification_opens_the_pictures(
    picture: UUID, link: MadeLink
) -> None:
    bundle = receiver_of(link).fetch(link.passcode)
    [data] = pictures_in(bundle)
    assert Image.open(io.BytesIO(data)).format == "JPEG"
    kinds = {item["resource"]["resourceType"] for item in bundle["entry"]}
    assert kinds == {"Patient", "DocumentReference", "BodyStructure", "Binary"}


def test_a_picture_that_turns_up_names_the_link_it_left_by(link: MadeLink) -> None:
    [data] = pictures_in(receiver_of(link).fetch(link.passcode))
    lines, is_named = cli_watermark.told(trace(data))
    assert is_named
    assert f"In a copy for the record of: {RHEA}" in lines
    assert count(EventTag.EXPORTING_MARK_READ) == 1


def test_one_that_wants_no_embedded_file_gets_the_same_pictures_from_a_location(
    picture: UUID, link: MadeLink
) -> None:
    receiver = receiver_of(link)
    assert json.loads(receiver.ask(link.passcode).body)["files"][0]["embedded"]
    reply = receiver.ask(link.passcode, embeddedLengthMax=0)
    [file] = json.loads(reply.body)["files"]
    assert "embedded" not in file
    assert receiver.open(receiver.collect(file["location"]))["entry"]


def test_the_link_asks_for_a_passcode_ends_and_says_nothing_else(link: MadeLink) -> None:
    payload = receiver_of(link).payload
    assert set(payload) == {"url", "key", "exp", "flag", "v"}
    assert payload["flag"] == "P"
    assert payload["exp"] == int(link.expires_at.timestamp())
    assert len(payload["url"]) <= 128


def test_of_the_patient_the_copy_holds_a_pseudonym_a_sex_and_an_age_band(
    cast: Cast, link: MadeLink
) -> None:
    bundle = json.dumps(receiver_of(link).fetch(link.passcode))
    for told in ("Okonjo", "Petra", str(cast.petra), "birthDate"):
        assert told not in bundle


def test_two_links_to_one_picture_cannot_be_put_together_and_one_link_is_always_the_same(
    cast: Cast, picture: UUID, visit: Visit, link: MadeLink
) -> None:
    other = made(cast.alice, visit, [picture])
    ids = [
        {item["fullUrl"] for item in receiver_of(each).fetch(each.passcode)["entry"]}
        for each in (link, link, other)
    ]
    assert ids[0] == ids[1]
    assert not ids[0] & ids[2]


def test_rows_and_events_hold_no_name_key_passcode_or_address(link: MadeLink) -> None:
    receiver = receiver_of(link)
    receiver.fetch(link.passcode)
    told = repr(
        [*CopyLink.objects.values(), *CopyRequest.objects.values(), *Event.objects.values()]
    )
    for secret in ("Rhea", SYSTEM, link.passcode, receiver.token, receiver.payload["key"]):
        assert secret not in told


def test_an_agreement_to_an_opinion_gives_no_copy(cast: Cast, picture: UUID) -> None:
    agreed(cast.alice, cast.petra, [picture])
    assert offers(cast.alice, cast.petra) == []


def test_what_was_agreed_is_offered_with_the_recipient_it_names(
    cast: Cast, picture: UUID, visit: Visit
) -> None:
    [offer] = offers(cast.alice, cast.petra)
    assert offer.recipient == RHEA
    assert [item.id for item in offer.photographs] == [picture]


@pytest.mark.parametrize("who", ["bob", "charlie", "theo", "priya", "ada"])
def test_only_who_treats_the_patient_makes_or_reads_links(
    cast: Cast, picture: UUID, visit: Visit, link: MadeLink, who: str
) -> None:
    other = getattr(cast, who)
    for attempt in (
        lambda: make(other, cast.petra, wanted(visit, [picture]), location_of),
        lambda: offers(other, cast.petra),
        lambda: links_of(other, cast.petra),
        lambda: open_link(other, link.id),
        lambda: revoke(other, link.id),
        lambda: note_deletion_asked(other, link.id),
    ):
        with pytest.raises(CopyLinkNotFoundError):
            attempt()


@pytest.mark.parametrize(
    "changes",
    [
        {"photographs": ()},
        {"photographs": (NOBODYS,)},
        {"days": 0},
        {"days": 31},
        {"days": -1},
        {"reason": "a" * 4001},
    ],
)
def test_what_is_out_of_bounds_is_refused(
    cast: Cast, picture: UUID, visit: Visit, changes: dict[str, Any]
) -> None:
    with pytest.raises(CopyLinkRefusedError):
        made(cast.alice, visit, **{"photographs": [picture], **changes})
    assert not CopyLink.objects.exists()


def test_no_link_is_made_that_others_would_ask_in_clear(
    cast: Cast, picture: UUID, visit: Visit
) -> None:
    with pytest.raises(CopyLinkRefusedError):
        made(cast.alice, visit, [picture], lambda token: f"http://safelight.example/{token}")
    assert not CopyLink.objects.exists()


def test_a_picture_without_a_label_has_no_place_in_a_record(cast: Cast) -> None:
    bare = take(cast.alice, cast.petra)
    visit = agreed_to_a_copy(cast.alice, cast.petra, [bare])
    assert offers(cast.alice, cast.petra) == []
    with pytest.raises(CopyLinkRefusedError):
        made(cast.alice, visit, [bare])


def test_it_never_outlasts_the_agreement(cast: Cast, picture: UUID, visit: Visit) -> None:
    today = timezone.now().date()
    as_if_signed(agreement_to(visit, COPY), ends_on=today + timedelta(days=1))
    link = made(cast.alice, visit, [picture])
    assert row_of(link).expires_at.date() == today + timedelta(days=2)


def test_an_intimate_picture_leaves_for_a_stated_reason_only(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    label_photographs(cast.alice.staff, [picture], forearm(Sensitivity.INTIMATE))
    visit = agreed_to_a_copy(cast.alice, cast.petra, [picture])
    with pytest.raises(CopyLinkRefusedError):
        made(cast.alice, visit, [picture])
    link = made(cast.alice, visit, [picture], reason="They go on with the treatment.")
    assert len(pictures_in(receiver_of(link).fetch(link.passcode))) == 1


def test_who_fetched_is_written_down_and_outlives_the_agreement(
    cast: Cast, visit: Visit, link: MadeLink
) -> None:
    receiver = receiver_of(link)
    receiver.fetch(link.passcode)
    event = Event.objects.get(tag=EventTag.EXPORTING_COPY_FETCHED)
    asked = CopyRequest.objects.get()
    assert (event.actor, event.purpose) == (asked.id, "record-copy")
    assert count(EventTag.PHOTOGRAPH_SHOWN_BY_REFERENCE) == 1
    withdraw(visit, agreement_to(visit, COPY).id)
    known = open_link(cast.alice, link.id)
    assert [item.recipient for item in known.asked] == [SYSTEM]
    assert known.is_to_delete
    assert known.standing is Standing.AGREEMENT_ENDED


def test_whoever_made_the_link_is_reminded_until_the_recipient_was_asked_to_delete(
    cast: Cast, visit: Visit, link: MadeLink
) -> None:
    receiver_of(link).fetch(link.passcode)
    assert to_delete(cast.alice) == []
    withdraw(visit, agreement_to(visit, COPY).id)
    assert [item.id for item in to_delete(cast.alice)] == [link.id]
    assert to_delete_count(cast.alice) == 1
    assert to_delete(cast.bob) == []
    note_deletion_asked(cast.alice, link.id)
    note_deletion_asked(cast.alice, link.id)
    assert to_delete(cast.alice) == []
    assert count(EventTag.EXPORTING_DELETION_ASKED) == 1


def test_nobody_is_to_be_asked_where_nothing_was_fetched(cast: Cast, link: MadeLink) -> None:
    location_for(link)
    revoke(cast.alice, link.id)
    note_deletion_asked(cast.alice, link.id)
    assert to_delete_count(cast.alice) == 0
    assert count(EventTag.EXPORTING_DELETION_ASKED) == 0


def test_more_than_fits_into_one_copy_is_refused_when_the_link_is_made(
    cast: Cast, picture: UUID, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "LONGEST_COPY", 1000)
    with pytest.raises(CopyLinkRefusedError, match="too many pictures"):
        made(cast.alice, visit, [picture])


def test_asking_alone_leaves_no_copy(cast: Cast, visit: Visit, link: MadeLink) -> None:
    location_for(link)
    known = open_link(cast.alice, link.id)
    assert known.standing is Standing.WAITS
    assert [item.fetched_at for item in known.asked] == [None]
    assert not known.left_copy


def test_the_patient_reads_that_a_copy_left(visit: Visit, link: MadeLink) -> None:
    [before] = given_of(visit)
    assert (before.who, before.left_copy, before.state) == (RHEA, False, ReferenceState.IN_FORCE)
    receiver_of(link).fetch(link.passcode)
    [after] = given_of(visit)
    assert (after.left_copy, after.opened) == (True, 1)
    withdraw(visit, agreement_to(visit, COPY).id)
    [ended] = given_of(visit)
    assert (ended.left_copy, ended.state) == (True, ReferenceState.REVOKED)
