"""A share is given only under an agreement that names the recipient, and within bounds."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from tests.cast import Cast
from tests.consenting import agreement_to, as_if_signed
from tests.sharing import ADDRESS, QUESTION, RHEA, agreed, come_in, row_of, shared, wanted
from tests.taking import take

from safelight.audit.models import Event
from safelight.consent.services.ending import withdraw
from safelight.consent.visits import Visit
from safelight.sharing.errors import ShareNotFoundError, ShareOverError, ShareRefusedError
from safelight.sharing.guests import link_letters
from safelight.sharing.looks import show
from safelight.sharing.models import Share
from safelight.sharing.selectors import Standing, my_shares, offers, open_share, shares_of
from safelight.sharing.services.giving import extend, give, renew_code, revoke
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import Sensitivity
from safelight.vocabulary.purposes import Purpose

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]

NOBODYS = UUID(int=7)


@pytest.fixture
def picture(cast: Cast) -> UUID:
    return take(cast.alice, cast.petra)


@pytest.fixture
def visit(cast: Cast, picture: UUID) -> Visit:
    return agreed(cast.alice, cast.petra, [picture])


def test_what_was_agreed_is_offered_with_the_recipient_it_names(
    cast: Cast, picture: UUID, visit: Visit
) -> None:
    take(cast.alice, cast.petra)
    [offer] = offers(cast.alice, cast.petra)
    assert offer.recipient == RHEA
    assert [item.id for item in offer.photographs] == [picture]


def test_nothing_is_offered_without_an_agreement_or_after_it(
    cast: Cast, picture: UUID, visit: Visit
) -> None:
    withdraw(visit, agreement_to(visit, Purpose.SECOND_OPINION).id)
    assert offers(cast.alice, cast.petra) == []
    assert offers(cast.alice, cast.pablo) == []


@pytest.mark.parametrize("who", ["bob", "charlie", "theo", "priya", "ada"])
def test_only_who_treats_the_patient_may_share_or_read_shares(
    cast: Cast, picture: UUID, visit: Visit, who: str
) -> None:
    given, other = shared(cast.alice, visit, [picture]), getattr(cast, who)
    for attempt in (
        lambda: give(other, cast.petra, wanted(visit, [picture])),
        lambda: offers(other, cast.petra),
        lambda: shares_of(other, cast.petra),
        lambda: open_share(other, given.share),
        lambda: extend(other, given.share, days=1, openings=1),
        lambda: renew_code(other, given.share),
        lambda: revoke(other, given.share),
    ):
        with pytest.raises(ShareNotFoundError):
            attempt()
    assert my_shares(other) == []


def test_a_share_says_to_its_sender_what_it_is(cast: Cast, picture: UUID, visit: Visit) -> None:
    given = shared(cast.alice, visit, [picture])
    known = open_share(cast.alice, given.share)
    assert (known.recipient, known.address, known.question) == (RHEA, ADDRESS, QUESTION)
    assert (known.standing, known.opened, known.answers) == (Standing.WAITS, (), ())
    assert [item.id for item in known.photographs] == [picture]
    assert known.expires_at - known.given_at == timedelta(days=7)
    assert len(given.code) == 8


def test_rows_and_events_hold_no_name_address_question_code_or_letters(
    cast: Cast, picture: UUID, visit: Visit
) -> None:
    given = shared(cast.alice, visit, [picture])
    row = Share.objects.values().get(id=given.share)
    event = Event.objects.values().get(tag=EventTag.SHARING_SHARE_GIVEN)
    told = repr([row, event])
    for secret in ("Rhea", "rhea@", "excise", given.code, link_letters(given.share)):
        assert secret not in told


@pytest.mark.parametrize(
    "changes",
    [
        {"address": "no address"},
        {"address": ""},
        {"address": "rhea@recipient.example\nBcc: mallory@elsewhere.example"},
        {"question": "  "},
        {"question": "a" * 4001},
        {"photographs": ()},
        {"photographs": (NOBODYS,)},
        {"days": 0},
        {"days": 31},
        {"days": -1},
        {"openings": 0},
        {"openings": 21},
        {"reason": "a" * 4001},
    ],
)
def test_what_is_out_of_bounds_is_refused(
    cast: Cast, picture: UUID, visit: Visit, changes: dict[str, Any]
) -> None:
    with pytest.raises(ShareRefusedError):
        shared(cast.alice, visit, **{"photographs": [picture], **changes})
    assert not Share.objects.exists()


def test_a_picture_that_the_agreement_does_not_list_is_refused(
    cast: Cast, picture: UUID, visit: Visit
) -> None:
    other = take(cast.alice, cast.petra)
    with pytest.raises(ShareRefusedError):
        shared(cast.alice, visit, [picture, other])


def test_an_agreement_to_another_purpose_or_patient_shares_nothing(
    cast: Cast, picture: UUID, visit: Visit
) -> None:
    research = agreed(cast.alice, cast.petra, [picture], purpose=Purpose.RESEARCH)
    wrong = agreement_to(research, Purpose.RESEARCH).id
    with pytest.raises(ShareNotFoundError):
        shared(cast.alice, visit, [picture], agreement=wrong)
    with pytest.raises(ShareNotFoundError):
        give(cast.alice, cast.pablo, wanted(visit, [picture]))


def test_it_never_outlasts_the_agreement(cast: Cast, picture: UUID, visit: Visit) -> None:
    today = timezone.now().date()
    agreement = agreement_to(visit, Purpose.SECOND_OPINION)
    as_if_signed(agreement, ends_on=today + timedelta(days=1))
    given = shared(cast.alice, visit, [picture], days=7)
    assert row_of(given).expires_at.date() == today + timedelta(days=2)


def test_an_intimate_picture_is_shared_for_a_stated_reason_only(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra, sensitivity=Sensitivity.INTIMATE)
    visit = agreed(cast.alice, cast.petra, [picture])
    with pytest.raises(ShareRefusedError):
        shared(cast.alice, visit, [picture])
    given = shared(cast.alice, visit, [picture], reason="The lesion lies there.")
    assert show(come_in(given), picture).content


def test_it_can_be_extended_within_the_longest_time_from_when_it_was_given(
    cast: Cast, picture: UUID, visit: Visit
) -> None:
    given = shared(cast.alice, visit, [picture], days=1, openings=1)
    extend(cast.alice, given.share, days=14, openings=5)
    row = row_of(given)
    assert row.expires_at - row.given_at > timedelta(days=13)
    assert row.openings == 5
    for days, openings in [(31, 5), (0, 5), (14, 21), (14, 0)]:
        with pytest.raises(ShareRefusedError):
            extend(cast.alice, given.share, days=days, openings=openings)


def test_what_was_revoked_or_withdrawn_is_not_extended(
    cast: Cast, picture: UUID, visit: Visit
) -> None:
    first, second = (shared(cast.alice, visit, [picture]) for _ in range(2))
    revoke(cast.alice, first.share)
    revoke(cast.alice, first.share)
    assert Event.objects.filter(tag=EventTag.SHARING_SHARE_REVOKED).count() == 1
    withdraw(visit, agreement_to(visit, Purpose.SECOND_OPINION).id)
    for given in (first, second):
        with pytest.raises(ShareRefusedError):
            extend(cast.alice, given.share, days=7, openings=20)
        with pytest.raises(ShareRefusedError):
            renew_code(cast.alice, given.share)
    standings = [item.standing for item in shares_of(cast.alice, cast.petra)]
    assert set(standings) == {Standing.REVOKED, Standing.AGREEMENT_ENDED}


def test_after_a_withdrawal_the_question_is_gone_and_the_address_stays_to_tell_them(
    cast: Cast, picture: UUID, visit: Visit
) -> None:
    given = shared(cast.alice, visit, [picture])
    withdraw(visit, agreement_to(visit, Purpose.SECOND_OPINION).id)
    known = open_share(cast.alice, given.share)
    assert (known.question, known.address, known.recipient) == ("", ADDRESS, RHEA)


def test_a_newer_word_about_the_same_pictures_does_not_revive_a_share(
    cast: Cast, picture: UUID, visit: Visit
) -> None:
    guest = come_in(shared(cast.alice, visit, [picture]))
    agreed(cast.alice, cast.petra, [picture])
    with pytest.raises(ShareOverError):
        show(guest, picture)


def test_every_share_has_a_mark_of_its_own(cast: Cast, picture: UUID, visit: Visit) -> None:
    marks = {row_of(shared(cast.alice, visit, [picture])).mark_number for _ in range(5)}
    assert len(marks) == 5
    assert all(0 <= mark < 2**32 for mark in marks)
