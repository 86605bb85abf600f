"""What waits for a clinician, in time, and for the patients they treat."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests.cast import PABLO, Cast, admit
from tests.consenting import (
    agreement_to,
    answer_all,
    approved_form,
    look_at_all,
    proposal_of,
    sign_now,
    signed,
    visit_to,
)
from tests.preparing import face, prepare, scanner_that_finds, seated
from tests.sessions import browser_of
from tests.taking import take_labelled

from safelight.consent.models import Agreement, PatientAccess, Proposal
from safelight.consent.rules.dates import add_months, majority_on
from safelight.consent.selectors.tasks import ConsentTasks, consent_task_count, consent_tasks
from safelight.consent.services.deciding import note_assent
from safelight.consent.services.proposing import People
from safelight.consent.services.questions import ask_question, questions_of
from safelight.consent.services.visiting import invite
from safelight.consent.services.wishing import wish_for_covering
from safelight.consent.visits import Visit
from safelight.institution.models import Department
from safelight.institution.services import decide_policy
from safelight.patients.models import Encounter
from safelight.people.asker import Asker
from safelight.people.services import assign
from safelight.redaction.selectors import second_view
from safelight.redaction.services import confirm
from safelight.vocabulary.agreements import Answer, Assent
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.signers import SignerRole

pytestmark = [
    pytest.mark.django_db(databases=["default", "keystore"]),
    pytest.mark.usefixtures("stores"),
]
TEACHING = {Purpose.ONE_TO_ONE_TEACHING, Purpose.LECTURE}


@pytest.fixture(autouse=True)
def form(db: None) -> int:
    return approved_form()


@pytest.fixture
def picture(cast: Cast) -> UUID:
    return take_labelled(cast.alice, cast.petra)


def decided_by(cast: Cast, patient: UUID, role: SignerRole, purposes: set[Purpose]) -> Visit:
    """Somebody else than the patient says yes to everything."""
    picture = take_labelled(cast.alice, patient)
    greta = People(signer="Greta Serrano", authority="Mother")
    proposal = proposal_of(cast.alice, patient, [picture], purposes, signer_role=role, people=greta)
    visit = visit_to(cast.alice, proposal)
    look_at_all(visit)
    answer_all(visit, purposes)
    if role is SignerRole.GUARDIAN:
        note_assent(visit, Assent.YES)
    sign_now(visit)
    return visit


def ends_in(days: int) -> None:
    """Every agreement, on the institution's calendar."""
    Agreement.objects.filter(status="active").update(
        ends_on=timezone.localdate() + timedelta(days=days)
    )


def page(cast: Cast) -> str:
    response = browser_of(cast.alice).get(reverse("clinic:consent_tasks"))
    assert response.status_code == 200
    return str(response.content.decode())


def nothing_at_hand(found: ConsentTasks) -> bool:
    lists = (found.locked, found.to_check, found.waiting, found.signed_today)
    return not any((*lists, found.ending, found.authority, found.proxies))


def test_an_empty_list_teaches(cast: Cast) -> None:
    assert nothing_at_hand(consent_tasks(cast.alice))
    assert "Ask a patient from their timeline" in page(cast)


def test_what_waits_for_a_signature_leads_to_its_request(cast: Cast, picture: UUID) -> None:
    proposal = proposal_of(cast.alice, cast.petra, [picture])
    (waiting,) = consent_tasks(cast.alice).waiting
    assert (waiting.id, waiting.picture_count) == (proposal, 1)
    shown = page(cast)
    assert "Waiting for a signature" in shown
    assert reverse("clinic:proposal", args=[proposal]) in shown


def test_what_was_signed_is_told_on_that_day_only(cast: Cast, picture: UUID) -> None:
    visit = signed(cast.alice, cast.petra, [picture], TEACHING)
    assert [item.id for item in consent_tasks(cast.alice).signed_today] == [visit.proposal]
    Proposal.objects.update(signed_at=timezone.now() - timedelta(days=1))
    assert consent_tasks(cast.alice).signed_today == []


