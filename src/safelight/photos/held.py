"""A photograph with all its forms by one query, written by hand: screens ask every second."""

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db import connection

from safelight.people.relationships import as_id, as_uuid
from safelight.photos.selectors import HeldPhotograph
from safelight.vocabulary.photograph import (
    AS_TAKEN,
    COVERED,
    FormForUse,
    PhotographState,
    Rendition,
    Sensitivity,
)

_SQL: Final = """
SELECT ph.patient_id, ph.state, ph.sensitivity, r.rendition, r.id, r.media_type, r.reviewers
FROM photos_photograph ph LEFT JOIN photos_renditionrow r ON r.photograph_id = ph.id
WHERE ph.id = %s
"""


@dataclass(frozen=True, slots=True)
class HeldForm:
    """One rendition: its sealed object, and how many people approved it."""

    object_id: UUID
    media_type: str
    reviewers: int


@dataclass(frozen=True, slots=True)
class HeldForms:
    """What a decision and a look need of one photograph; nothing of it is sealed."""

    photograph: HeldPhotograph | None = None
    forms: dict[str, HeldForm] = field(default_factory=dict)

    @property
    def for_use(self) -> FormForUse:
        """As `forms.form_for_use`: once a covered form was approved, it is the only one."""
        return COVERED if COVERED.large.value in self.forms else AS_TAKEN

    def form(self, rendition: Rendition) -> HeldForm | None:
        return self.forms.get(rendition.value)


def held_forms(photograph: UUID) -> HeldForms:
    """Empty for a photograph that never was."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [as_id(photograph)])
        rows = cursor.fetchall()
    if not rows:
        return HeldForms()
    patient, state, sensitivity = rows[0][:3]
    forms = {row[3]: HeldForm(as_uuid(row[4]), row[5], row[6]) for row in rows if row[3]}
    held = HeldPhotograph(as_uuid(patient), PhotographState(state), Sensitivity(sensitivity))
    return HeldForms(held, forms)
