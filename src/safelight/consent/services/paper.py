"""A form that was signed on paper: attested by one, checked by another, and only then in force."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from safelight.audit.services import Entry, record
from safelight.consent.errors import (
    ChoiceMissingError,
    PictureGoneError,
    ProposalRefusedError,
    SignerRefusedError,
)
from safelight.consent.models import Agreement, Proposal, ProposalState
from safelight.consent.records import (
    SeenPicture,
    Signing,
    asked_agreements,
    people_of,
    seen_pictures,
)
from safelight.consent.rules.answers import Answers, asks_child, may_sign, require_complete
from safelight.consent.rules.signature import Mark
from safelight.consent.services.deciding import read_answers, save_answers
from safelight.consent.services.ending import records_of, supersede
from safelight.consent.services.signing import (
    Signed,
    activate,
    conclude,
    decide,
    identity_of,
    is_usable,
)
from safelight.consent.services.standing import lock_patient, lock_proposal, require_proposal
from safelight.institution.selectors import current_house, current_policy
from safelight.patients.selectors import surviving_patient
from safelight.people.asker import Asker
from safelight.photos.forms import form_for_use, objects_for_use
from safelight.photos.models import Photograph
from safelight.vocabulary.agreements import EndReason
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import PhotographState
from safelight.vocabulary.signers import SignerRole


def attest_paper(
    asker: Asker, proposal: UUID, scan: UUID, answers: Answers, signed_on: date
) -> None:
    """Say that the patient saw these pictures and signed the form that `scan` is a picture of.

    Nothing is permitted by it: a second person looks at the form first.
    """
    require_proposal(asker, proposal)
    with transaction.atomic():
        row = lock_proposal(proposal)
        if row.state != ProposalState.PROPOSED:
            raise ProposalRefusedError("This request was answered or closed already.")
        _check(row, scan, answers, signed_on)
        save_answers(row, answers)
        row.state, row.paper_id, row.attested_by_id = ProposalState.TO_CHECK, scan, asker.staff
        row.paper_signed_on = signed_on
        row.save()
        _record(EventTag.CONSENT_PAPER_ATTESTED, asker, row, {"signed_on": signed_on.isoformat()})


def check_paper(asker: Asker, proposal: UUID, *, is_right: bool) -> Signed | None:
    """A second person compared the form with what was attested: in force now, or asked again."""
    require_proposal(asker, proposal)
    with transaction.atomic():
        row = lock_proposal(proposal)
        if row.state != ProposalState.TO_CHECK:
            raise ProposalRefusedError("There is no paper form to check.")
        if row.attested_by_id == asker.staff:
            raise SignerRefusedError("Somebody else has to check the form.")
        if not is_right:
            _turn_down(asker, row)
            return None
        lock_patient(row.patient_id)  # as whoever signs does, for the same reason
        _record(EventTag.CONSENT_PAPER_CHECKED, asker, row, {})
        return _put_in_force(row)


def _check(row: Proposal, scan: UUID, answers: Answers, signed_on: date) -> None:
    today = timezone.localtime(timezone=current_house().zone).date()
    if signed_on > today:
        raise ProposalRefusedError("The form cannot be signed in the future.")
    is_scan = Photograph.objects.filter(
        id=scan, patient=row.patient_id, state=PhotographState.VERIFIED.value
    ).exists()
    listed = set(row.pictures.filter(removed_at=None).values_list("photograph", flat=True))
    if not is_scan or scan in listed:
        raise ProposalRefusedError("Take a picture of the signed form first, and choose that one.")
    ends = datetime.combine(signed_on, time.max, current_house().zone)
    if Photograph.objects.filter(id__in=listed, taken_at__gt=ends).exists():
        raise ProposalRefusedError("A picture was taken after the day the form was signed.")
    uses = list(asked_agreements(row).values_list("id", flat=True))
    if set(answers.uses) - set(uses) or set(answers.pictures) - listed:
        raise ChoiceMissingError
    signer, policy = SignerRole(row.signer_role), current_policy()
    age = identity_of(row).age_on(signed_on)
    if not may_sign(signer, age, policy.majority_age):
        raise SignerRefusedError
    is_child_asked = asks_child(signer, age, policy.assent_age)
    require_complete(answers, uses=uses, pictures=listed, asks_child=is_child_asked)


def _turn_down(asker: Asker, row: Proposal) -> None:
    row.state, row.paper, row.attested_by = ProposalState.PROPOSED, None, None
    row.save(update_fields=["state", "paper", "attested_by"])
    _record(EventTag.CONSENT_PAPER_TURNED_DOWN, asker, row, {})


def _put_in_force(row: Proposal) -> Signed:
    signing = _signing(row)
    pictures = _pictures(row)
    agreements = list(asked_agreements(row).select_for_update())
    _refuse_if_overtaken(row, agreements, signing.signed_at)
    for agreement in agreements:
        decide(agreement, signing)
    activate(agreements, signing.included)
    supersede(row, agreements, [item.photograph for item in pictures], timezone.now())
    return conclude(row, agreements, signing, pictures)


def _refuse_if_overtaken(
    row: Proposal, agreements: Sequence[Agreement], signed_at: datetime
) -> None:
    """INVARIANT: what the patient said later about a picture counts, a withdrawal above all."""
    later = Q(decided_at__gt=signed_at) | Q(
        ended_at__gt=signed_at, ended_because=EndReason.WITHDRAWN.value
    )
    family = records_of(surviving_patient(row.patient_id))
    shown = row.pictures.filter(removed_at=None).values("photograph")
    for agreement in agreements:
        same_use = Agreement.objects.filter(
            patient__in=family,
            purpose=agreement.purpose,
            audience=agreement.audience,
            recipient=agreement.recipient,
            proposal__pictures__photograph__in=shown,
        )
        if same_use.filter(later).exclude(proposal=row).exists():
            raise ProposalRefusedError(
                "The patient decided anew after this form was signed. Turn it down, and ask again."
            )


def _pictures(row: Proposal) -> list[SeenPicture]:
    """What was attested as seen: the pictures as they are now. No hash: no screen showed them."""
    found = []
    for item in seen_pictures(row):
        if not is_usable(row, item.photograph):
            raise PictureGoneError
        display = objects_for_use(item.photograph)[form_for_use(item.photograph).large.value]
        found.append(SeenPicture(item.photograph, item.position, object_id=display))
    return found


def _signing(row: Proposal) -> Signing:
    """The day on the paper counts as the moment: its noon, in the institution's time zone."""
    answers = read_answers(row)
    if row.paper_signed_on is None:
        raise ProposalRefusedError
    noon = datetime.combine(row.paper_signed_on, time(12), current_house().zone)
    return Signing(
        identity=identity_of(row),
        answers=answers,
        included=tuple(answers.included(item.photograph for item in seen_pictures(row))),
        mark=Mark(typed=people_of(row)["signer"]),
        signed_at=min(noon, timezone.now()),
        access=row.attested_by_id or row.asked_by_id,
        kind=None,
    )


def _record(tag: EventTag, asker: Asker, row: Proposal, details: Mapping[str, str]) -> None:
    record(
        Entry(
            tag=tag,
            actor=asker.staff,
            subject=row.patient_id,
            objects=(row.id, *([row.paper_id] if row.paper_id else [])),
            details=dict(details),
        )
    )