def test_what_was_signed_today_says_how_many_yes_and_no(cast: Cast, picture: UUID) -> None:
    other = take_labelled(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [picture, other], TEACHING, no={Purpose.CONFERENCE})
    (item,) = consent_tasks(cast.alice).signed_today
    assert (item.picture_count, item.yes_count, item.no_count) == (2, 2, 1)
    assert "2 yes, 1 no" in page(cast).partition("Signed today")[2]


@pytest.mark.parametrize("who", ["bob", "charlie", "theo", "priya", "ada"])
def test_nobody_hears_of_patients_whom_they_do_not_treat(
    cast: Cast, picture: UUID, who: str
) -> None:
    visit = signed(cast.alice, cast.petra, [picture], TEACHING)
    ask_question(visit, "Who sees it?")
    ends_in(1)
    asker = getattr(cast, who)
    assert nothing_at_hand(consent_tasks(asker))
    assert consent_task_count(asker) == 0


def test_a_colleague_called_by_name_shares_the_list(cast: Cast, picture: UUID) -> None:
    proposal_of(cast.alice, cast.petra, [picture])
    assign(cast.bob.staff, cast.petra, actor=None, starts_at=timezone.now())
    assert len(consent_tasks(cast.bob).waiting) == 1


def test_a_patient_who_went_home_stays_for_as_long_as_the_relationship(
    cast: Cast, picture: UUID
) -> None:
    proposal_of(cast.alice, cast.petra, [picture])
    Encounter.objects.update(status="finished", ended_at=timezone.now() - timedelta(days=3))
    assert len(consent_tasks(cast.alice).waiting) == 1
    decide_policy({"after_discharge_days": 2}, actor=None)
    assert consent_tasks(cast.alice).waiting == []


def test_a_link_locked_by_guesses_is_told_until_there_is_a_new_one(
    cast: Cast, picture: UUID
) -> None:
    proposal = proposal_of(cast.alice, cast.petra, [picture])
    invite(cast.alice, proposal)
    PatientAccess.objects.update(failed_attempts=5, locked_at=timezone.now())
    assert [item.id for item in consent_tasks(cast.alice).locked] == [proposal]
    assert consent_task_count(cast.alice) == 1
    assert "locked by five wrong attempts" in page(cast)
    invite(cast.alice, proposal)
    assert consent_tasks(cast.alice).locked == []
    assert consent_task_count(cast.alice) == 0


@pytest.mark.parametrize(("days", "told"), [(0, 1), (60, 1), (61, 0)])
def test_an_agreement_that_ends_is_told_in_time(
    cast: Cast, picture: UUID, days: int, told: int
) -> None:
    signed(cast.alice, cast.petra, [picture], {Purpose.LECTURE})
    ends_in(days)
    assert len(consent_tasks(cast.alice).ending) == told
    assert consent_task_count(cast.alice) == told


def test_asking_again_asks_for_the_very_same(cast: Cast, picture: UUID) -> None:
    signed(cast.alice, cast.petra, [picture], {Purpose.LECTURE}, no={Purpose.CONFERENCE})
    ends_in(10)
    (due,) = consent_tasks(cast.alice).ending
    assert due.photographs == (picture,)
    assert [purpose for purpose, _audience in due.uses] == [Purpose.LECTURE]
    asked = page(cast).partition("/ask/?")[2].partition('"')[0].replace("&amp;", "&")
    form = browser_of(cast.alice).get(f"{reverse('clinic:ask', args=[cast.petra])}?{asked}")
    shown = form.content.decode()
    assert f'value="{picture}" checked' in shown
    assert 'value="lecture.lecture-hall" checked' in shown
    assert 'value="conference.conference" checked' not in shown


