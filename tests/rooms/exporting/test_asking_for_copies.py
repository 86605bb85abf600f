"""Who asks by a link meets its passcode, its end, a revocation, a withdrawal, and the clock."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connection
from django.utils import timezone
from tests.at_once import at_once
from tests.cast import Cast
from tests.consenting import agreement_to
from tests.exporting import (
    COPY,
    agreed_to_a_copy,
    location_for,
    made,
    receiver_of,
    rooms_wire,
    row_of,
)
from tests.taking import take_labelled

from safelight.audit.models import Event
from safelight.consent.services.ending import withdraw
from safelight.consent.visits import Visit
from safelight.engines.smart_health_link import LinkFile, seal_file
from safelight.exporting import copying
from safelight.exporting.models import CopiedPicture, CopyLink, CopyRequest
from safelight.exporting.seals import key_of
from safelight.exporting.selectors import Standing, open_link
from safelight.exporting.services import fetching
from safelight.exporting.services.making import MadeLink, revoke
from safelight.vault.errors import KeyMissingError
from safelight.vocabulary.events import EventTag

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
Clock = Callable[[datetime], None]


@pytest.fixture
def picture(cast: Cast) -> UUID:
    return take_labelled(cast.alice, cast.petra)


@pytest.fixture
def visit(cast: Cast, picture: UUID) -> Visit:
    return agreed_to_a_copy(cast.alice, cast.petra, [picture])


@pytest.fixture
def link(cast: Cast, picture: UUID, visit: Visit) -> MadeLink:
    return made(cast.alice, visit, [picture])


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return lambda moment: monkeypatch.setattr(timezone, "now", lambda: moment)


def count(tag: EventTag) -> int:
    return Event.objects.filter(tag=tag).count()


def test_five_wrong_passcodes_lock_it_for_good(link: MadeLink) -> None:
    receiver = receiver_of(link)
    answers = [receiver.ask("00000000") for _ in range(6)]
    left = [json.loads(item.body)["remainingAttempts"] for item in answers[:5]]
    assert left == [4, 3, 2, 1, 0]
    assert [item.status for item in answers] == [401] * 5 + [404]
    assert receiver.ask(link.passcode).status == 404
    assert count(EventTag.EXPORTING_LINK_LOCKED) == 1


def test_a_right_passcode_takes_back_no_wrong_one(link: MadeLink) -> None:
    receiver = receiver_of(link)
    for _ in range(4):
        receiver.ask("00000000")
    assert receiver.ask(link.passcode).status == 200
    assert receiver.ask("00000000").status == 401
    assert receiver.ask(link.passcode).status == 404


def test_a_missing_passcode_is_refused_and_not_counted(link: MadeLink) -> None:
    receiver = receiver_of(link)
    assert [receiver.ask(None).status for _ in range(6)] == [401] * 6
    assert receiver.ask(link.passcode).status == 200


def test_twenty_who_guess_at_once_get_five_tries_between_them(link: MadeLink) -> None:
    receiver = receiver_of(link)
    answers = at_once(*[lambda: receiver.ask("00000000") for _ in range(20)])
    statuses = [answer.status for answer in answers]
    assert statuses.count(401) == 5
    # Locked by then, or told to ask again since all tries were under way.
    assert statuses.count(404) + statuses.count(429) == 15
    assert row_of(link).failed_attempts == 5
    assert count(EventTag.EXPORTING_LINK_LOCKED) == 1
    assert count(EventTag.EXPORTING_ACCESS_REFUSED) == 4
    assert receiver.ask(link.passcode).status == 404


def test_of_passcodes_at_once_five_are_compared_and_no_row_is_held_meanwhile(
    link: MadeLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[bool] = []

    def watched(code: str, encoded: str) -> bool:
        compared.append(connection.in_atomic_block)
        return check_password(code, encoded)

    monkeypatch.setattr(fetching, "check_password", watched)
    receiver = receiver_of(link)
    at_once(*[lambda: receiver.ask("00000000") for _ in range(12)])
    assert compared == [False] * 5


def test_a_passcode_that_nobody_settled_stays_counted_and_the_sender_sees_the_lock(
    cast: Cast, link: MadeLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies while it compares: no try is won by that."""

    def dies(code: str, encoded: str) -> bool:
        raise KeyboardInterrupt

    receiver = receiver_of(link)
    with monkeypatch.context() as dying:
        dying.setattr(fetching, "check_password", dies)
        for _ in range(5):
            with pytest.raises(KeyboardInterrupt):
                receiver.ask("00000000")
    assert receiver.ask(link.passcode).status == 429
    assert open_link(cast.alice, link.id).standing is Standing.LOCKED


@pytest.mark.parametrize("passcode", ["right", "wrong"])
def test_a_link_that_is_revoked_while_a_passcode_is_compared_stays_revoked(
    cast: Cast, link: MadeLink, monkeypatch: pytest.MonkeyPatch, passcode: str
) -> None:
    def revoked_meanwhile(code: str, encoded: str) -> bool:
        revoke(cast.alice, link.id)
        return check_password(code, encoded)

    receiver = receiver_of(link)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(fetching, "check_password", revoked_meanwhile)
        typed = link.passcode if passcode == "right" else "00000000"
        assert receiver.ask(typed).status == (404 if passcode == "right" else 401)
    CopyLink.objects.filter(id=link.id).update(revoked_at=None)
    assert receiver.ask(link.passcode).status == 404


