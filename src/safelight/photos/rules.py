"""What makes a label a label."""

from dataclasses import dataclass
from uuid import UUID

from safelight.photos.errors import LabelRefusedError
from safelight.vocabulary.body_sites import UnknownBodySiteError, body_site
from safelight.vocabulary.laterality import Laterality
from safelight.vocabulary.photograph import ImageView, Sensitivity

MAX_DESCRIPTION = 2_000


@dataclass(frozen=True)
class Label:
    """What a picture shows. `description` is free text and PHI."""

    body_site: str
    laterality: Laterality
    view: ImageView
    sensitivity: Sensitivity
    description: str = ""
    encounter: UUID | None = None

    def __post_init__(self) -> None:
        """Refuse a site that is not in the table and a side that the site does not have."""
        try:
            site = body_site(self.body_site)
        except UnknownBodySiteError as error:
            raise LabelRefusedError(error.sentence) from error
        if self.laterality not in site.lateralities:
            raise LabelRefusedError(
                f"Say which side of the body: {site.display} has a left and a right."
            )
        if len(self.description) > MAX_DESCRIPTION:
            raise LabelRefusedError(
                f"The description may have at most {MAX_DESCRIPTION} characters."
            )
