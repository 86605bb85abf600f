"""Asking a patient: which pictures, which uses, in which words, and who will sign.

Two steps. Before the pictures, the patient agrees to their being taken (`agree_to_take`); once the
pictures are there they are put before the signer (`propose`), and nothing is released meanwhile.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from safelight.audit.services import Entry, record
from safelight.consent.errors import (
    MalformedFormError,
    ProposalRefusedError,
    SignerRefusedError,
    SocialMediaOffError,
)
from safelight.consent.models import Agreement, Proposal, ProposalState, ProposedPicture
from safelight.consent.records import asked_agreements, people_of
from safelight.consent.rules.answers import may_sign
from safelight.consent.rules.form import Form, Use
from safelight.consent.rules.states import require_transition
from safelight.consent.selectors.forms import KnownForm, current_form
from safelight.consent.services.standing import lock_proposal, require_proposal, require_treating
from safelight.consent.services.visiting import end_accesses
from safelight.engines.policy import AgreementStatus
from safelight.institution.selectors import current_house, current_policy
from safelight.patients.selectors import known_patient
from safelight.people.asker import Asker
from safelight.photos.models import Photograph
from safelight.vault.fields import patient_fields
from safelight.vault.institution_keys import search_token
from safelight.vocabulary.agreements import EndReason, TakingAgreed
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.consent_forms import TextStyle
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import PhotographState, Sensitivity
from safelight.vocabulary.purposes import NAMED, Purpose
from safelight.vocabulary.signers import SignerRole

OPEN_STATES = (ProposalState.DRAFT, ProposalState.PROPOSED)
LONGEST_NAME = 200


@dataclass(frozen=True)
class People:
    """Who takes part, by name. PHI: sealed.

    `authority` is what makes a guardian or proxy one (parent, court order), in words.
    """

    signer: str
    authority: str = ""
    interpreter: str = ""
    witness: str = ""
    chaperone: str = ""


@dataclass(frozen=True)
class AskedUse:
    """One use to ask for; `named` is the recipient, publication, study or project, by name."""

    purpose: Purpose
    audience: Audience
    named: str = ""


@dataclass(frozen=True, kw_only=True)
class NewProposal:
    """What a clinician wants to ask."""

    patient: UUID
    uses: Sequence[AskedUse]
    language: str
    style: TextStyle
    signer_role: SignerRole
    people: People
    photographs: Sequence[UUID] = field(default_factory=tuple)
    taking: TakingAgreed | None = None


def start_proposal(asker: Asker, new: NewProposal) -> UUID:
    """Ask a patient: a draft while there are no pictures, put before the signer if there are.

    Raises ProposalNotFoundError (also for *not allowed*), NoFormError, ProposalRefusedError,
    SignerRefusedError, SocialMediaOffError.
    """
    patient = require_treating(asker, new.patient)
    known = current_form()
    uses = _uses(known, new)
    _check_people(patient, new)
    proposal = uuid4()
    with transaction.atomic():
        _insert(asker, proposal, patient, known.number, new)
        Agreement.objects.bulk_create(
            _agreement(proposal, patient, use, asked.named) for use, asked in uses
        )
        _record(EventTag.CONSENT_PROPOSAL_STARTED, asker.staff, patient, proposal)
        if new.taking:
            _note_taking(asker, lock_proposal(proposal), new.taking)
        if new.photographs:
            _put(asker, lock_proposal(proposal), new.photographs)
    return proposal


def agree_to_take(asker: Asker, proposal: UUID, how: TakingAgreed) -> None:
    """Step one: the patient agreed to pictures that are meant for more than care."""
    require_proposal(asker, proposal)
    with transaction.atomic():
        _note_taking(asker, _open_row(proposal), how)


def propose(asker: Asker, proposal: UUID, photographs: Sequence[UUID]) -> None:
    """Put these pictures before the signer as well; from the first on the patient can decide."""
    require_proposal(asker, proposal)
    with transaction.atomic():
        _put(asker, _open_row(proposal), photographs)


def remove_picture(asker: Asker, proposal: UUID, photograph: UUID) -> None:
    """Ask about this picture no more."""
    require_proposal(asker, proposal)
    with transaction.atomic():
        row = _open_row(proposal)
        listed = ProposedPicture.objects.filter(
            proposal=row, photograph=photograph, removed_at=None
        )
        if listed.update(removed_at=timezone.now()):
            _changed(row)
            _record(
                EventTag.CONSENT_PICTURES_CHANGED, asker.staff, row.patient_id, proposal, photograph
            )


def close_proposal(asker: Asker, proposal: UUID) -> None:
    """Ask no more: what was not answered ends, and permits nothing."""
    require_proposal(asker, proposal)
    with transaction.atomic():
        row = _open_row(proposal)
        for agreement in asked_agreements(row).select_for_update():
            require_transition(AgreementStatus(agreement.status), AgreementStatus.INACTIVE)
            agreement.status = AgreementStatus.INACTIVE.value
            agreement.ended_at = timezone.now()
            agreement.ended_because = EndReason.NOT_ANSWERED.value
            agreement.save()
        row.state, row.closed_at = ProposalState.CLOSED, timezone.now()
        row.save(update_fields=["state", "closed_at"])
        end_accesses(row)
        _record(EventTag.CONSENT_PROPOSAL_CLOSED, asker.staff, row.patient_id, proposal)


def _uses(known: KnownForm, new: NewProposal) -> list[tuple[Use, AskedUse]]:
    """Each use as the form has it; a use that the form does not ask about is refused."""
    _require_text(known.form, new)
    found = []
    for asked in new.uses:
        use = known.form.use(asked.purpose, asked.audience)
        if use is None:
            raise ProposalRefusedError(f"The form does not ask about {asked.purpose.display}.")
        if asked.purpose is Purpose.SOCIAL_MEDIA and not current_policy().social_media:
            raise SocialMediaOffError
        if asked.purpose in NAMED and not asked.named.strip():
            raise ProposalRefusedError(f"Name what it is for: {asked.purpose.display}.")
        if len(asked.named) > LONGEST_NAME:
            raise ProposalRefusedError("The name is too long.")
        found.append((use, asked))
    if not found:
        raise ProposalRefusedError("Choose at least one use to ask about.")
    if len({(asked.purpose, asked.audience, asked.named) for asked in new.uses}) < len(found):
        raise ProposalRefusedError("The same use stands twice.")
    return found


def _require_text(form: Form, new: NewProposal) -> None:
    try:
        form.text(new.language, new.style)
    except MalformedFormError as error:
        raise ProposalRefusedError("The form has no text in this language.") from error


def _check_people(patient: UUID, new: NewProposal) -> None:
    people = new.people
    if not people.signer.strip():
        raise ProposalRefusedError("Say who signs.")
    if new.signer_role is not SignerRole.PATIENT and not people.authority.strip():
        raise ProposalRefusedError("Say what gives this person the right to sign.")
    if any(len(name) > LONGEST_NAME for name in asdict(people).values()):
        raise ProposalRefusedError("The name is too long.")
    if not may_sign(new.signer_role, age_today(patient), current_policy().majority_age):
        raise SignerRefusedError(
            "This patient is a child: a guardian signs, and the child is asked as well."
            if new.signer_role is not SignerRole.GUARDIAN
            else "This patient is an adult: they sign, or somebody with authority for an adult."
        )


def age_today(patient: UUID) -> int:
    """Completed years, on the institution's calendar."""
    today = timezone.localtime(timezone=current_house().zone).date()
    return known_patient(patient).identity.age_on(today)


