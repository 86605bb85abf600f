"""What a picture in legal custody was: its labels, readable with the legal key alone."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from safelight.recall.models import LegalCustody
from safelight.vault.fields import legal_fields
from safelight.vocabulary.body_sites import body_site
from safelight.vocabulary.photograph import ImageView, Sensitivity


@dataclass(frozen=True)
class SealedLabel:
    """The labels as they were when it was taken back. PHI: all of them."""

    taken_at: datetime
    body_site: str
    laterality: str
    view: str
    sensitivity: Sensitivity
    media_type: str
    encounter: UUID | None
    description: str

    @property
    def body_site_display(self) -> str:
        return body_site(self.body_site).display if self.body_site else ""

    @property
    def view_display(self) -> str:
        return ImageView(self.view).display if self.view else ""


def label_of(row: LegalCustody) -> SealedLabel:
    """Raises an EnvelopeError for a label of another picture."""
    data = legal_fields(row.owner).unseal_data("custody", row.photograph_id, row.sealed_label)
    return SealedLabel(
        taken_at=datetime.fromisoformat(data["taken_at"]),
        body_site=data["body_site"],
        laterality=data["laterality"],
        view=data["view"],
        sensitivity=Sensitivity(data["sensitivity"]),
        media_type=data["media_type"],
        encounter=UUID(data["encounter"]) if data["encounter"] else None,
        description=data["description"],
    )
