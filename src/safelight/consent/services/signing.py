"""Signing: everything at once, or nothing.

One transaction holds the proposal's lock, makes each agreement active or rejected, lists its
renditions, writes the signed record and the event. The keys are made inside it, in the keystore,
before the commit: what a crash leaves is a key that no decision cites, and `ending.sweep_keys`
destroys it. There is never an active agreement without its key.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from safelight.audit.services import Entry, record
from safelight.consent.errors import (
    AlreadySignedError,
    ChangedMeanwhileError,
    ClockWrongError,
    FormSupersededError,
    PictureGoneError,
    PictureNotSeenError,
    SignerRefusedError,
    SigningRefusedError,
    TextNotReadError,
    WishOpenError,
)
from safelight.consent.models import (
    Agreement,
    AgreementImage,
    Proposal,
    ProposalState,
)
from safelight.consent.records import (
    SeenPicture,
    Signing,
    asked_agreements,
    seal_record,
    seen_pictures,
)
from safelight.consent.rules.answers import asks_child, may_sign, require_complete
from safelight.consent.rules.dates import add_months, majority_on
from safelight.consent.rules.signature import Mark
from safelight.consent.rules.states import require_transition
from safelight.consent.services.deciding import (
    has_read,
    read_answers,
    record_refused_signing,
)
from safelight.consent.services.ending import supersede
from safelight.consent.services.standing import lock_patient, lock_proposal
from safelight.consent.services.visiting import Invitation, give_copy_link
from safelight.consent.terms import seal_terms
from safelight.consent.visits import Visit, is_alive
from safelight.engines.policy import AgreementStatus
from safelight.institution.selectors import current_house, current_policy
from safelight.patients.rules import Identity
from safelight.patients.selectors import known_patient, surviving_patient
from safelight.photos.forms import objects_for_use
from safelight.photos.models import Photograph
from safelight.vault.custodians import Holder, establish, hand_over
from safelight.vault.fields import patient_fields
from safelight.vault.kinds import CustodianKind
from safelight.vocabulary.clocks import CLOCK_SLACK
from safelight.vocabulary.consent_forms import FormState
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import PhotographState
from safelight.vocabulary.signers import SignerRole


@dataclass(frozen=True)
class Signed:
    """What came of a signature: how many uses were agreed to, and the link for the copy."""

    agreed: int
    invitation: Invitation


def sign(visit: Visit, mark: Mark, seen_version: int) -> Signed:
    """Make the signer's answers count. `seen_version` is of the answers on the signer's screen.

    Raises a SigningRefusedError after an event that says why; then nothing was signed.
    """
    try:
        with transaction.atomic():
            row = lock_proposal(visit.proposal)
            return _sign(visit, row, mark, seen_version)
    except SigningRefusedError as error:
        record_refused_signing(visit, error.code)
        raise


def _sign(visit: Visit, row: Proposal, mark: Mark, seen_version: int) -> Signed:
    # INVARIANT: of a signature and a withdrawal one is first, and the second sees what it did.
    lock_patient(row.patient_id)
    now = timezone.now()
    pictures = seen_pictures(row)
    _check_moment(visit, row, now)
    _check_pictures(row, pictures, seen_version)
    signing = _signing(visit, row, mark, pictures, now)
    _check_answers(row, signing)
    agreements = list(asked_agreements(row).select_for_update())
    for agreement in agreements:
        decide(agreement, signing)
    activate(agreements, signing.included)
    supersede(row, agreements, [item.photograph for item in pictures], now)
    return conclude(row, agreements, signing, pictures)


def _check_moment(visit: Visit, row: Proposal, now: datetime) -> None:
    if row.state == ProposalState.SIGNED:
        raise AlreadySignedError
    if row.state != ProposalState.PROPOSED or not is_alive(visit):
        raise SigningRefusedError
    if now < row.created_at - CLOCK_SLACK:
        raise ClockWrongError
    if row.form.state != FormState.APPROVED:
        raise FormSupersededError
    if not has_read(row):
        raise TextNotReadError


def _check_pictures(row: Proposal, pictures: Sequence[SeenPicture], seen_version: int) -> None:
    """INVARIANT: what is signed for was on the signer's screen, byte for byte as it is now."""
    answers = read_answers(row)
    listed = {item.photograph for item in pictures}
    if set(answers.pictures) - listed:
        raise PictureGoneError
    if row.draft_version != seen_version:
        raise ChangedMeanwhileError
    for photograph in answers.included(listed):
        seen = next(item for item in pictures if item.photograph == photograph)
        if not is_usable(row, photograph):
            raise PictureGoneError
        if seen.wish_open:
            raise WishOpenError
        if not seen.sha256 or seen.object_id not in objects_for_use(photograph).values():
            raise PictureNotSeenError


