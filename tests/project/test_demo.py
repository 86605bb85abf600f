"""The demo hospital: its data fits the pictures that are drawn for it, and it is built by the verbs."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from pytest_django import Settings
from tests.pictures import jpeg
from tests.preparing import face, scanner_that_finds
from tests.sessions import sit_down

from safelight.audit.models import Event
from safelight.consent.models import (
    Agreement,
    AgreementImage,
    PatientAccess,
    Proposal,
    ProposalState,
)
from safelight.consent.rules.signature import Mark
from safelight.consent.selectors.deciding import decision_view
from safelight.consent.selectors.forms import current_form
from safelight.consent.selectors.proposals import proposals_of
from safelight.consent.services.deciding import answer_picture, answer_use, note_read
from safelight.consent.services.ending import withdraw
from safelight.consent.services.questions import open_questions
from safelight.consent.services.signing import sign
from safelight.consent.services.visiting import Invitation, enter, hand_over
from safelight.consent.verification import differences
from safelight.consent.visits import find_visit
from safelight.consulting.selectors import asked_by_me, asked_of_me
from safelight.engines.policy import AgreementStatus
from safelight.institution.models import Department
from safelight.patients.models import Encounter, Patient
from safelight.people.models import Presence, StaffMember
from safelight.people.relationships import patients_of
from safelight.photos.models import Photograph
from safelight.photos.selectors import unlabelled_by
from safelight.project.demo.asking import approve_the_form, ask_patients, petras_link
from safelight.project.demo.building import build_people
from safelight.project.demo.consulting import QUESTIONS, ask_colleagues
from safelight.project.demo.covering import COVERED, cover_pictures
from safelight.project.demo.drawing import demo_series
from safelight.project.demo.hospital import (
    CONTACT,
    CONTACT_PHONE,
    DEPARTMENTS,
    PATIENTS,
    STAFF,
    TIME_ZONE,
)
from safelight.project.demo.requests import MONTHLY, RECIPIENT, REQUESTS
from safelight.project.demo.shares import share_with_rhea
from safelight.project.demo.studio import Shot, shots
from safelight.project.demo.taking_in import asker_named, known_cases, take_in_and_label
from safelight.project.demo.welcome import welcome
from safelight.project.demo.wristbands import print_wristbands
from safelight.redaction.selectors import form_in_use
from safelight.release.errors import AccessRefusedError
from safelight.release.facts import Use
from safelight.release.signers import show_to_signer
from safelight.release.teaching import open_for_use
from safelight.sharing.selectors import my_shares, open_share
from safelight.vocabulary.agreements import Answer
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import PhotographState, Rendition, Sensitivity
from safelight.vocabulary.purposes import USUAL_AUDIENCE, Purpose
from safelight.vocabulary.signers import SignerRole

TODAY = datetime.now(ZoneInfo(TIME_ZONE)).date()
TWO_WEEKS_AGO = "14975008/overview/14"
HOSPITAL = pytest.mark.django_db(databases="__all__")


def test_every_patient_who_is_drawn_is_known():
    assert {series.patient for series in demo_series()} <= {patient.key for patient in PATIENTS}


def test_everybody_has_a_number_of_their_own():
    assert len({patient.number for patient in PATIENTS}) == len(PATIENTS)


def test_whoever_takes_pictures_works_here_in_a_department_that_treats_the_patient():
    departments = {member.username: set(member.departments) for member in STAFF}
    for patient in PATIENTS:
        now = {stay.department for stay in patient.stays if stay.until is None}
        assert now & departments[patient.photographer], patient.key


def test_no_two_pictures_have_the_same_key():
    keys = [shot.key for shot in shots(TODAY)]
    assert len(keys) == len(set(keys)) >= 40


def test_every_picture_was_taken_during_a_stay():
    first_day = {patient.key: max(stay.since for stay in patient.stays) for patient in PATIENTS}
    for shot in shots(TODAY):
        days = (TODAY - shot.taken_at.date()).days
        assert 0 <= days <= first_day[shot.patient], shot.key


def test_some_of_alices_pictures_have_no_label_yet():
    photographers = {patient.key: patient.photographer for patient in PATIENTS}
    bare = [shot for shot in shots(TODAY) if shot.label is None]
    assert len(bare) >= 3
    assert {photographers[shot.patient] for shot in bare} == {"alice"}


def test_an_intimate_series_is_among_them():
    assert any(shot.sensitivity is Sensitivity.INTIMATE for shot in shots(TODAY))


@pytest.fixture
def hospital(db: None, stores: Path) -> None:
    build_people()


@pytest.fixture
def few() -> list[Shot]:
    """One that is labelled, one that is not, one that is intimate."""
    every = shots(TODAY)
    return [
        next(shot for shot in every if shot.patient == "mei" and shot.label),
        next(shot for shot in every if shot.label is None),
        next(shot for shot in every if shot.sensitivity is Sensitivity.INTIMATE),
    ]


@HOSPITAL
@pytest.mark.usefixtures("hospital")
def test_everybody_is_marked_as_invented_and_has_no_password():
    assert StaffMember.objects.count() == len(STAFF)
    assert not any(member.has_usable_password() for member in StaffMember.objects.all())
    for model in (StaffMember, Patient, Department):
        assert not model.objects.filter(is_test_data=False).exists()


@HOSPITAL
@pytest.mark.usefixtures("hospital")
def test_alice_has_patients_today_and_charlie_has_none():
    ids = dict(StaffMember.objects.values_list("username", "id"))
    assert len(patients_of(ids["alice"])) >= 7
    assert len(patients_of(ids["bob"])) >= 2
    assert not patients_of(ids["charlie"])
    assert Encounter.objects.count() == sum(len(patient.stays) for patient in PATIENTS)


@HOSPITAL
@pytest.mark.usefixtures("hospital")
def test_pictures_come_in_verified_labelled_and_at_their_time(few: list[Shot]):
    take_in_and_label(few)
    rows = {row.taken_at: row for row in Photograph.objects.all()}
    assert sorted(rows) == sorted(shot.taken_at for shot in few)
    for shot in few:
        row = rows[shot.taken_at]
        assert row.state == PhotographState.VERIFIED
        assert row.sensitivity == shot.sensitivity
        assert row.body_site == (shot.label.body_site if shot.label else "")
        assert row.encounter is not None
        assert row.encounter.started_at <= row.taken_at
    alice = StaffMember.objects.get(username="alice")
    assert len(unlabelled_by(alice.id)) == 1
    sealed = Event.objects.filter(tag=EventTag.PHOTOGRAPH_SEALED)
    assert set(sealed.values_list("actor", flat=True)) == {alice.id}


@HOSPITAL
@pytest.mark.usefixtures("hospital")
def test_a_build_that_was_interrupted_goes_on_where_it_stopped(few: list[Shot]):
    take_in_and_label(few[:1])
    before = Event.objects.count()
    take_in_and_label(few[:1])
    assert Event.objects.count() == before
    take_in_and_label(few)
    assert Photograph.objects.count() == len(few)


def test_wristbands_are_printed_for_everybody(tmp_path: Path, settings: Settings):
    settings.SAFELIGHT_HOME = tmp_path
    print_wristbands()
    printed = {path.stem for path in (tmp_path / "wristbands").iterdir()}
    assert printed == {"all", *(patient.number for patient in PATIENTS)}
    with Image.open(tmp_path / "wristbands" / "all.png") as sheet:
        assert sheet.width < sheet.height


def test_a_wristband_holds_only_letters_that_its_printer_has():
    assert all(patient.printed_name.isascii() for patient in PATIENTS)
    assert "Okonjo-Muller, Petra" in {patient.printed_name for patient in PATIENTS}


def test_every_picture_that_a_patient_is_asked_about_will_be_there():
    keys = {shot.key for shot in shots(TODAY)}
    asked = {f"{item.patient}/{key}" for item in (*REQUESTS, *QUESTIONS) for key in item.pictures}
    assert asked <= keys
    assert all(set(request.left_out) <= set(request.pictures) for request in REQUESTS)


@pytest.fixture
def asked_about(monkeypatch: pytest.MonkeyPatch) -> list[Shot]:
    """Small pictures in the place of drawn ones: drawing has tests of its own."""

    def small(wanted: Sequence[Shot]) -> Iterator[tuple[Shot, bytes]]:
        return ((shot, jpeg(seed)) for seed, shot in enumerate(wanted))

    monkeypatch.setattr("safelight.project.demo.taking_in.drawn", small)
    keys = {f"{request.patient}/{key}" for request in REQUESTS for key in request.pictures}
    keys |= {f"{question.patient}/{key}" for question in QUESTIONS for key in question.pictures}
    return [shot for shot in shots(TODAY) if shot.key in keys]


@HOSPITAL
@pytest.mark.usefixtures("hospital")
def test_patients_are_asked_and_some_have_signed(asked_about: list[Shot]):
    take_in_and_label(asked_about)
    approve_the_form()
    with scanner_that_finds([face()], [face()]):
        cover_pictures()
    ask_patients()
    share_with_rhea()
    _the_form_is_the_hospitals_own()
    _amara_is_shown_what_is_covered_and_agrees_to_that()
    _petra_agreed_to_some_teaching_and_is_asked_again()
    _others_wait_in_their_own_way()
    _a_question_waits_for_alice()
    _rhea_was_asked_and_has_answered()
    _colleagues_are_asked_and_one_has_answered()
    _every_tablet_was_given_back()
    _a_second_build_asks_nobody_again()
    _petras_link_opens()
    _what_the_reader_answers_as_petra_is_what_theo_meets()


@HOSPITAL
@pytest.mark.usefixtures("hospital")
def test_where_nobody_can_look_nothing_is_covered_and_nobody_asked_about_it(
    asked_about: list[Shot],
) -> None:
    take_in_and_label(asked_about)
    approve_the_form()
    with scanner_that_finds() as scanner:
        scanner.fails = True
        cover_pictures()
    ask_patients()
    assert proposals_of(known_cases()["amara"].patient) == []
    assert len(proposals_of(known_cases()["petra"].patient)) == 2
    assert not Presence.objects.exists()


def _the_form_is_the_hospitals_own() -> None:
    known = current_form()
    assert (known.form.contact.name, known.form.contact.phone) == (CONTACT, CONTACT_PHONE)
    assert (known.drafted_by, known.approved_by) == ("Ada Almeida", "Priya Pillai")


def _amara_is_shown_what_is_covered_and_agrees_to_that() -> None:
    case = known_cases()["amara"]
    (signed,) = proposals_of(case.patient)
    assert signed.state == ProposalState.SIGNED
    assert differences(signed.id) == []
    for photograph in filter(None, map(case.photograph, COVERED)):
        form = form_in_use(photograph)
        assert form is not None
        assert form.approved_by == "Alice Archer"
        assert _is_given(photograph, Purpose.LECTURE)
        listed = AgreementImage.objects.filter(photograph=photograph)
        assert set(listed.values_list("rendition", flat=True)) == {
            Rendition.REDACTED.value,
            Rendition.REDACTED_THUMBNAIL.value,
        }


def _petra_agreed_to_some_teaching_and_is_asked_again() -> None:
    waiting, signed = proposals_of(known_cases()["petra"].patient)
    assert (waiting.state, signed.state) == (ProposalState.PROPOSED, ProposalState.SIGNED)
    assert differences(signed.id) == []
    answers = {item.purpose: item for item in Agreement.objects.filter(proposal=signed.id)}
    assert answers[Purpose.ONE_TO_ONE_TEACHING].status == AgreementStatus.ACTIVE
    assert answers[Purpose.SMALL_GROUP_TEACHING].status == AgreementStatus.ACTIVE
    assert answers[Purpose.LECTURE].status == AgreementStatus.REJECTED
    listed = answers[Purpose.ONE_TO_ONE_TEACHING].images.values("photograph").distinct()
    assert listed.count() == signed.picture_count - 1


def _colleagues_are_asked_and_one_has_answered() -> None:
    """Once, however often the build is taken up."""
    for _ in range(2):
        ask_colleagues()
    assert len(asked_by_me(asker_named("alice"))) == 2
    states = {line.state.value for line in asked_of_me(asker_named("bob"))}
    assert states == {"open", "answered"}
    assert [line.is_untaken for line in asked_of_me(asker_named("alice"))] == [True]


def _what_the_reader_answers_as_petra_is_what_theo_meets() -> None:
    """The five steps of the terminal, as they are written there."""
    waiting = proposals_of(known_cases()["petra"].patient)[0]
    visit = find_visit(hand_over(asker_named("alice"), waiting.id))
    assert visit is not None
    view = decision_view(visit)
    shown = [item.photograph.id for item in view.pictures]
    first, last = shown[0], shown[-1]
    assert first == known_cases()["petra"].photograph(f"petra/{TWO_WEEKS_AGO}")
    note_read(visit)
    for photograph in shown:
        show_to_signer(visit, photograph, Rendition.DISPLAY)
        answer_picture(visit, photograph, Answer.NO if photograph == last else Answer.YES)
    for choice in view.choices:
        answer = Answer.NO if choice.purpose is Purpose.LECTURE else Answer.YES
        answer_use(visit, choice.agreement, answer)
    sign(visit, Mark(typed="Petra Okonjo-Müller"), decision_view(visit).version)
    assert _is_given(first, Purpose.ONE_TO_ONE_TEACHING)
    assert not _is_given(first, Purpose.LECTURE)
    assert not _is_given(last, Purpose.ONE_TO_ONE_TEACHING)
    agreed = Agreement.objects.get(proposal=waiting.id, purpose=Purpose.ONE_TO_ONE_TEACHING.value)
    withdraw(visit, agreed.id)
    assert not _is_given(first, Purpose.ONE_TO_ONE_TEACHING)


def _is_given(photograph: UUID, purpose: Purpose) -> bool:
    theo, _cookie = sit_down(asker_named("theo"))
    try:
        open_for_use(theo, photograph, Use(purpose, USUAL_AUDIENCE[purpose]))
    except AccessRefusedError:
        return False
    return True


def _others_wait_in_their_own_way() -> None:
    open_rows = Proposal.objects.filter(state=ProposalState.PROPOSED)
    assert {row.language for row in open_rows} == {"en", "ar", "es"}
    assert open_rows.filter(signer_role=SignerRole.GUARDIAN.value).count() == 1
    ends = Agreement.objects.get(purpose=MONTHLY, status=AgreementStatus.ACTIVE.value).ends_on
    assert ends is not None
    assert (ends - TODAY).days < 40


def _a_question_waits_for_alice() -> None:
    alice, bob = asker_named("alice"), asker_named("bob")
    assert [item.text for item in open_questions(alice)] == ["Will the students know my name?"]
    assert open_questions(bob) == []


def _every_tablet_was_given_back() -> None:
    tags = list(Event.objects.values_list("tag", flat=True))
    handed_over = tags.count(EventTag.PORTAL_SESSION_HANDED_OVER)
    signed = sum(request.yes is not None for request in REQUESTS)
    assert tags.count(EventTag.PORTAL_SESSION_ENDED) == handed_over == signed


def _a_second_build_asks_nobody_again() -> None:
    before = Event.objects.count()
    approve_the_form()
    cover_pictures()
    ask_patients()
    share_with_rhea()
    assert Event.objects.count() == before


def _rhea_was_asked_and_has_answered() -> None:
    case = known_cases()["kofi"]
    [share] = my_shares(case.asker)
    assert (share.recipient, share.new_answers, share.opened_count) == (RECIPIENT, 1, 1)
    assert (share.waits, share.is_notice_missing) == (True, False)
    known = open_share(case.asker, share.id)
    assert known.notified_at is not None
    [opening] = known.opened
    assert len(opening.photographs) == share.picture_count > 0


def _petras_link_opens() -> None:
    petra = next(patient for patient in PATIENTS if patient.key == "petra")
    first, link = petras_link(), petras_link()
    visit = find_visit(enter(link.letters, petra.born, link.code))
    assert visit is not None
    assert visit.proposal == proposals_of(known_cases()["petra"].patient)[0].id
    assert PatientAccess.objects.get(id=first.access).ended_at is not None


def test_the_welcome_names_everybody_who_can_sign_in_and_gives_petras_link():
    link = Invitation(UUID(int=1), "ABCDEFGHJKMN", "123456", datetime.now(UTC))
    text = welcome("http://localhost:8000", link)
    assert "http://localhost:8000/p/ABCDEFGHJKMN/" in text
    assert "9 March 1971, code 123 456" in text
    assert all(member.name in text for member in STAFF)
    assert "yes to teaching one learner, no to the lecture" in text
    assert len(DEPARTMENTS) == 3