def _insert(asker: Asker, proposal: UUID, patient: UUID, form: int, new: NewProposal) -> None:
    people = {name: value.strip() for name, value in asdict(new.people).items()}
    Proposal.objects.create(
        id=proposal,
        patient_id=patient,
        form_id=form,
        language=new.language,
        style=new.style.value,
        signer_role=new.signer_role.value,
        state=ProposalState.DRAFT,
        asked_by_id=asker.staff,
        created_at=timezone.now(),
        sealed_people=patient_fields(patient).seal_data("people", proposal, people),
    )


def _agreement(proposal: UUID, patient: UUID, use: Use, named: str) -> Agreement:
    row = Agreement(
        proposal_id=proposal,
        patient_id=patient,
        purpose=use.purpose.value,
        audience=use.audience.value,
        people=use.people,
        months=use.months,
        status=AgreementStatus.DRAFT.value,
    )
    if named.strip():
        row.recipient = recipient_id(named)
        row.sealed_recipient = patient_fields(patient).seal("recipient", row.id, named.strip())
    return row


def recipient_id(named: str) -> UUID:
    """The opaque id of a named recipient, publication, study or project: the same for the same name."""
    return UUID(bytes=search_token("recipient", " ".join(named.split()).casefold())[:16])


def _open_row(proposal: UUID) -> Proposal:
    row = lock_proposal(proposal)
    if row.state not in OPEN_STATES:
        raise ProposalRefusedError("This request was answered or closed already.")
    return row