def test_what_is_asked_again_already_is_no_task(cast: Cast, picture: UUID) -> None:
    signed(cast.alice, cast.petra, [picture], {Purpose.LECTURE})
    ends_in(10)
    proposal_of(cast.alice, cast.petra, [picture], [Purpose.LECTURE])
    assert consent_tasks(cast.alice).ending == []
    assert consent_task_count(cast.alice) == 0


@pytest.mark.parametrize(("days_until", "told"), [(62, 0), (59, 1), (0, 1), (-40, 1)])
def test_a_child_who_comes_of_age_is_asked_in_person(
    cast: Cast, days_until: int, told: int
) -> None:
    """The birthday is sealed; whether it comes soon is worked out from the record itself."""
    birth_date = add_months(timezone.localdate() + timedelta(days=days_until), -18 * 12)
    grown = replace(PABLO, birth_date=birth_date)
    child, _ = admit(grown, Department.objects.get(id=cast.dermatology))
    decide_policy({"majority_age": 19}, actor=None)  # a child still, on the day of signing
    decided_by(cast, child, SignerRole.GUARDIAN, {Purpose.LECTURE})
    decide_policy({"majority_age": 18}, actor=None)
    found = consent_tasks(cast.alice).authority
    assert [item.due for item in found] == [majority_on(birth_date, 18)] * told


def test_a_proxys_word_ends_when_the_patient_decides_again(cast: Cast) -> None:
    visit = decided_by(cast, cast.petra, SignerRole.PROXY, {Purpose.LECTURE})
    assert consent_tasks(cast.alice).proxies == [cast.petra]
    assert "The patient can decide again" in page(cast)
    url = reverse("clinic:decides_again", args=[cast.petra])
    assert browser_of(cast.bob).post(url).status_code == 404
    assert agreement_to(visit, Purpose.LECTURE).authority_ended_at is None

    assert browser_of(cast.alice).post(url).status_code == 302
    found = consent_tasks(cast.alice)
    assert found.proxies == []
    assert [item.due for item in found.authority] == [timezone.localdate()]


def test_a_question_is_answered_from_the_list(cast: Cast, picture: UUID) -> None:
    visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
    question = ask_question(visit, "Will my face be seen?")
    assert "Will my face be seen?" in page(cast)
    assert consent_task_count(cast.alice) == 1
    url = reverse("clinic:answer_question", args=[question])
    assert browser_of(cast.bob).post(url, {"text": "No"}).status_code == 404
    alice = browser_of(cast.alice)
    alice.post(url, {"text": "  "})
    assert questions_of(visit)[0].answer == ""
    alice.post(url, {"text": "No, only the arm."})
    assert questions_of(visit)[0].answer == "No, only the arm."
    assert "Will my face be seen?" not in page(cast)


def test_a_wish_for_more_covering_is_told_until_it_is_met(cast: Cast, picture: UUID) -> None:
    visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
    look_at_all(visit)
    wish_for_covering(visit, picture, "my ring, please")
    assert "my ring, please" in page(cast)
    assert (badge(cast.alice), badge(cast.bob)) == ("1", "")
    with scanner_that_finds([face()]):
        prepare(cast.alice, picture)
    assert badge(cast.alice) == ""


def test_a_second_look_is_told_to_those_who_may_give_it(cast: Cast, picture: UUID) -> None:
    assign(cast.bob.staff, cast.petra, actor=None, starts_at=timezone.now())
    with scanner_that_finds([face()]):
        prepare(cast.alice, picture)
    assert [badge(who) for who in (cast.alice, cast.bob, cast.charlie)] == ["", "1", ""]
    bob = seated(cast.bob)
    confirm(bob, picture, second_view(bob, picture).version)
    assert badge(cast.bob) == ""


def badge(who: Asker) -> str:
    """The number beside *Consents* in the navigation of this person's pages."""
    shown = browser_of(who).get(reverse("clinic:today")).content.decode()
    _before, link, after = shown.partition(f'href="{reverse("clinic:consent_tasks")}"')
    assert link
    found = re.search(r'<span class="badge">(\d+)</span>', after.partition("</a>")[0])
    return found.group(1) if found else ""


