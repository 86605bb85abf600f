"""Reads of the institution's consent form."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from safelight.consent.errors import FormNotFoundError, NoFormError
from safelight.consent.models import FormVersion
from safelight.consent.rules.form import Form, read_form
from safelight.vocabulary.consent_forms import FormState


@dataclass(frozen=True)
class KnownForm:
    """One version with its words."""

    number: int
    state: FormState
    form: Form
    content_sha256: str
    drafted_by: str
    drafted_at: datetime
    approved_by: str
    approved_at: datetime | None


def current_form() -> KnownForm:
    """The version in use; NoFormError before there is one."""
    row = _rows().filter(state=FormState.APPROVED.value).first()
    if row is None:
        raise NoFormError
    return _known(row)


def form_version(number: int) -> KnownForm:
    row = _rows().filter(number=number).first()
    if row is None:
        raise FormNotFoundError
    return _known(row)


def form_versions() -> list[KnownForm]:
    """Every version, newest first."""
    return [_known(row) for row in _rows().order_by("-number")]


def _rows() -> QuerySet[FormVersion]:
    return FormVersion.objects.select_related("drafted_by", "approved_by")


def _known(row: FormVersion) -> KnownForm:
    return KnownForm(
        number=row.number,
        state=FormState(row.state),
        form=read_form(row.content),
        content_sha256=row.content_sha256,
        drafted_by=row.drafted_by.display_name if row.drafted_by else "",
        drafted_at=row.drafted_at,
        approved_by=row.approved_by.display_name if row.approved_by else "",
        approved_at=row.approved_at,
    )
