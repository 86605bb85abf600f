"""Opening legal custody: two persons, a ground, a time; refused and recorded otherwise."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError
from django.utils import timezone
from tests.at_once import at_once
from tests.cast import Cast, hire
from tests.keeping import (
    WORDS,
    hold,
    in_custody,
    opened_for,
    requested,
    settled,
    visit_of_petra,
    withdrawn,
)
from tests.pictures import jpeg
from tests.taking import take_labelled

from safelight.audit.models import Event
from safelight.engines.policy import OpeningState, Reason
from safelight.photos.models import RenditionRow
from safelight.recall.confirmation import confirmation_of
from safelight.recall.errors import (
    CustodyRequestNotFoundError,
    CustodyRequestRefusedError,
    SamePersonError,
)
from safelight.recall.fates import today_here
from safelight.recall.kept import (
    custody_openings_of,
    find_opening,
    labels_for,
    openings_of,
    openings_to_confirm,
    pictures_kept_of,
)
from safelight.recall.models import CustodyRequest, LegalCustody, RequestedPicture
from safelight.recall.services.keeping import erase_due_custody
from safelight.recall.services.opening_custody import (
    NewRequest,
    confirm_opening,
    end_opening,
    look_into_custody,
    request_opening,
)
from safelight.release import custody as gate
from safelight.release.errors import AccessRefusedError
from safelight.release.own_record import who_looked_at_mine
from safelight.vocabulary.body_sites import body_site
from safelight.vocabulary.events import EventTag, Outcome
from safelight.vocabulary.recall import CustodyGround
from safelight.vocabulary.roles import Role

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]


@pytest.fixture
def kept(cast: Cast) -> UUID:
    return in_custody(cast)


def reasons(asker: Any, request: UUID, photograph: UUID) -> set[Reason]:
    """Why it is refused; fails if it opens. Every refusal is in the record."""
    before = refusals().count()
    with pytest.raises(AccessRefusedError) as refused:
        look_into_custody(asker, request, photograph)
    assert refusals().count() == before + 1
    assert refused.value.decision is not None
    return set(refused.value.decision.reasons)


def refusals() -> Any:
    return Event.objects.filter(
        tag=EventTag.RECALL_CUSTODY_REFUSED.value, outcome=Outcome.DENIED.value
    )


def openings() -> Any:
    return Event.objects.filter(tag=EventTag.RECALL_CUSTODY_OPENED.value)


def grow_old(request: UUID, **ago: int) -> None:
    row = CustodyRequest.objects.get(id=request)
    row.requested_at -= timedelta(**ago)
    if row.confirmed_at:
        row.confirmed_at -= timedelta(**ago)
        row.confirmation = confirmation_of(row)
    row.save()


def test_two_persons_open_the_original_as_it_was_taken(cast: Cast) -> None:
    data = jpeg(7, (96, 64))
    photograph = take_labelled(cast.alice, cast.petra, data=data)
    settled(withdrawn(cast, photograph))
    opened = look_into_custody(cast.priya, opened_for(cast, photograph), photograph)
    assert opened.media_type == "image/jpeg"
    assert opened.content.startswith(b"\xff\xd8\xff")


def test_the_event_is_written_before_a_byte_is_opened(
    cast: Cast, kept: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = opened_for(cast, kept)
    seen: list[int] = []

    def counts(*_told: object) -> bytes:
        seen.append(openings().count())
        raise OSError

    monkeypatch.setattr(gate, "open_object", counts)
    with pytest.raises(OSError):  # noqa: PT011 - the test's own
        look_into_custody(cast.priya, request, kept)
    assert seen == [1]


def test_without_an_event_nothing_is_opened(
    cast: Cast, kept: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = opened_for(cast, kept)

    def fails(*_told: object) -> None:
        raise OSError

    monkeypatch.setattr(gate, "record_durably", fails)
    monkeypatch.setattr(gate, "open_object", lambda *_: pytest.fail("it was opened"))
    with pytest.raises(OSError):  # noqa: PT011 - the test's own
        look_into_custody(cast.priya, request, kept)


def test_one_person_is_not_two(cast: Cast, kept: UUID) -> None:
    request = requested(cast.priya, cast.petra, kept)
    with pytest.raises(SamePersonError):
        confirm_opening(cast.priya, request)
    assert refusals().count() == 1
    assert reasons(cast.priya, request, kept) == {Reason.REQUEST_NOT_CONFIRMED}


def test_the_database_itself_takes_no_one_person_for_two(cast: Cast, kept: UUID) -> None:
    request = requested(cast.priya, cast.petra, kept)
    rows = CustodyRequest.objects.filter(id=request)
    with pytest.raises(IntegrityError):
        rows.update(confirmed_by=cast.priya.staff, confirmed_at=timezone.now())


def test_whoever_writes_to_the_database_is_no_second_person(cast: Cast, kept: UUID) -> None:
    forged = requested(cast.priya, cast.petra, kept)
    rows = CustodyRequest.objects.filter(id=forged)
    rows.update(confirmed_by=cast.ada.staff, confirmed_at=timezone.now())
    assert reasons(cast.priya, forged, kept) == {Reason.REQUEST_OVER}
    with pytest.raises(CustodyRequestNotFoundError):
        labels_for(cast.priya, forged)
    other = CustodyRequest.objects.get(id=opened_for(cast, kept))
    rows.update(confirmed_at=other.confirmed_at, confirmation=other.confirmation)
    assert reasons(cast.priya, forged, kept) == {Reason.REQUEST_OVER}


def test_what_was_confirmed_is_made_no_longer_no_wider_and_open_no_second_time(
    cast: Cast, kept: UUID
) -> None:
    longer, wider, closed = (opened_for(cast, kept) for _ in range(3))
    CustodyRequest.objects.filter(id=longer).update(minutes=240)
    assert reasons(cast.priya, longer, kept) == {Reason.REQUEST_OVER}
    another = take_labelled(cast.alice, cast.petra)
    settled(withdrawn(cast, another))
    RequestedPicture.objects.create(request_id=wider, photograph_id=another)
    assert reasons(cast.priya, wider, another) == {Reason.REQUEST_OVER}
    end_opening(cast.ada, closed)
    CustodyRequest.objects.filter(id=closed).update(ended_at=None)
    assert reasons(cast.priya, closed, kept) == {Reason.REQUEST_OVER}


def test_a_second_privacy_officer_may_confirm(cast: Cast, kept: UUID) -> None:
    second = hire("rhea", Role.PRIVACY_OFFICER)
    request = requested(cast.priya, cast.petra, kept)
    confirm_opening(second, request)
    assert look_into_custody(cast.priya, request, kept).content


@pytest.mark.parametrize("who", ["alice", "bob", "charlie", "theo"])
def test_nobody_else_asks_confirms_ends_or_looks(cast: Cast, kept: UUID, who: str) -> None:
    asker, request = getattr(cast, who), requested(cast.priya, cast.petra, kept)
    with pytest.raises(CustodyRequestNotFoundError):
        requested(asker, cast.petra, kept)
    with pytest.raises(CustodyRequestNotFoundError):
        confirm_opening(asker, request)
    with pytest.raises(CustodyRequestNotFoundError):
        end_opening(asker, request)
    confirm_opening(cast.ada, request)
    assert Reason.ROLE_OPENS_NO_CUSTODY in reasons(asker, request, kept)


def test_an_administrator_confirms_and_neither_asks_nor_looks(cast: Cast, kept: UUID) -> None:
    with pytest.raises(CustodyRequestNotFoundError):
        requested(cast.ada, cast.petra, kept)
    request = opened_for(cast, kept)
    assert reasons(cast.ada, request, kept) == {
        Reason.ROLE_OPENS_NO_CUSTODY,
        Reason.REQUESTED_BY_OTHERS,
    }


def test_another_privacy_officer_does_not_look_by_what_somebody_else_asked(
    cast: Cast, kept: UUID
) -> None:
    second = hire("rhea", Role.PRIVACY_OFFICER)
    assert reasons(second, opened_for(cast, kept), kept) == {Reason.REQUESTED_BY_OTHERS}


def test_it_opens_what_was_asked_for_and_no_other_picture_of_the_patient(
    cast: Cast, kept: UUID
) -> None:
    other = in_custody(cast)
    assert reasons(cast.priya, opened_for(cast, kept), other) == {Reason.NOT_REQUESTED}


def test_a_picture_that_is_not_under_lock_opens_by_no_request(cast: Cast, kept: UUID) -> None:
    treated = take_labelled(cast.alice, cast.petra)
    request = opened_for(cast, kept)
    assert reasons(cast.priya, request, treated) == {Reason.NOT_IN_CUSTODY, Reason.NOT_REQUESTED}
    with pytest.raises(CustodyRequestRefusedError):
        requested(cast.priya, cast.petra, treated)


def test_pictures_of_another_patient_are_not_asked_for_by_the_way(cast: Cast, kept: UUID) -> None:
    with pytest.raises(CustodyRequestRefusedError):
        requested(cast.priya, cast.pablo, kept)
    with pytest.raises(CustodyRequestRefusedError):
        requested(cast.priya, cast.petra)


def test_it_closes_by_itself_after_its_minutes(cast: Cast, kept: UUID) -> None:
    request = opened_for(cast, kept)
    grow_old(request, minutes=59)
    assert look_into_custody(cast.priya, request, kept).content
    grow_old(request, minutes=1)
    assert reasons(cast.priya, request, kept) == {Reason.REQUEST_OVER}
    with pytest.raises(CustodyRequestNotFoundError):
        confirm_opening(cast.ada, request)


def test_what_nobody_confirms_within_a_day_is_over(cast: Cast, kept: UUID) -> None:
    request = requested(cast.priya, cast.petra, kept)
    grow_old(request, hours=24)
    with pytest.raises(CustodyRequestNotFoundError):
        confirm_opening(cast.ada, request)
    assert openings_to_confirm(cast.ada) == []


def test_a_clock_that_went_back_closes_it(cast: Cast, kept: UUID) -> None:
    request = opened_for(cast, kept)
    grow_old(request, minutes=-10)
    assert reasons(cast.priya, request, kept) == {Reason.REQUEST_OVER}


def test_it_can_be_turned_down_and_closed(cast: Cast, kept: UUID) -> None:
    waiting, confirmed = requested(cast.priya, cast.petra, kept), opened_for(cast, kept)
    end_opening(cast.ada, waiting)
    end_opening(cast.priya, confirmed)
    with pytest.raises(CustodyRequestNotFoundError):
        confirm_opening(cast.ada, waiting)
    assert reasons(cast.priya, confirmed, kept) == {Reason.REQUEST_ENDED}
    with pytest.raises(CustodyRequestNotFoundError):
        end_opening(cast.ada, confirmed)


def test_a_guess_opens_nothing(cast: Cast, kept: UUID) -> None:
    assert reasons(cast.priya, uuid4(), kept) == {Reason.FACT_UNKNOWN}
    with pytest.raises(CustodyRequestNotFoundError):
        confirm_opening(cast.ada, uuid4())


@pytest.mark.parametrize(
    "changed", [{"words": "short"}, {"words": "x" * 501}, {"minutes": 4}, {"minutes": 241}]
)
def test_without_a_ground_in_words_and_a_time_in_bounds_nothing_is_asked(
    cast: Cast, kept: UUID, changed: dict[str, Any]
) -> None:
    values: dict[str, Any] = {"words": WORDS, "minutes": 60} | changed
    asked = NewRequest(cast.petra, [kept], CustodyGround.AUTHORITY, **values)
    with pytest.raises(CustodyRequestRefusedError):
        request_opening(cast.priya, asked)


def test_two_who_confirm_at_once_confirm_once(cast: Cast, kept: UUID) -> None:
    request = requested(cast.priya, cast.petra, kept)
    second = hire("rhea", Role.PRIVACY_OFFICER)
    said = at_once(
        lambda: confirm_opening(cast.ada, request), lambda: confirm_opening(second, request)
    )
    assert sorted(type(item).__name__ for item in said) == [
        "CustodyRequestNotFoundError",
        "NoneType",
    ]
    confirmed = Event.objects.filter(tag=EventTag.RECALL_CUSTODY_CONFIRMED.value)
    assert confirmed.count() == 1


def test_once_it_is_erased_no_request_opens_it(cast: Cast, kept: UUID) -> None:
    request = opened_for(cast, kept)
    LegalCustody.objects.update(keep_until=today_here() - timedelta(days=1))
    assert erase_due_custody() == 1
    assert not RenditionRow.objects.filter(photograph=kept).exists()
    assert reasons(cast.priya, request, kept) == {Reason.NOT_IN_CUSTODY}
    assert pictures_kept_of(cast.priya, cast.petra) == []


def test_its_labels_are_read_while_it_is_open_and_by_who_asked(cast: Cast, kept: UUID) -> None:
    request = requested(cast.priya, cast.petra, kept)
    with pytest.raises(CustodyRequestNotFoundError):
        labels_for(cast.priya, request)
    confirm_opening(cast.ada, request)
    with pytest.raises(CustodyRequestNotFoundError):
        labels_for(cast.ada, request)
    label = labels_for(cast.priya, request)[kept]
    assert label.body_site_display == body_site("14975008").display
    assert label.laterality == "left"
    assert Event.objects.filter(tag=EventTag.RECALL_CUSTODY_LABELS_READ.value).count() == 1


def test_the_words_are_sealed_and_read_by_who_may(cast: Cast, kept: UUID) -> None:
    request = requested(cast.priya, cast.petra, kept)
    assert WORDS.encode() not in bytes(CustodyRequest.objects.get().sealed_words)
    assert [item.id for item in openings_to_confirm(cast.ada)] == [request]
    assert openings_to_confirm(cast.priya) == openings_to_confirm(cast.alice) == []
    assert find_opening(cast.ada, request).words == WORDS
    assert [item.state for item in openings_of(cast.priya, cast.petra)] == [OpeningState.WAITING]
    assert openings_of(cast.alice, cast.petra) == []
    with pytest.raises(CustodyRequestNotFoundError):
        find_opening(cast.theo, request)


def test_the_patient_is_told_who_opened_it_and_why(cast: Cast) -> None:
    photograph = take_labelled(cast.alice, cast.petra)
    visit = visit_of_petra(cast, photograph)
    settled(withdrawn(cast, photograph))
    request = opened_for(cast, photograph)
    assert [look for look in who_looked_at_mine(visit) if look.custody] == []
    look_into_custody(cast.priya, request, photograph)
    (look,) = [look for look in who_looked_at_mine(visit) if look.custody]
    assert look.who == cast.priya.display_name
    assert look.second == cast.ada.display_name
    assert look.custody is CustodyGround.COURT_ORDER
    assert look.photographs == {photograph}
    (told,) = custody_openings_of(cast.petra)
    assert (told.photograph, told.ground) == (photograph, CustodyGround.COURT_ORDER)
    assert custody_openings_of(cast.pablo) == []


def test_a_refused_look_is_no_opening_to_be_told(cast: Cast, kept: UUID) -> None:
    reasons(cast.priya, requested(cast.priya, cast.petra, kept), kept)
    assert custody_openings_of(cast.petra) == []


def test_a_hold_opens_nothing(cast: Cast, kept: UUID) -> None:
    hold(cast.priya, cast.petra)
    assert reasons(cast.priya, uuid4(), kept) == {Reason.FACT_UNKNOWN}
