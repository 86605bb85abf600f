"""What is sealed, hashed and bound in the rows of a link, and whether the link is in force."""

import base64
from datetime import datetime
from uuid import UUID

from django.utils.crypto import constant_time_compare

from safelight.engines.policy import AgreementStatus, ReferenceState
from safelight.exporting.models import CopyLink, CopyRequest
from safelight.exporting.rules import is_within
from safelight.release.rules import state_at
from safelight.vault.fields import agreement_fields, patient_fields
from safelight.vault.institution_keys import search_token


def digest(secret: str) -> str:
    """What stands in the database for the secret part of an address."""
    return search_token("health-link", secret).hex()


def pseudonym(link: UUID, what: str) -> UUID:
    """An id in the copy: the same whenever this link is asked, and another in every other copy."""
    return UUID(bytes=search_token("copy-pseudonym", f"{link}/{what}")[:16], version=4)


def subject_in_copy(link: UUID) -> UUID:
    """The patient's id in what this link gives: one that stands nowhere else."""
    return pseudonym(link, "subject")


def seal_words(link: CopyLink, key: bytes, reason: str) -> bytes:
    data = {"key": base64.b64encode(key).decode(), "reason": reason}
    return agreement_fields(link.agreement_id).seal_data("copy-link", link.id, data)


def key_of(link: CopyLink) -> bytes:
    """The 32 bytes under which files are sealed for the receiver.

    Raises KeyMissingError once the agreement has ended.
    """
    sealed = bytes(link.sealed_words)
    words = agreement_fields(link.agreement_id).unseal_data("copy-link", link.id, sealed)
    return base64.b64decode(words["key"])


def seal_recipient(request: CopyRequest, recipient: str) -> bytes:
    return patient_fields(request.link.patient_id).seal("copy-recipient", request.id, recipient)


def recipient_of(request: CopyRequest) -> str:
    """Who it was by the word of their software. Raises KeyMissingError with the patient's record."""
    sealed = bytes(request.sealed_recipient)
    return patient_fields(request.link.patient_id).unseal("copy-recipient", request.id, sealed)


def listed(link: CopyLink) -> tuple[UUID, ...]:
    """The pictures of a link in their order, whether they may leave or not."""
    rows = link.pictures.order_by("position", "id")
    return tuple(rows.values_list("photograph", flat=True))


def link_binding(link: CopyLink) -> bytes:
    """What a link is, with its pictures (saved before) and its wrong tries: what was changed by hand
    opens nothing.

    INVARIANT: written anew with every change that a verb makes, while it holds the row.
    """
    told = (
        link.id,
        link.agreement_id,
        link.agreement.recipient,
        link.patient_id,
        int(link.given_at.timestamp()),
        int(link.expires_at.timestamp()),
        link.mark_number,
        link.states_reason,
        link.token_digest,
        link.code_hash,
        link.failed_attempts,
        int(link.locked_at.timestamp()) if link.locked_at else "",
        *listed(link),
    )
    return search_token("copy-link-binding", "/".join(str(item) for item in told))


def request_binding(request: CopyRequest) -> bytes:
    """Keyed by the institution's secret: a row copied to another link is no way to its file."""
    told = (
        request.id,
        request.link_id,
        request.location_digest,
        int(request.location_ends_at.timestamp()),
    )
    return search_token("copy-request-binding", "/".join(str(item) for item in told))


def state_of(link: CopyLink, now: datetime) -> ReferenceState | None:
    """Whether a copy can be fetched; None, which denies, for a row that no verb wrote."""
    if link.revoked_at is not None:
        return ReferenceState.REVOKED  # its binding is gone, too
    if not constant_time_compare(bytes(link.binding), link_binding(link)):
        return None
    if link.agreement.status != AgreementStatus.ACTIVE:
        return ReferenceState.OVER  # a newer word about the same pictures does not revive it
    state = state_at(now, link.given_at, link.expires_at, link.revoked_at)
    return ReferenceState.OVER if link.locked_at and state is ReferenceState.IN_FORCE else state


def is_admitted(request: CopyRequest, now: datetime) -> bool:
    """Whether the location may be asked: it was given for this very link, minutes ago."""
    is_bound = constant_time_compare(bytes(request.binding), request_binding(request))
    return is_bound and is_within(now, request.asked_at, request.location_ends_at)
