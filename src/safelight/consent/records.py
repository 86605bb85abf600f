"""The signed record of one proposal: written once, sealed, signed, and read back as it was."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from safelight.consent.models import Agreement, Proposal, ProposedPicture
from safelight.consent.rules.answers import Answers
from safelight.consent.rules.form import Form, Paragraph, Use
from safelight.consent.rules.record import record_digest, write_record
from safelight.consent.rules.signature import Mark
from safelight.consent.rules.wording import statements_for, use_wording
from safelight.consent.selectors.forms import form_version
from safelight.engines.policy import AgreementStatus
from safelight.institution.selectors import current_house
from safelight.patients.rules import Identity
from safelight.vault.fields import SealedFields, patient_fields
from safelight.vault.institution_keys import search_token
from safelight.vault.record_signing import sign_record
from safelight.vocabulary.agreements import AccessKind
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.consent_forms import TextStyle
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.purposes import Purpose

# The name, of the field's own words, that is shown wherever the signature is (21 CFR 11.50).
MEANING: Final = "consent"
CODE_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH: Final = 16


@dataclass(frozen=True)
class SeenPicture:
    """A picture that was put before the signer; `sha256` is "" until it was on their screen."""

    photograph: UUID
    position: int
    sha256: str = ""
    object_id: UUID | None = None
    shown_at: str = ""
    rendition: str = ""
    wish_open: bool = False
    """Whether the signer asked for more to be covered and has not been shown that."""


@dataclass(frozen=True, kw_only=True)
class Signing:
    """One signature in the making. PHI."""

    identity: Identity
    answers: Answers
    included: tuple[UUID, ...]
    mark: Mark
    signed_at: datetime
    access: UUID
    kind: AccessKind | None


def seen_pictures(row: Proposal) -> list[SeenPicture]:
    """The pictures of a proposal in their order, with what is known of their having been shown."""
    fields = patient_fields(row.patient_id)
    rows = row.pictures.filter(removed_at=None).order_by("position", "id")
    return [_seen(item, fields) for item in rows]


def _seen(item: ProposedPicture, fields: SealedFields) -> SeenPicture:
    sealed, wish_open = (
        bytes(item.sealed_shown),
        item.wished_at is not None and not item.wish_met_at,
    )
    if not sealed:
        return SeenPicture(item.photograph_id, item.position, wish_open=wish_open)
    shown = fields.unseal_data("shown", item.proposal_id, sealed)
    if shown["photograph"] != str(item.photograph_id):  # another picture's, put in this one's place
        return SeenPicture(item.photograph_id, item.position, wish_open=wish_open)
    return SeenPicture(
        item.photograph_id,
        item.position,
        shown["sha256"],
        UUID(shown["object_id"]),
        shown["shown_at"],
        shown.get("rendition", Rendition.DISPLAY.value),
        wish_open,
    )


def people_of(row: Proposal) -> dict[str, str]:
    """Who takes part, by name. PHI."""
    return patient_fields(row.patient_id).unseal_data("people", row.id, row.sealed_people)


def asked_agreements(row: Proposal) -> QuerySet[Agreement]:
    """What the signer decides about, or decided: without what staff had marked as a mistake before."""
    return row.agreements.exclude(
        status=AgreementStatus.ENTERED_IN_ERROR.value, decided_at=None
    ).order_by("purpose", "audience", "id")


def recipient_name(agreement: Agreement) -> str:
    """The recipient, publication, study or project an agreement names; "" for none. PHI."""
    sealed = bytes(agreement.sealed_recipient)
    if not sealed:
        return ""
    return patient_fields(agreement.patient_id).unseal("recipient", agreement.id, sealed)


def seal_record(
    row: Proposal,
    agreements: Sequence[Agreement],
    signing: Signing,
    pictures: Sequence[SeenPicture],
) -> bytes:
    """Write, seal and sign the record into `row` (unsaved); its SHA-256."""
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    text = write_record(_record_data(row, agreements, signing, pictures, code))
    digest = record_digest(text)
    row.sealed_record = patient_fields(row.patient_id).seal("record", row.id, text)
    row.signature = sign_record(digest)
    row.verification_token = search_token("verification", code)
    return digest


def _record_data(
    row: Proposal,
    agreements: Sequence[Agreement],
    signing: Signing,
    pictures: Sequence[SeenPicture],
    code: str,
) -> dict[str, Any]:
    known = form_version(row.form_id)
    return {
        "proposal": str(row.id),
        "patient": str(row.patient_id),
        "institution": current_house().name,
        "form": {"number": known.number, "sha256": known.content_sha256},
        "language": row.language,
        "style": row.style,
        "wording": _wording(known.form, row),
        "contact": asdict(known.form.contact),
        "agreements": [
            _agreement_data(item, known.form, row) for item in sorted(agreements, key=_nearness)
        ],
        "pictures": [_picture_data(item, signing) for item in pictures],
        "taking": {
            "how": row.taking,
            "at": row.taking_at.isoformat() if row.taking_at else None,
        },
        "signer": _signer_data(row, signing),
        "people": people_of(row),
        "asked_by": {"id": str(row.asked_by_id), "name": row.asked_by.display_name},
        "mark": {"strokes": signing.mark.strokes, "typed": signing.mark.typed},
        "read_at": signing.answers.read_at,
        "meaning": MEANING,
        "signed_at": signing.signed_at.isoformat(),
        "time_zone": current_house().time_zone,
        "access": {"id": str(signing.access), "kind": signing.kind},
        "verification_code": code,
    }


def _nearness(agreement: Agreement) -> tuple[int, str, str]:
    """From near to far, as a patient is asked."""
    place = list(Purpose).index(Purpose(agreement.purpose))
    return place, agreement.audience, str(agreement.id)


def _signer_data(row: Proposal, signing: Signing) -> dict[str, Any]:
    people = people_of(row)
    return {
        "role": row.signer_role,
        "name": people["signer"],
        "authority": people["authority"],
        "assent": signing.answers.assent,
        "patient_name": signing.identity.display_name,
    }


def _wording(form: Form, row: Proposal) -> dict[str, Any]:
    words = statements_for(form, row.language, TextStyle(row.style), current_house().name)
    return {
        "title": words.title,
        "introduction": words.introduction,
        "agree": words.agree,
        "refuse": words.refuse,
        "statements": [
            {"code": code.value, "heading": said.heading, "text": said.text}
            for code, said in words.statements
        ],
    }


def use_of(agreement: Agreement) -> Use:
    """What the row asks for, as the form would ask it."""
    return Use(
        Purpose(agreement.purpose), Audience(agreement.audience), agreement.people, agreement.months
    )


def said_of(agreement: Agreement, form: Form, row: Proposal) -> Paragraph:
    """One use in the signer's words. INVARIANT: the screen and the signed record take them from here."""
    return use_wording(
        form,
        use_of(agreement),
        row.language,
        TextStyle(row.style),
        institution=current_house().name,
        named=recipient_name(agreement),
    )


