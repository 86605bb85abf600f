"""Which pictures are agreed to for some purposes at all, and how patients here decide."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from safelight.consent.models import Agreement, AgreementImage
from safelight.engines.policy import AgreementStatus
from safelight.vocabulary.purposes import Purpose


def photographs_agreed(purposes: Collection[Purpose]) -> list[UUID]:
    """Candidates only: an agreement in force lists each. Whether one may be shown, the policy says."""
    rows = AgreementImage.objects.filter(
        ended_at=None,
        agreement__status=AgreementStatus.ACTIVE.value,
        agreement__purpose__in=[item.value for item in purposes],
    )
    return sorted(set(rows.values_list("photograph", flat=True)))


@dataclass(frozen=True)
class Acceptance:
    """Of so many patients who were asked, so many agreed. Counts of patients, of nobody by name."""

    agreed: int
    asked: int


def acceptance(purposes: Collection[Purpose]) -> dict[Purpose, Acceptance]:
    """How patients here decided about each purpose; of each patient the newest decision counts."""
    rows = (
        Agreement.objects.filter(purpose__in=[item.value for item in purposes])
        .exclude(decided_at=None)
        .exclude(status=AgreementStatus.ENTERED_IN_ERROR.value)
        .order_by("decided_at")
    )
    newest = {
        (purpose, patient): starts_on is not None
        for purpose, patient, starts_on in rows.values_list("purpose", "patient", "starts_on")
    }
    return {item: _counted(item, newest) for item in purposes}


def _counted(purpose: Purpose, newest: dict[tuple[str, UUID], bool]) -> Acceptance:
    answers = [agreed for (code, _patient), agreed in newest.items() if code == purpose.value]
    return Acceptance(sum(answers), len(answers))
