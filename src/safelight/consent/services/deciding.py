"""The signer looks, answers, may stop and come back. Nothing here decides anything yet."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from safelight.audit.services import Entry, record_durably
from safelight.consent.errors import (
    AlreadySignedError,
    FormSupersededError,
    MalformedFormError,
    PictureGoneError,
    ProposalRefusedError,
    WishOpenError,
)
from safelight.consent.models import Agreement, Proposal, ProposalState, ProposedPicture
from safelight.consent.records import asked_agreements
from safelight.consent.rules.answers import Answers
from safelight.consent.rules.form import Form
from safelight.consent.selectors.forms import current_form
from safelight.consent.services.standing import lock_proposal
from safelight.consent.visits import Visit
from safelight.engines.policy import AgreementStatus
from safelight.vault.fields import patient_fields
from safelight.vocabulary.agreements import Answer, Assent
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.consent_forms import TextStyle
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.purposes import Purpose


def answer_use(visit: Visit, agreement: UUID, answer: Answer) -> None:
    """Yes or no to one use; may be changed until it is signed."""
    if not Agreement.objects.filter(
        id=agreement, proposal=visit.proposal, status=AgreementStatus.PROPOSED.value
    ).exists():
        raise AlreadySignedError
    _change(visit, lambda answers: answers.with_use(agreement, answer))


def answer_picture(visit: Visit, photograph: UUID, answer: Answer) -> None:
    """Use this picture, or leave it out.

    One of which more is to be covered can be left out, and used once they have seen it covered.
    """
    listed = ProposedPicture.objects.filter(
        proposal=visit.proposal, photograph=photograph, removed_at=None
    )
    if not listed.exists():
        raise PictureGoneError
    if answer is Answer.YES and listed.filter(wished_at__isnull=False, wish_met_at=None).exists():
        raise WishOpenError
    _change(visit, lambda answers: answers.with_picture(photograph, answer))


def note_assent(visit: Visit, assent: Assent) -> None:
    """What the child said."""
    _change(visit, lambda answers: replace(answers, assent=assent))


def choose_thumbnails(visit: Visit, *, wanted: bool) -> None:
    """Whether the copy shows small pictures. May be changed after signing: it decides nothing."""
    with transaction.atomic():
        row = lock_proposal(visit.proposal)
        save_answers(row, replace(read_answers(row), wants_thumbnails=wanted), bump=False)


def choose_words(visit: Visit, language: str, style: TextStyle) -> None:
    """Read it in another language or style. What was answered to other words is asked again."""
    with transaction.atomic():
        row = open_proposal_row(visit)
        known = current_form()
        known.form.text(language, style)
        if (row.language, row.style) == (language, style.value):
            return
        row.language, row.style = language, style.value
        row.save(update_fields=["language", "style"])
        save_answers(row, read_answers(row).without_choices())


def take_newer_text(visit: Visit) -> bool:
    """Ask in the words that are in use now, if they were replaced; whether they were.

    A use or a language that the newer form does not know cannot be asked: FormSupersededError, and
    the staff have to ask anew.
    """
    with transaction.atomic():
        row = open_proposal_row(visit)
        known = current_form()
        if row.form_id == known.number:
            return False
        _require_text(known.form, row)
        for agreement in asked_agreements(row):
            use = known.form.use(Purpose(agreement.purpose), Audience(agreement.audience))
            if use is None:
                raise FormSupersededError
            agreement.people, agreement.months = use.people, use.months
            agreement.save(update_fields=["people", "months"])
        row.form_id = known.number
        row.save(update_fields=["form"])
        save_answers(row, read_answers(row).without_choices())
    return True


def _require_text(form: Form, row: Proposal) -> None:
    try:
        form.text(row.language, TextStyle(row.style))
    except MalformedFormError as error:
        raise FormSupersededError from error


def note_read(visit: Visit) -> None:
    """The whole text, as it is asked in now, is on the signer's screen."""
    with transaction.atomic():
        row = open_proposal_row(visit)
        answers = read_answers(row)
        if answers.read != words_of(row):
            read = replace(answers, read=words_of(row), read_at=timezone.now().isoformat())
            save_answers(row, read, bump=False)


def words_of(row: Proposal) -> str:
    """Names the words that a request is made in: the form's version, language and style."""
    return f"{row.form_id}/{row.language}/{row.style}"


def has_read(row: Proposal) -> bool:
    """Whether those very words were on the signer's screen."""
    return read_answers(row).read == words_of(row)


def forget_removed_pictures(visit: Visit) -> None:
    """Drop what was said about pictures that staff took out meanwhile, once the signer knows."""
    with transaction.atomic():
        row = open_proposal_row(visit)
        listed = set(row.pictures.filter(removed_at=None).values_list("photograph", flat=True))
        answers = read_answers(row)
        kept = {key: item for key, item in answers.pictures.items() if key in listed}
        if kept != answers.pictures:
            save_answers(row, replace(answers, pictures=kept))


def note_shown(
    visit: Visit, photograph: UUID, object_id: UUID, rendition: Rendition, sha256: str
) -> None:
    """These bytes went to the signer's screen. Called by `release` with what it sent."""
    now: datetime = timezone.now()
    with transaction.atomic():
        row = (
            ProposedPicture.objects.select_for_update(of=("self",))
            .select_related("proposal")
            .filter(proposal=visit.proposal, photograph=photograph, removed_at=None)
            .first()
        )
        if row is None or row.proposal.state != ProposalState.PROPOSED:
            return
        shown = {
            "sha256": sha256,
            "object_id": str(object_id),
            "rendition": rendition.value,
            "shown_at": now.isoformat(),
            "access": str(visit.access),
        }
        row.shown_at = now
        row.sealed_shown = patient_fields(row.proposal.patient_id).seal_data(
            "shown", row.proposal_id, {**shown, "photograph": str(photograph)}
        )
        row.save(update_fields=["shown_at", "sealed_shown"])


def read_answers(row: Proposal) -> Answers:
    sealed = bytes(row.sealed_draft)
    if not sealed:
        return Answers()
    return Answers.from_data(patient_fields(row.patient_id).unseal_data("draft", row.id, sealed))


def record_refused_signing(visit: Visit, code: str) -> None:
    """Nothing was signed, and why."""
    record_durably(
        Entry(
            tag=EventTag.CONSENT_SIGNING_REFUSED,
            actor=visit.access,
            subject=visit.patient,
            objects=(visit.proposal,),
            details={"code": code},
        )
    )


def _change(visit: Visit, change: Callable[[Answers], Answers]) -> None:
    with transaction.atomic():
        row = open_proposal_row(visit)
        before = read_answers(row)
        after = change(before)
        if after != before:
            save_answers(row, after)


def open_proposal_row(visit: Visit) -> Proposal:
    """The request, locked, while it can be answered; AlreadySignedError, ProposalRefusedError."""
    row = lock_proposal(visit.proposal)
    if row.state == ProposalState.SIGNED:
        raise AlreadySignedError
    if row.state != ProposalState.PROPOSED:
        raise ProposalRefusedError
    return row


def save_answers(row: Proposal, answers: Answers, *, bump: bool = True) -> None:
    """Keep the answers so far, sealed; a screen that shows older ones can no longer be signed."""
    fields = patient_fields(row.patient_id)
    row.sealed_draft = fields.seal_data("draft", row.id, answers.to_data())
    row.draft_version += bump
    row.save(update_fields=["sealed_draft", "draft_version"])