def test_after_the_end_the_server_says_no_whatever_the_receiver_does(
    link: MadeLink, set_clock: Clock
) -> None:
    receiver = receiver_of(link)
    set_clock(link.expires_at - timedelta(seconds=1))
    assert receiver.ask(link.passcode).status == 200
    set_clock(link.expires_at)
    assert receiver.ask(link.passcode).status == 404


def test_a_clock_that_is_set_back_opens_nothing(link: MadeLink, set_clock: Clock) -> None:
    location = location_for(link)
    set_clock(timezone.now() - timedelta(days=1))
    receiver = receiver_of(link)
    assert receiver.ask(link.passcode).status == 404
    assert rooms_wire("GET", location, b"").status == 404


def test_a_location_is_good_for_minutes(link: MadeLink, set_clock: Clock) -> None:
    location, began = location_for(link), timezone.now()
    assert rooms_wire("GET", location, b"").status == 200
    set_clock(began + timedelta(minutes=11))
    assert rooms_wire("GET", location, b"").status == 404


def test_after_revoking_neither_link_nor_location_gives_anything(
    cast: Cast, link: MadeLink
) -> None:
    location = location_for(link)
    revoke(cast.alice, link.id)
    revoke(cast.alice, link.id)
    assert receiver_of(link).ask(link.passcode).status == 404
    assert rooms_wire("GET", location, b"").status == 404
    assert count(EventTag.EXPORTING_LINK_REVOKED) == 1


def test_a_revocation_taken_out_of_the_row_revives_nothing(cast: Cast, link: MadeLink) -> None:
    location = location_for(link)
    revoke(cast.alice, link.id)
    CopyLink.objects.filter(id=link.id).update(revoked_at=None)
    assert receiver_of(link).ask(link.passcode).status == 404
    assert rooms_wire("GET", location, b"").status == 404


def test_withdrawn_between_manifest_and_file_nothing_leaves(visit: Visit, link: MadeLink) -> None:
    location = location_for(link)
    withdraw(visit, agreement_to(visit, COPY).id)
    assert rooms_wire("GET", location, b"").status == 404
    assert receiver_of(link).ask(link.passcode).status == 404
    assert count(EventTag.EXPORTING_COPY_FETCHED) == 0


def test_withdrawn_while_the_copy_is_made_it_does_not_leave(
    visit: Visit, link: MadeLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    location = location_for(link)

    def withdrawn_meanwhile(key: bytes, file: LinkFile) -> str:
        withdraw(visit, agreement_to(visit, COPY).id)
        return seal_file(key, file)

    monkeypatch.setattr(copying, "seal_file", withdrawn_meanwhile)
    assert rooms_wire("GET", location, b"").status == 404
    assert count(EventTag.EXPORTING_COPY_FETCHED) == 0


def test_after_a_withdrawal_the_key_cannot_be_read(visit: Visit, link: MadeLink) -> None:
    withdraw(visit, agreement_to(visit, COPY).id)
    with pytest.raises(KeyMissingError):
        key_of(row_of(link))


def test_a_newer_word_about_the_same_pictures_revives_no_link(
    cast: Cast, picture: UUID, link: MadeLink
) -> None:
    agreed_to_a_copy(cast.alice, cast.petra, [picture])
    assert receiver_of(link).ask(link.passcode).status == 404


@pytest.mark.parametrize(
    "change",
    [
        {"expires_at": timezone.now() + timedelta(days=400)},
        {"code_hash": "plain$$0000"},
        {"token_digest": "0" * 64},
        {"mark_number": 1},
        {"failed_attempts": 0},
    ],
)
def test_a_row_that_was_changed_by_hand_opens_nothing(
    link: MadeLink, change: dict[str, Any]
) -> None:
    receiver_of(link).ask("00000000")
    CopyLink.objects.filter(id=link.id).update(**change)
    assert receiver_of(link).ask(link.passcode).status == 404


def test_a_lock_that_was_taken_out_of_the_row_opens_nothing(link: MadeLink) -> None:
    receiver = receiver_of(link)
    for _ in range(5):
        receiver.ask("00000000")
    CopyLink.objects.filter(id=link.id).update(locked_at=None, failed_attempts=0)
    assert receiver.ask(link.passcode).status == 404


def test_a_picture_that_was_put_into_the_rows_or_taken_out_of_them_closes_the_link(
    cast: Cast, visit: Visit, picture: UUID, link: MadeLink
) -> None:
    """The agreement lists both; the link was made for one."""
    other = take_labelled(cast.alice, cast.petra)
    receiver = receiver_of(link)
    added = CopiedPicture.objects.create(link_id=link.id, photograph_id=other, position=1)
    assert receiver.ask(link.passcode).status == 404
    added.delete()
    assert receiver.ask(link.passcode).status == 200
    CopiedPicture.objects.filter(link=link.id).update(photograph=other)
    assert receiver.ask(link.passcode).status == 404


def test_a_location_that_was_moved_to_another_link_or_prolonged_opens_nothing(
    cast: Cast, visit: Visit, picture: UUID, link: MadeLink
) -> None:
    location = location_for(link)
    later = timezone.now() + timedelta(days=1)
    CopyRequest.objects.update(location_ends_at=later)
    assert rooms_wire("GET", location, b"").status == 404
    second = location_for(link)
    other = made(cast.alice, visit, [picture])
    CopyRequest.objects.update(link=other.id)
    assert rooms_wire("GET", second, b"").status == 404
