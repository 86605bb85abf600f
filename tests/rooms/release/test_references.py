"""Looks by reference: by the agreement's own key, while the reference is in force, and recorded."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.cast import Cast
from tests.consenting import agreement_to, recipient_of, signed
from tests.taking import take

from safelight.audit.models import Event
from safelight.consent.services.ending import withdraw
from safelight.engines.policy import Decision, Reason, ReferenceFacts, ReferenceState
from safelight.people.asker import Asker
from safelight.release.errors import AccessRefusedError
from safelight.release.facts import Asked, Use
from safelight.release.gate import open_photograph
from safelight.release.looks import who_looked
from safelight.release.marking import Mark, NotMarkedError
from safelight.release.references import Look, may_show, show_by_reference
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import Rendition, Sensitivity
from safelight.vocabulary.purposes import Purpose

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
LECTURE = Use(Purpose.LECTURE, Audience.LECTURE_HALL)
MARK = Mark("Rhea, 28 November 2026", 7)
GUEST = uuid4()


def look_at(photograph: UUID, use: Use = LECTURE, **changes: Any) -> Look:
    """A guest, or a screen, whom the reference admits."""
    facts = ReferenceFacts(
        str(uuid4()), ReferenceState.IN_FORCE, lists_photograph=True, is_admitted=True
    )
    known = {"viewer": GUEST, "named": "Lecture: wounds", "mark": MARK}
    return Look(use=use, facts=facts, photograph=photograph, **{**known, **changes})


def asked_by(asker: Asker, photograph: UUID) -> Look:
    return look_at(photograph, Use(), viewer=asker.staff, named="", staff=asker.facts)


def refused(look: Look) -> Decision:
    with pytest.raises(AccessRefusedError) as refusal:
        show_by_reference(look)
    assert refusal.value.decision is not None
    assert may_show(look) == refusal.value.decision
    return refusal.value.decision


@pytest.fixture
def agreed(cast: Cast) -> UUID:
    picture = take(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [picture], [Purpose.LECTURE])
    return picture


@pytest.mark.parametrize("small", [True, False])
def test_what_was_agreed_is_shown_to_a_guest_or_screen(agreed: UUID, *, small: bool) -> None:
    assert may_show(look_at(agreed))
    assert show_by_reference(look_at(agreed), small=small).content


def test_a_look_is_in_the_record_with_the_use_the_reference_and_the_viewer(agreed: UUID) -> None:
    look = look_at(agreed)
    show_by_reference(look)
    event = Event.objects.get(tag=EventTag.PHOTOGRAPH_SHOWN_BY_REFERENCE)
    assert (event.actor, event.purpose) == (GUEST, "TRAIN")
    told = [item.object_id for item in event.objects_told.order_by("position")]
    assert told == [agreed, UUID(look.facts.reference_id)]


def test_withdrawal_ends_every_look(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], [Purpose.LECTURE])
    look = look_at(picture)
    assert show_by_reference(look).content
    withdraw(visit, agreement_to(visit, Purpose.LECTURE).id)
    assert Reason.AGREEMENT_ENDED in refused(look).reasons


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"state": ReferenceState.REVOKED}, Reason.REFERENCE_REVOKED),
        ({"state": ReferenceState.OVER}, Reason.REFERENCE_OVER),
        ({"state": ReferenceState.NOT_BEGUN}, Reason.REFERENCE_NOT_BEGUN),
        ({"state": None}, Reason.FACT_UNKNOWN),
        ({"lists_photograph": False}, Reason.NOT_REFERRED_TO),
        ({"is_admitted": False}, Reason.VIEWER_NOT_ADMITTED),
        ({"has_room": False}, Reason.NO_ROOM_LEFT),
    ],
)
def test_a_reference_narrows_what_was_agreed(
    agreed: UUID, change: dict[str, Any], reason: Reason
) -> None:
    look = look_at(agreed)
    assert refused(replace(look, facts=replace(look.facts, **change))).reasons == (reason,)


def test_another_use_than_the_agreed_one_is_refused(agreed: UUID) -> None:
    use = Use(Purpose.CONFERENCE, Audience.CONFERENCE)
    assert refused(look_at(agreed, use)).reasons == (Reason.NO_AGREEMENT,)


def test_a_colleague_who_was_asked_sees_what_he_would_not_see_otherwise(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    with pytest.raises(AccessRefusedError):
        open_photograph(Asked(cast.bob.session_key, picture, Rendition.DISPLAY))
    assert show_by_reference(asked_by(cast.bob, picture)).content


@pytest.mark.parametrize("who", ["theo", "priya", "ada"])
def test_nobody_but_a_clinician_is_asked_for_treatment(cast: Cast, who: str) -> None:
    picture = take(cast.alice, cast.petra)
    look = asked_by(getattr(cast, who), picture)
    assert refused(look).reasons == (Reason.ROLE_NOT_CLINICAL,)


def test_a_guest_never_looks_for_treatment(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    assert refused(look_at(picture, Use())).reasons == (Reason.SESSION_ABSENT,)


def test_an_intimate_picture_needs_a_reason_that_was_stated(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra, sensitivity=Sensitivity.INTIMATE)
    look = asked_by(cast.bob, picture)
    assert refused(look).reasons == (Reason.REASON_NOT_STATED,)
    assert show_by_reference(replace(look, facts=replace(look.facts, reason_stated=True))).content


def test_what_must_be_marked_and_cannot_be_is_not_sent(agreed: UUID) -> None:
    with pytest.raises(NotMarkedError):
        show_by_reference(look_at(agreed, mark=None))


def test_a_second_opinion_is_for_the_recipient_whom_the_patient_was_asked_about(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], [Purpose.SECOND_OPINION])
    named = recipient_of(visit, Purpose.SECOND_OPINION)
    theirs = Use(Purpose.SECOND_OPINION, Audience.ONE_RECIPIENT, named)
    assert show_by_reference(look_at(picture, theirs)).content
    other = replace(theirs, recipient=uuid4())
    assert Reason.OTHER_RECIPIENT in refused(look_at(picture, other)).reasons


def test_a_strangers_guess_is_refused_and_not_kept(agreed: UUID) -> None:
    look = look_at(agreed, viewer=None)
    refused(replace(look, facts=replace(look.facts, is_admitted=False)))
    assert not Event.objects.filter(tag=EventTag.PHOTOGRAPH_REFUSED).exists()


def test_a_picture_that_never_was_is_refused() -> None:
    assert Reason.FACT_UNKNOWN in refused(look_at(uuid4())).reasons


def test_staff_read_who_looked_from_outside_by_name(cast: Cast, agreed: UUID) -> None:
    show_by_reference(look_at(agreed))
    told = [look.who for look in who_looked(cast.alice, agreed).looks]
    assert "Lecture: wounds" in told
