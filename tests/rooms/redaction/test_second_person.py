"""For chosen purposes a second person looks; what they send back is used by nobody."""

from collections.abc import Iterator

import pytest
from django.urls import reverse
from tests.cast import Cast, hire
from tests.consenting import TEACHING, proposal_of, recipient_of, signed, visit_to
from tests.looking import asks, asks_by_name, opens, reasons, reasons_by_name, shown_by_name
from tests.preparing import FACE, ToldScanner, covering, face, prepare, scanner_that_finds, seated
from tests.sessions import browser_of
from tests.taking import take

from safelight.consent.services.wishing import wish_for_covering
from safelight.engines.policy import Reason
from safelight.institution.models import Department
from safelight.institution.services import PolicyRefusedError, decide_policy
from safelight.people.asker import Asker
from safelight.people.merging import merge_patients
from safelight.photos.moving import MoveReason
from safelight.redaction.errors import (
    ChangedMeanwhileError,
    MalformedDraftError,
    NothingMoreError,
    NothingPreparedError,
    SamePersonError,
)
from safelight.redaction.looking import look
from safelight.redaction.moving import move
from safelight.redaction.selectors import (
    checked,
    form_in_use,
    preparation,
    purposes_with_second_person,
    second_view,
    waiting_for_second,
    wishes_at_hand,
)
from safelight.redaction.services import approve, confirm, save_draft, send_back
from safelight.release.errors import AccessRefusedError
from safelight.vocabulary.identifiability import Region
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.roles import Role

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
ONE, LECTURE = TEACHING
PRINT = Purpose.PRINT_PUBLICATION


@pytest.fixture(autouse=True)
def told() -> Iterator[ToldScanner]:
    with scanner_that_finds([face()]) as scanner:
        yield scanner


@pytest.fixture
def colleague(cast: Cast) -> Asker:
    """Bob, who works on Alice's ward today and treats Petra as well."""
    return seated(hire("bob2", Role.CLINICIAN, Department.objects.get(id=cast.dermatology)))


def test_by_default_for_publication_and_social_media(cast: Cast) -> None:
    assert purposes_with_second_person() == (
        Purpose.PRINT_PUBLICATION,
        Purpose.ONLINE_PUBLICATION,
        Purpose.SOCIAL_MEDIA,
    )


def test_what_one_person_approved_is_enough_for_teaching_and_not_for_print(
    cast: Cast, colleague: Asker
) -> None:
    picture = take(cast.alice, cast.petra)
    prepare(cast.alice, picture)
    visit = signed(cast.alice, cast.petra, [picture], [ONE, PRINT])
    for_print = asks_by_name(cast.theo, picture, PRINT, recipient_of(visit, PRINT))
    assert opens(asks(cast.theo, picture, ONE, Rendition.REDACTED))
    assert reasons_by_name(for_print) == {Reason.NOT_REVIEWED}
    confirm(colleague, picture, second_view(colleague, picture).version)
    assert shown_by_name(for_print)


