"""The copy of everything at the gate: its event first, and nothing that the event does not name."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from tests.cast import Cast
from tests.consenting import proposal_of, signed, visit_to
from tests.sessions import sit_down
from tests.taking import take

from safelight.audit.models import Event
from safelight.consent.models import PatientSession
from safelight.people.limits import begin_alone, end_alone, go_on_alone
from safelight.people.models import AttemptLimit, StaffMember
from safelight.photos.selectors import photograph
from safelight.release.copies import copy_for_signer
from safelight.release.errors import AccessRefusedError, RequestRefusedError
from safelight.release.own_copy import Missing, OpenedForm, begin_copy
from safelight.release.written_requests import named_in_request, on_written_request
from safelight.vault.custodians import Holder, drop_grants
from safelight.vault.kinds import CustodianKind
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import AS_TAKEN
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.roles import Role

pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("stores")]
CHECKED = "Passport seen at the desk"
BASE = "https://safelight.test/"
SHORT = timedelta(minutes=2)


def test_a_visit_that_is_over_begins_no_copy_and_writes_no_event(cast: Cast) -> None:
    visit = visit_to(
        cast.alice, proposal_of(cast.alice, cast.petra, [take(cast.alice, cast.petra)])
    )
    PatientSession.objects.filter(key=visit.key).delete()
    with pytest.raises(AccessRefusedError):
        begin_copy(visit)
    assert not Event.objects.filter(tag=EventTag.PATIENT_RECORD_COPIED.value).exists()


def test_a_picture_that_the_event_does_not_name_is_not_opened(cast: Cast) -> None:
    """One that came while the copy is under way, and another patient's."""
    visit = visit_to(
        cast.alice, proposal_of(cast.alice, cast.petra, [take(cast.alice, cast.petra)])
    )
    copy = begin_copy(visit)
    for later in (take(cast.alice, cast.petra), take(cast.alice, cast.pablo)):
        with pytest.raises(AccessRefusedError):
            list(copy.forms_of(photograph(later)))
    [opened] = copy.forms_of(copy.pictures[0])
    assert isinstance(opened, OpenedForm)
    assert opened.form == AS_TAKEN


def test_each_signed_paper_comes_as_it_is_kept_and_one_that_cannot_be_opened_says_so(
    cast: Cast,
) -> None:
    visit = signed(cast.alice, cast.petra, [take(cast.alice, cast.petra)], [Purpose.LECTURE])
    [papers] = begin_copy(visit).papers(BASE)
    assert (papers.pdf, papers.missing) == (None, None)  # nobody asked for one yet
    assert papers.fhir is not None
    copy_for_signer(visit, BASE, with_thumbnails=False)
    [papers] = begin_copy(visit).papers(BASE)
    assert papers.pdf is not None
    assert papers.pdf.content.startswith(b"%PDF-")
    kept = Event.objects.filter(tag=EventTag.CONSENT_COPY_GIVEN.value).latest("number")
    document = kept.objects_told.get(position=1).object_id
    drop_grants([document], Holder(CustodianKind.CARE, cast.petra))
    [papers] = begin_copy(visit).papers(BASE)
    assert papers.missing is Missing.CANNOT_BE_OPENED


@pytest.mark.parametrize("who", ["alice", "priya"])
def test_a_written_request_is_decided_about_anew_for_each_picture(cast: Cast, who: str) -> None:
    take(cast.alice, cast.petra)
    asker, _cookie = sit_down(getattr(cast, who))
    copy = begin_copy(on_written_request(asker, cast.petra, CHECKED, "en"))
    StaffMember.objects.filter(id=asker.staff).update(role=Role.TEACHER.value)
    assert list(copy.forms_of(copy.pictures[0])) == [Missing.VISIT_OVER]


def test_only_the_team_and_the_privacy_officer_answer_a_request(cast: Cast) -> None:
    for asker in (cast.bob, cast.theo, cast.ada):
        with pytest.raises(AccessRefusedError):
            on_written_request(asker, cast.petra, CHECKED, "en")
    with pytest.raises(RequestRefusedError):
        on_written_request(cast.alice, cast.petra, " no ", "en")


def test_a_session_that_never_was_answers_no_request(cast: Cast) -> None:
    forged = replace(cast.priya, session_key="made up")
    with pytest.raises(AccessRefusedError):
        begin_copy(on_written_request(forged, cast.petra, CHECKED, "en"))


def test_a_letter_is_matched_in_full_and_each_try_is_recorded(cast: Cast) -> None:
    born = date(1971, 3, 9)
    assert named_in_request(cast.priya, " H-204817 ", born) == cast.petra
    assert named_in_request(cast.priya, "H-2048", born) is None
    assert named_in_request(cast.alice, "H-204817", born) is None
    tries = Event.objects.filter(tag=EventTag.PATIENT_SEARCHED.value, actor=cast.priya.staff)
    assert [item.purpose for item in tries] == ["PATRQT", "PATRQT"]


def test_what_is_done_alone_is_done_by_one_and_ends(cast: Cast) -> None:
    key = str(uuid4())
    assert begin_alone("test", key, lasting=SHORT)
    assert not begin_alone("test", key, lasting=SHORT)
    assert begin_alone("test", str(uuid4()), lasting=SHORT)
    end_alone("test", key)
    assert begin_alone("test", key, lasting=SHORT)


@pytest.mark.parametrize("ends", [timedelta(seconds=-1), timedelta(hours=3)])
def test_one_that_died_or_a_clock_that_went_back_blocks_nobody_for_long(
    cast: Cast, ends: timedelta
) -> None:
    begin_alone("test", "key", lasting=SHORT)
    AttemptLimit.objects.filter(bucket="test").update(free_at=timezone.now() + ends)
    assert begin_alone("test", "key", lasting=SHORT)
    go_on_alone("test", "key", lasting=SHORT)
    assert not begin_alone("test", "key", lasting=SHORT)