def _note_taking(asker: Asker, row: Proposal, how: TakingAgreed) -> None:
    row.taking, row.taking_at = how.value, timezone.now()
    row.save(update_fields=["taking", "taking_at"])
    _record(EventTag.CONSENT_TAKING_AGREED, asker.staff, row.patient_id, row.id)


def _put(asker: Asker, row: Proposal, photographs: Sequence[UUID]) -> None:
    wanted = list(dict.fromkeys(photographs))
    _check_pictures(row, wanted)
    listed = {item.photograph_id: item for item in row.pictures.select_for_update()}
    for position, photograph in enumerate(wanted, start=len(listed)):
        if photograph not in listed:
            ProposedPicture.objects.create(
                proposal=row, photograph_id=photograph, position=position
            )
    row.pictures.filter(photograph__in=wanted).update(removed_at=None)
    _advance(row)
    _changed(row)
    _record(EventTag.CONSENT_PICTURES_CHANGED, asker.staff, row.patient_id, row.id, *wanted)


def _check_pictures(row: Proposal, photographs: Iterable[UUID]) -> None:
    """Only verified pictures of this very patient; a forensic one is for the patient's eyes alone."""
    for photograph in photographs:
        found = Photograph.objects.filter(
            id=photograph, state=PhotographState.VERIFIED.value
        ).first()
        if found is None or not _is_of(found, row.patient_id):
            raise ProposalRefusedError("A picture is not one of this patient's, or not ready yet.")
        is_forensic = found.sensitivity == Sensitivity.FORENSIC.value
        if is_forensic and row.signer_role != SignerRole.PATIENT.value:
            raise ProposalRefusedError("A forensic picture is put before the patient alone.")
        is_intimate = found.sensitivity == Sensitivity.INTIMATE.value
        if is_intimate and not people_of(row)["chaperone"]:
            raise ProposalRefusedError("Intimate pictures: name the chaperone who was there.")


def _is_of(photograph: Photograph, patient: UUID) -> bool:
    return patient in (photograph.patient_id, photograph.patient.merged_into_id)


def _advance(row: Proposal) -> None:
    if row.state == ProposalState.DRAFT:
        row.state = ProposalState.PROPOSED
        row.save(update_fields=["state"])
        row.agreements.filter(status=AgreementStatus.DRAFT.value).update(
            status=AgreementStatus.PROPOSED.value
        )


def _changed(row: Proposal) -> None:
    """Whoever is about to sign on another device has to look again."""
    row.draft_version += 1
    row.save(update_fields=["draft_version"])


def _record(tag: EventTag, actor: UUID, patient: UUID, *objects: UUID) -> None:
    record(Entry(tag=tag, actor=actor, subject=patient, objects=objects))