def test_nobody_confirms_what_they_prepared_themselves(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    alice = prepare(cast.alice, picture)
    with pytest.raises(SamePersonError):
        confirm(alice, picture, second_view(alice, picture).version)
    assert waiting_for_second(alice) == []


def test_it_waits_for_those_who_treat_the_patient_and_for_nobody_else(
    cast: Cast, colleague: Asker
) -> None:
    picture = take(cast.alice, cast.petra)
    prepare(cast.alice, picture)
    assert [item.photograph for item in waiting_for_second(colleague)] == [picture]
    assert waiting_for_second(seated(cast.bob)) == []
    with pytest.raises(AccessRefusedError):
        confirm(seated(cast.bob), picture, 1)


def test_in_a_merged_record_it_waits_as_before(cast: Cast, colleague: Asker) -> None:
    """And so does what the patient wishes."""
    picture = take(cast.alice, cast.petra)
    prepare(cast.alice, picture)
    visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
    wish_for_covering(visit, picture, "the ring, please")
    merge_patients(cast.petra, cast.pablo, actor=None)
    assert [item.photograph for item in waiting_for_second(colleague)] == [picture]
    assert [item.photograph for item in wishes_at_hand(colleague)] == [picture]
    page = browser_of(colleague).get(reverse("clinic:consent_tasks")).content.decode()
    assert "the ring, please" in page
    assert reverse("clinic:prepare_second", args=[picture]) in page
    confirm(colleague, picture, second_view(colleague, picture).version)
    prepare(cast.alice, picture, covering(FACE, Region(60, 30, 12, 12)))
    assert wishes_at_hand(colleague) == []


def test_a_picture_that_was_moved_away_waits_for_nobody(cast: Cast, colleague: Asker) -> None:
    """Nobody could do what the list would ask for."""
    picture = take(cast.alice, cast.petra)
    alice = prepare(cast.alice, picture)
    visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
    wish_for_covering(visit, picture, "the ring, please")
    move(alice, [picture], cast.pablo, MoveReason.WRISTBAND)
    assert waiting_for_second(colleague) == []
    assert wishes_at_hand(colleague) == []


def test_what_is_sent_back_is_used_by_nobody_until_more_is_covered(
    cast: Cast, colleague: Asker
) -> None:
    picture = take(cast.alice, cast.petra)
    prepare(cast.alice, picture)
    signed(cast.alice, cast.petra, [picture], [ONE])
    send_back(colleague, picture, second_view(colleague, picture).version, "the ring shows")
    assert reasons(asks(cast.theo, picture, ONE, Rendition.REDACTED)) == {Reason.NOT_REVIEWED}
    assert not opens(asks(cast.theo, picture, ONE))
    assert preparation(seated(cast.alice), picture).sent_back == "the ring shows"
    used = form_in_use(picture)
    assert used is not None
    assert used.is_sent_back
    prepare(cast.alice, picture, covering(FACE, Region(60, 30, 12, 12)))
    assert opens(asks(cast.theo, picture, ONE, Rendition.REDACTED))


def test_what_is_sent_back_does_not_come_back_as_it_was(cast: Cast, colleague: Asker) -> None:
    """Neither saved anew nor from a draft that was there before."""
    picture = take(cast.alice, cast.petra)
    prepare(cast.alice, picture)
    alice = seated(cast.alice)
    look(alice, picture)
    save_draft(alice, picture, covering(FACE))
    send_back(colleague, picture, second_view(colleague, picture).version, "the ring shows")
    for plan in (covering(FACE), covering(FACE, FACE)):
        with pytest.raises(NothingMoreError):
            save_draft(alice, picture, plan)
    with pytest.raises(NothingMoreError):
        approve(alice, picture, checked(alice, picture).version, {})
    save_draft(alice, picture, covering(FACE, Region(60, 30, 12, 12)))
    approve(alice, picture, checked(alice, picture).version, {})
    used = form_in_use(picture)
    assert used is not None
    assert not used.is_sent_back


def test_a_newer_version_is_confirmed_anew(cast: Cast, colleague: Asker) -> None:
    picture = take(cast.alice, cast.petra)
    prepare(cast.alice, picture)
    visit = signed(cast.alice, cast.petra, [picture], [PRINT])
    confirm(colleague, picture, second_view(colleague, picture).version)
    prepare(cast.alice, picture, covering(FACE, Region(60, 30, 12, 12)))
    for_print = asks_by_name(cast.theo, picture, PRINT, recipient_of(visit, PRINT))
    assert reasons_by_name(for_print) == {Reason.NOT_REVIEWED}


def test_what_changed_meanwhile_is_not_confirmed(cast: Cast, colleague: Asker) -> None:
    picture = take(cast.alice, cast.petra)
    prepare(cast.alice, picture)
    seen = second_view(colleague, picture).version
    prepare(cast.alice, picture, covering(FACE, Region(60, 30, 12, 12)))
    confirm(colleague, picture, second_view(colleague, picture).version)
    with pytest.raises(ChangedMeanwhileError):
        confirm(colleague, picture, seen)


def test_nothing_is_sent_back_without_a_word(cast: Cast, colleague: Asker) -> None:
    picture = take(cast.alice, cast.petra)
    prepare(cast.alice, picture)
    with pytest.raises(MalformedDraftError):
        send_back(colleague, picture, second_view(colleague, picture).version, " ")


def test_there_is_nothing_to_confirm_before_something_was_approved(
    cast: Cast, colleague: Asker
) -> None:
    picture = take(cast.alice, cast.petra)
    with pytest.raises(NothingPreparedError):
        second_view(colleague, picture)


def test_the_institution_chooses_the_purposes(cast: Cast) -> None:
    decide_policy({"second_person_for": "lecture conference"}, actor=cast.ada.staff)
    assert purposes_with_second_person() == (Purpose.LECTURE, Purpose.CONFERENCE)
    decide_policy({"second_person_for": "none"}, actor=cast.ada.staff)
    assert purposes_with_second_person() == ()
    with pytest.raises(PolicyRefusedError):
        decide_policy({"second_person_for": "lecture gossip"}, actor=cast.ada.staff)