def _agreement_data(agreement: Agreement, form: Form, row: Proposal) -> dict[str, Any]:
    said = said_of(agreement, form, row)
    return {
        **agreement_terms(agreement),
        "named": recipient_name(agreement),
        "is_agreed": agreement.status == AgreementStatus.ACTIVE,
        "heading": said.heading,
        "text": said.text,
    }


def agreement_terms(agreement: Agreement) -> dict[str, Any]:
    """What stands in the row and must never differ from what was signed."""
    return {
        "id": str(agreement.id),
        "purpose": agreement.purpose,
        "audience": agreement.audience,
        "people": agreement.people,
        "months": agreement.months,
        "recipient": str(agreement.recipient) if agreement.recipient else None,
        "provision": agreement.provision,
        "starts_on": agreement.starts_on.isoformat() if agreement.starts_on else None,
        "ends_on": agreement.ends_on.isoformat() if agreement.ends_on else None,
    }


def _picture_data(item: SeenPicture, signing: Signing) -> dict[str, Any]:
    return {
        "photograph": str(item.photograph),
        "object_id": str(item.object_id) if item.object_id else None,
        "rendition": item.rendition,
        "sha256": item.sha256,
        "shown_at": item.shown_at,
        "is_included": item.photograph in signing.included,
    }