def paper_of(cast: Cast, picture: UUID) -> tuple[UUID, dict[str, Any]]:
    """A request, and what Alice writes down of the form that Petra signed on paper."""
    proposal = proposal_of(cast.alice, cast.petra, [picture], [Purpose.LECTURE])
    agreement = Agreement.objects.get(proposal=proposal)
    scan = take_labelled(cast.alice, cast.petra)
    return proposal, {
        "scan": scan,
        "signed_on": timezone.localdate().isoformat(),
        f"use-{agreement.id}": Answer.YES.value,
        f"picture-{picture}": Answer.YES.value,
    }


def test_paper_permits_nothing_until_a_second_person_has_checked_it(
    cast: Cast, picture: UUID
) -> None:
    proposal, sent = paper_of(cast, picture)
    alice = browser_of(cast.alice)
    assert alice.post(reverse("clinic:paper", args=[proposal]), sent).status_code == 302
    assert Agreement.objects.get(proposal=proposal).status == "proposed"
    assert consent_task_count(cast.alice) == 0  # it waits for somebody else

    check = reverse("clinic:check_paper", args=[proposal])
    assert "attested this yourself" in alice.get(check).content.decode()
    refused = alice.post(check, {"verdict": "right"}, follow=True)
    assert "Somebody else has to check" in refused.content.decode()
    assert Agreement.objects.get(proposal=proposal).status == "proposed"

    assign(cast.bob.staff, cast.petra, actor=None, starts_at=timezone.now())
    assert consent_task_count(cast.bob) == 1
    bob = browser_of(cast.bob)
    assert reverse("clinic:photograph", args=[sent["scan"]]) in bob.get(check).content.decode()
    bob.post(check, {"verdict": "right"})
    assert Agreement.objects.get(proposal=proposal).status == "active"


def test_paper_that_is_turned_down_is_asked_again(cast: Cast, picture: UUID) -> None:
    proposal, sent = paper_of(cast, picture)
    browser_of(cast.alice).post(reverse("clinic:paper", args=[proposal]), sent)
    assign(cast.bob.staff, cast.petra, actor=None, starts_at=timezone.now())
    check = reverse("clinic:check_paper", args=[proposal])
    browser_of(cast.bob).post(check, {"verdict": "wrong"})
    assert Proposal.objects.get(id=proposal).state == "proposed"


@pytest.mark.parametrize("missing", ["scan", "signed_on", "use", "picture"])
def test_an_incomplete_paper_is_refused_in_a_sentence(
    cast: Cast, picture: UUID, missing: str
) -> None:
    proposal, sent = paper_of(cast, picture)
    left = {name: value for name, value in sent.items() if not name.startswith(missing)}
    response = browser_of(cast.alice).post(reverse("clinic:paper", args=[proposal]), left)
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert Proposal.objects.get(id=proposal).state == "proposed"


def test_the_list_costs_no_more_queries_for_more_patients(cast: Cast, picture: UUID) -> None:
    signed(cast.alice, cast.petra, [picture], {Purpose.LECTURE})
    proposal_of(cast.alice, cast.petra, [picture])
    ends_in(10)
    before = queries(cast)
    for _ in range(3):
        decided_by(cast, cast.pablo, SignerRole.GUARDIAN, {Purpose.CONFERENCE})
        other, _ = admit(PABLO, Department.objects.get(id=cast.dermatology))
        proposal_of(
            cast.alice,
            other,
            [take_labelled(cast.alice, other)],
            signer_role=SignerRole.GUARDIAN,
            people=People(signer="Greta Serrano", authority="Mother"),
        )
    ends_in(10)
    assert queries(cast) <= before + 5  # what each kind of task asks for once


def queries(cast: Cast) -> int:
    with CaptureQueriesContext(connections["default"]) as captured:
        consent_tasks(cast.alice)
    return len(captured)
