"""Telling a colleague by mail that something waits, where there is mail and an address.

The question is there whether mail arrives or not, and so is the badge in the navigation; so
nothing here is an error to whoever asked or answered.
"""

from uuid import UUID

from safelight.audit.services import Entry, record_durably
from safelight.consent.errors import NoFormError
from safelight.consent.selectors.forms import current_form
from safelight.consulting.models import ColleagueQuestion
from safelight.consulting.ports import wiring
from safelight.institution.selectors import current_house, current_zone
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.events import EventTag, Outcome
from safelight.vocabulary.notices import MailNotSentError, MailRefusedError, Notice, NoticeKind

STAFF_LANGUAGE = "en"


def notify(question: UUID, path: str, kind: NoticeKind) -> bool:
    """Whether the colleague who was asked, or whoever asked, was written to.

    `path` is the list of what waits; it is the same for everybody. A department is not written to.
    """
    rows = ColleagueQuestion.objects.select_related("asked_by", "colleague")
    row = rows.get(id=question)
    reader = row.colleague if kind is NoticeKind.COLLEAGUE_ASKED else row.asked_by
    if wiring.post is None or reader is None or not (reader.email and reader.is_active):
        return False
    failure: SafelightError | None = None
    try:
        wiring.post.send(_notice(row, reader.email, path, kind))
    except (MailNotSentError, MailRefusedError) as error:
        failure = error
    _note(row, reader.id, failure)
    return failure is None


def _notice(row: ColleagueQuestion, address: str, path: str, kind: NoticeKind) -> Notice:
    """INVARIANT: fixed words and the way to the list; nothing of the question, not even its id."""
    try:
        phone = current_form().form.contact.phone
    except NoFormError:
        phone = ""
    return Notice(
        kind=kind,
        language=STAFF_LANGUAGE,
        recipient=address,
        institution=current_house().name,
        phone=phone,
        path=path,
        ends_at=row.ends_at.astimezone(current_zone()),
    )


def _note(row: ColleagueQuestion, reader: UUID, failure: SafelightError | None) -> None:
    failed = failure is not None
    record_durably(
        Entry(
            tag=EventTag.CONSULTING_NOTICE_FAILED if failed else EventTag.CONSULTING_NOTICE_SENT,
            actor=None,
            subject=row.patient_id,
            outcome=Outcome.FAILED if failed else Outcome.SUCCESS,
            objects=(row.id, reader),
            details={"why": failure.code} if failure else {},
        )
    )