def is_usable(row: Proposal, photograph: UUID) -> bool:
    """Whether the picture is verified, and still this patient's."""
    found = Photograph.objects.filter(id=photograph, state=PhotographState.VERIFIED.value).first()
    return found is not None and (
        surviving_patient(found.patient_id) == surviving_patient(row.patient_id)
    )


def _signing(
    visit: Visit, row: Proposal, mark: Mark, pictures: Sequence[SeenPicture], now: datetime
) -> Signing:
    answers = read_answers(row)
    return Signing(
        identity=identity_of(row),
        answers=answers,
        included=tuple(answers.included(item.photograph for item in pictures)),
        mark=mark,
        signed_at=now,
        access=visit.access,
        kind=visit.kind,
    )


def identity_of(row: Proposal) -> Identity:
    """Who the patient is, wherever the record is kept now. PHI."""
    return known_patient(surviving_patient(row.patient_id)).identity


def _check_answers(row: Proposal, signing: Signing) -> None:
    policy, signer = current_policy(), SignerRole(row.signer_role)
    today = signing.signed_at.astimezone(current_house().zone).date()
    age = signing.identity.age_on(today)
    if not may_sign(signer, age, policy.majority_age):
        raise SignerRefusedError
    require_complete(
        signing.answers,
        uses=asked_agreements(row).values_list("id", flat=True),
        pictures=row.pictures.filter(removed_at=None).values_list("photograph", flat=True),
        asks_child=asks_child(signer, age, policy.assent_age),
    )


def decide(agreement: Agreement, signing: Signing) -> None:
    """Active or rejected; a yes without a picture permits nothing and counts as a no."""
    is_yes = bool(signing.included) and signing.answers.is_yes(agreement.id)
    after = AgreementStatus.ACTIVE if is_yes else AgreementStatus.REJECTED
    require_transition(AgreementStatus(agreement.status), after)
    agreement.status = after.value
    agreement.decided_at = signing.signed_at
    if is_yes:
        _give_period(agreement, signing)
    agreement.save()


def _give_period(agreement: Agreement, signing: Signing) -> None:
    agreement.starts_on = signing.signed_at.astimezone(current_house().zone).date()
    if agreement.months is not None:
        agreement.ends_on = add_months(agreement.starts_on, agreement.months)
    if agreement.proposal.signer_role == SignerRole.GUARDIAN.value:
        ends = majority_on(signing.identity.birth_date, current_policy().majority_age)
        agreement.sealed_authority_end = patient_fields(agreement.patient_id).seal(
            "authority-end", agreement.id, ends.isoformat()
        )


def activate(agreements: Sequence[Agreement], included: Sequence[UUID]) -> None:
    """List the pictures under each active agreement, and let its custodian open exactly those."""
    for agreement in agreements:
        if agreement.status == AgreementStatus.ACTIVE:
            establish(CustodianKind.AGREEMENT, agreement.id)
            agreement.sealed_terms = seal_terms(agreement)
            agreement.save(update_fields=["sealed_terms"])
            for photograph in included:
                _list_picture(agreement, photograph)


def _list_picture(agreement: Agreement, photograph: UUID) -> None:
    owner = Photograph.objects.values_list("patient", flat=True).get(id=photograph)
    listed = objects_for_use(photograph)
    hand_over(
        list(listed.values()),
        Holder(CustodianKind.CARE, owner),
        Holder(CustodianKind.AGREEMENT, agreement.id),
    )
    AgreementImage.objects.bulk_create(
        AgreementImage(
            agreement=agreement,
            photograph_id=photograph,
            rendition=rendition,
            object_id=object_id,
        )
        for rendition, object_id in listed.items()
    )


def conclude(
    row: Proposal,
    agreements: Sequence[Agreement],
    signing: Signing,
    pictures: Sequence[SeenPicture],
) -> Signed:
    """The signed record, the event, and the way back to them for the signer."""
    digest = seal_record(row, agreements, signing, pictures)
    row.state, row.signed_at = ProposalState.SIGNED, signing.signed_at
    row.save()
    active = [item for item in agreements if item.status == AgreementStatus.ACTIVE]
    record(
        Entry(
            tag=EventTag.CONSENT_PROPOSAL_SIGNED,
            actor=signing.access,
            subject=row.patient_id,
            objects=(row.id, *(item.id for item in agreements), *signing.included),
            details={
                "record_sha256": digest.hex(),
                "active": [str(item.id) for item in active],
                "rejected": [str(item.id) for item in agreements if item not in active],
            },
        )
    )
    return Signed(len(active), give_copy_link(row))
