"""For chosen purposes a second person looks; what they send back is used by nobody."""

from collections.abc import Iterator

import pytest
from tests.cast import Cast, hire
from tests.consenting import TEACHING, recipient_of, signed
from tests.looking import asks, opens, reasons
from tests.preparing import FACE, ToldScanner, covering, face, prepare, scanner_that_finds, seated
from tests.taking import take

from safelight.engines.policy import Reason
from safelight.institution.models import Department
from safelight.institution.services import PolicyRefusedError, decide_policy
from safelight.people.asker import Asker
from safelight.redaction.errors import (
    ChangedMeanwhileError,
    MalformedDraftError,
    NothingPreparedError,
    SamePersonError,
)
from safelight.redaction.selectors import (
    form_in_use,
    preparation,
    purposes_with_second_person,
    second_view,
    waiting_for_second,
)
from safelight.redaction.services import confirm, send_back
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
    for_print = asks(
        cast.theo, picture, PRINT, Rendition.REDACTED, recipient=recipient_of(visit, PRINT)
    )
    assert opens(asks(cast.theo, picture, ONE, Rendition.REDACTED))
    assert reasons(for_print) == {Reason.NOT_REVIEWED}
    confirm(colleague, picture, second_view(colleague, picture).version)
    assert opens(for_print)


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


def test_a_newer_version_is_confirmed_anew(cast: Cast, colleague: Asker) -> None:
    picture = take(cast.alice, cast.petra)
    prepare(cast.alice, picture)
    visit = signed(cast.alice, cast.petra, [picture], [PRINT])
    confirm(colleague, picture, second_view(colleague, picture).version)
    prepare(cast.alice, picture, covering(FACE, Region(60, 30, 12, 12)))
    for_print = asks(
        cast.theo, picture, PRINT, Rendition.REDACTED, recipient=recipient_of(visit, PRINT)
    )
    assert reasons(for_print) == {Reason.NOT_REVIEWED}


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
