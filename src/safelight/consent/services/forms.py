"""Writing the institution's consent form: drafted by one, approved by another, never changed after."""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from safelight.audit.services import Entry, record
from safelight.consent.defaults import default_form
from safelight.consent.errors import FormNotFoundError, FormRefusedError, NoFormError
from safelight.consent.models import FormVersion
from safelight.consent.rules.form import Contact, Form, form_sha256, read_form, write_form
from safelight.consent.rules.form_check import check_form
from safelight.consent.selectors.forms import current_form
from safelight.people.asker import Asker
from safelight.vocabulary.consent_forms import LANGUAGES, FormState
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.roles import Role


def draft_form(form: Form, *, drafted_by: UUID | None) -> int:
    """A new version that nobody is asked with yet; its number."""
    content = write_form(form)
    with transaction.atomic():
        row = FormVersion.objects.create(
            content=content,
            content_sha256=form_sha256(content),
            drafted_by_id=drafted_by,
            drafted_at=timezone.now(),
        )
        _record(EventTag.CONSENT_FORM_DRAFTED, row, drafted_by)
    return row.number


def new_draft(asker: Asker) -> int:
    """A draft to work on: what the version in use says, or the shipped default before there is one."""
    _require(asker, Role.ADMINISTRATOR)
    try:
        form = current_form().form
    except NoFormError:
        form = default_form(Contact())
    return draft_form(form, drafted_by=asker.staff)


def import_form(asker: Asker, content: str) -> int:
    """A draft out of a form that was exported, here or elsewhere; MalformedFormError if it is none."""
    _require(asker, Role.ADMINISTRATOR)
    form = read_form(content)
    if unknown := sorted(set(form.texts) - set(LANGUAGES)):
        raise FormRefusedError(f"Safelight has no pages in the language {unknown[0]!r}.")
    return draft_form(form, drafted_by=asker.staff)


def revise_draft(asker: Asker, number: int, revise: Callable[[Form], Form]) -> None:
    """Change a part of what a draft says; whoever changed it last has drafted it.

    `revise` gets the form as it stands under the lock, so that two who change two parts at once
    both keep what they wrote.
    """
    _require(asker, Role.ADMINISTRATOR)
    with transaction.atomic():
        row = _locked_draft(number)
        row.content = write_form(revise(read_form(row.content)))
        row.content_sha256 = form_sha256(row.content)
        row.drafted_by_id, row.drafted_at = asker.staff, timezone.now()
        row.save()
        _record(EventTag.CONSENT_FORM_DRAFTED, row, asker.staff)


def change_draft(asker: Asker, number: int, form: Form) -> None:
    """Replace all that a draft says."""
    revise_draft(asker, number, lambda _form: form)


def discard_draft(asker: Asker, number: int) -> None:
    _require(asker, Role.ADMINISTRATOR)
    with transaction.atomic():
        row = _locked_draft(number)
        row.state = FormState.DISCARDED.value
        row.save(update_fields=["state"])
        _record(EventTag.CONSENT_FORM_DISCARDED, row, asker.staff)


def approve_form(asker: Asker, number: int, content_sha256: str) -> None:
    """Put a draft into use in the place of the version before.

    `content_sha256` is of what the approver has read: a draft that was changed since is refused, as
    is one with findings and one that the approver drafted.
    """
    _require(asker, Role.PRIVACY_OFFICER)
    with transaction.atomic():
        row = _locked_draft(number)
        if row.content_sha256 != content_sha256:
            raise FormRefusedError("The draft was changed meanwhile. Please read it again.")
        if row.drafted_by_id == asker.staff:
            raise FormRefusedError("Whoever drafted a form cannot approve it.")
        if findings := check_form(read_form(row.content)):
            raise FormRefusedError(findings[0].sentence)
        put_in_use(row, asker.staff)


def put_in_use(row: FormVersion, approved_by: UUID | None) -> None:
    """INVARIANT: at most one version is in use; a constraint of the table says so too."""
    FormVersion.objects.filter(state=FormState.APPROVED.value).update(
        state=FormState.SUPERSEDED.value
    )
    row.state = FormState.APPROVED.value
    row.approved_by_id, row.approved_at = approved_by, timezone.now()
    row.save()
    _record(EventTag.CONSENT_FORM_APPROVED, row, approved_by)


def _locked_draft(number: int) -> FormVersion:
    row = FormVersion.objects.select_for_update().filter(number=number).first()
    if row is None:
        raise FormNotFoundError
    if row.state != FormState.DRAFT:
        raise FormRefusedError("This version is in use or was used, and is never changed.")
    return row


def _require(asker: Asker, role: Role) -> None:
    if asker.role is not role or not asker.is_usable:
        raise FormNotFoundError


def _record(tag: EventTag, row: FormVersion, actor: UUID | None) -> None:
    record(
        Entry(tag=tag, actor=actor, details={"number": row.number, "sha256": row.content_sha256})
    )
