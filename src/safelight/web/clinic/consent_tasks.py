"""What consent asks of a clinician: sign, check, answer, and ask again in time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from safelight.consent.errors import ConsentError, ProposalNotFoundError
from safelight.consent.selectors.proposals import ListedProposal
from safelight.consent.selectors.tasks import AskAgain, ConsentTasks, consent_tasks
from safelight.consent.services.ending import end_authority
from safelight.consent.services.questions import Question, answer_question, open_questions
from safelight.patients.selectors import known_patients, surviving_patient
from safelight.people.asker import Asker
from safelight.redaction.selectors import waiting_for_second, wishes_at_hand
from safelight.release.errors import AccessRefusedError
from safelight.web.clinic.asking import key_of
from safelight.web.clinic.cards import PatientCard, patient_card
from safelight.web.clinic.consent_cards import STATES
from safelight.web.doors import clinical


@dataclass(frozen=True)
class RequestTask:
    """A request for consent that waits for somebody."""

    id: UUID
    patient: PatientCard
    state_label: str
    at: datetime
    picture_count: int
    yes_count: int
    no_count: int
    is_own: bool = False


@dataclass(frozen=True)
class AgainTask:
    """Agreements to ask about again, and the page that asks for exactly the same."""

    proposal: UUID
    patient: PatientCard
    uses: list[str]
    due: date
    ask_url: str


@dataclass(frozen=True)
class QuestionTask:
    """What a patient wants to know."""

    id: UUID
    proposal: UUID
    patient: PatientCard
    text: str
    asked_at: datetime


@dataclass(frozen=True)
class CoveringTask:
    """A picture of which a patient wants more covered, or whose covered form waits to be confirmed."""

    photograph: UUID
    patient: PatientCard
    text: str
    at: datetime | None


@require_safe
@clinical
def tasks(request: HttpRequest, asker: Asker) -> HttpResponse:
    found, questions = consent_tasks(asker), open_questions(asker)
    people = {key: patient_card(known) for key, known in found.patients.items()}
    wishes, to_confirm = _wishes(asker), _to_confirm(asker)
    context = {
        "questions": _questions(questions),
        "wishes": wishes,
        "to_confirm": to_confirm,
        "locked": _requests(found.locked, people, asker),
        "to_check": _requests(found.to_check, people, asker),
        "waiting": _requests(found.waiting, people, asker),
        "signed_today": _requests(found.signed_today, people, asker),
        "ending": _again(found.ending, people),
        "authority": _again(found.authority, people),
        "proxies": [people[item] for item in found.proxies if item in people],
        "is_empty": _is_empty(found) and not any((questions, wishes, to_confirm)),
    }
    return render(request, "clinic/consent_tasks.html", context)


def _is_empty(found: ConsentTasks) -> bool:
    requests = (found.locked, found.to_check, found.waiting, found.signed_today)
    return not any((*requests, found.ending, found.authority, found.proxies))


def _requests(
    listed: Iterable[ListedProposal], people: Mapping[UUID, PatientCard], asker: Asker
) -> list[RequestTask]:
    return [
        RequestTask(
            id=item.id,
            patient=people[item.patient],
            state_label=str(STATES[item.state.value]),
            at=item.signed_at or item.created_at,
            picture_count=item.picture_count,
            yes_count=item.yes_count,
            no_count=item.no_count,
            is_own=item.attested_by == asker.staff,
        )
        for item in listed
        if item.patient in people
    ]


def _again(due: Iterable[AskAgain], people: Mapping[UUID, PatientCard]) -> list[AgainTask]:
    return [
        AgainTask(
            proposal=item.proposal,
            patient=people[item.patient],
            uses=[_(purpose.display) for purpose, _audience in item.uses],
            due=item.due,
            ask_url=_ask_url(item),
        )
        for item in due
        if item.patient in people
    ]


def _ask_url(item: AskAgain) -> str:
    chosen: dict[str, Any] = {
        "photograph": item.photographs,
        "use": [key_of(purpose, audience) for purpose, audience in item.uses],
    }
    return f"{reverse('clinic:ask', args=[item.patient])}?{urlencode(chosen, doseq=True)}"


def _questions(questions: Iterable[Question]) -> list[QuestionTask]:
    asked = [(item, surviving_patient(item.patient)) for item in questions]
    known = {item.id: item for item in known_patients({patient for _item, patient in asked})}
    return [
        QuestionTask(item.id, item.proposal, patient_card(known[patient]), item.text, item.asked_at)
        for item, patient in asked
        if patient in known
    ]


def _wishes(asker: Asker) -> list[CoveringTask]:
    found = wishes_at_hand(asker)
    people = _people({item.patient for item in found})
    return [
        CoveringTask(item.photograph, people[item.patient], item.text, item.wished_at)
        for item in found
    ]


def _to_confirm(asker: Asker) -> list[CoveringTask]:
    found = waiting_for_second(asker)
    people = _people({item.patient for item in found})
    return [
        CoveringTask(item.photograph, people[item.patient], item.approved_by, item.approved_at)
        for item in found
    ]


def _people(patients: Iterable[UUID]) -> dict[UUID, PatientCard]:
    """By the record that a picture came with; a merged one shows the patient of today."""
    kept = {patient: surviving_patient(patient) for patient in patients}
    known = {item.id: patient_card(item) for item in known_patients(set(kept.values()))}
    return {patient: known[current] for patient, current in kept.items()}


@require_POST
@clinical
def answer(request: HttpRequest, asker: Asker, question: UUID) -> HttpResponse:
    try:
        answer_question(asker, question, request.POST.get("text", ""))
    except ProposalNotFoundError as error:
        raise AccessRefusedError from error
    except ConsentError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("Your answer waits for the patient in their portal."))
    return redirect("clinic:consent_tasks")


@require_POST
@clinical
def decides_again(request: HttpRequest, asker: Asker, patient: UUID) -> HttpResponse:
    """What a proxy agreed to waits until the patient is asked in person."""
    try:
        ended = end_authority(asker, patient)
    except ProposalNotFoundError as error:
        raise AccessRefusedError from error
    if ended:
        messages.success(request, _("The patient decides again. Ask them anew now."))
    return redirect("clinic:consent_tasks")
