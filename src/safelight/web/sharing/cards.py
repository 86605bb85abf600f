"""What the pages about shares show, as plain values. PHI throughout."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy

from safelight.patients.selectors import known_patients
from safelight.sharing.selectors import KnownShare, ListedShare, Standing
from safelight.web.clinic.cards import PatientCard, patient_card

GROUP: Final = 4
STANDINGS: Final = {
    Standing.REVOKED: gettext_lazy("Revoked"),
    Standing.ENDED_BY_RESTORE: gettext_lazy("Ended when a backup was restored: give a new one"),
    Standing.AGREEMENT_ENDED: gettext_lazy("Closed: the patient's agreement has ended"),
    Standing.OVER: gettext_lazy("Its time is over"),
    Standing.USED_UP: gettext_lazy("All openings are used"),
    Standing.LOCKED: gettext_lazy("Locked after five wrong codes"),
    Standing.OPENED: gettext_lazy("Open"),
    Standing.WAITS: gettext_lazy("Not opened yet"),
}


@dataclass(frozen=True)
class ShareLine:
    """One share in a list."""

    id: UUID
    patient: PatientCard | None
    recipient: str
    standing: str
    given_at: datetime
    expires_at: datetime
    picture_count: int
    opened_count: int
    new_answers: int
    is_locked: bool
    is_notice_missing: bool
    waits: bool


def share_lines(items: Iterable[ListedShare]) -> list[ShareLine]:
    """In the order they came; a patient whose key is gone is left unnamed."""
    listed = list(items)
    known = {item.id: patient_card(item) for item in known_patients({i.patient for i in listed})}
    return [
        ShareLine(
            id=item.id,
            patient=known.get(item.patient),
            recipient=item.recipient,
            standing=str(STANDINGS[item.standing]),
            given_at=item.given_at,
            expires_at=item.expires_at,
            picture_count=item.picture_count,
            opened_count=item.opened_count,
            new_answers=item.new_answers,
            is_locked=item.standing is Standing.LOCKED,
            is_notice_missing=item.is_notice_missing,
            waits=item.waits,
        )
        for item in listed
    ]


def link_context(request: HttpRequest, letters: str) -> dict[str, Any]:
    """A link as a page shows it: to copy, and in groups to read out."""
    path = reverse("shared:door", args=[letters])
    return {
        "address": request.build_absolute_uri(path),
        "host": f"{request.get_host()}{path.partition(letters)[0]}",
        "letters": in_groups(letters),
    }


def in_groups(text: str) -> list[str]:
    return [text[at : at + GROUP] for at in range(0, len(text), GROUP)]


def share_context(request: HttpRequest, known: KnownShare) -> dict[str, Any]:
    """One share, as its own page shows it."""
    places = {item.id: number for number, item in enumerate(known.photographs, start=1)}
    opened = [
        {"opening": item, "pictures": [places[each] for each in item.photographs if each in places]}
        for item in known.opened
    ]
    return {
        "share": known,
        "standing": str(STANDINGS[known.standing]),
        "is_locked": known.standing is Standing.LOCKED,
        "is_ended": known.standing is Standing.AGREEMENT_ENDED,
        "is_notice_missing": known.is_open and known.notified_at is None and not known.opened,
        "link": link_context(request, known.letters) if known.is_open else None,
        "opened": opened,
    }
