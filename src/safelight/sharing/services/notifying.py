"""Telling the recipient that something waits. The share is there whether mail arrives or not."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from safelight.consent.errors import NoFormError
from safelight.consent.selectors.forms import current_form
from safelight.engines.policy import AgreementStatus, ReferenceState
from safelight.institution.selectors import current_house, current_zone
from safelight.people.asker import Asker
from safelight.sharing.errors import ShareRefusedError
from safelight.sharing.guests import state_of
from safelight.sharing.models import Share
from safelight.sharing.ports import post
from safelight.sharing.services.standing import lock_share, record_share, require_share
from safelight.sharing.words import address_of
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.events import EventTag, Outcome
from safelight.vocabulary.notices import MailNotSentError, MailRefusedError, Notice, NoticeKind


def notify(
    asker: Asker, share: UUID, path: str, kind: NoticeKind = NoticeKind.PICTURES_SHARED
) -> None:
    """Send the link by mail; `path` is where the recipient comes in.

    Raises MailNotSentError or MailRefusedError, with the event of the failure recorded: the sender
    is told, and sends again or hands over the link. ShareRefusedError when there is nothing to see.
    """
    require_share(asker, share)
    row = Share.objects.select_related("agreement").get(id=share)
    if not _is_open(row, timezone.now()):
        raise ShareRefusedError
    failure: SafelightError | None = None
    try:
        post().send(_notice(row, path, kind))
    except (MailNotSentError, MailRefusedError) as error:
        failure = error
    _note(asker, share, failure)
    if failure is not None:
        raise failure


def _is_open(row: Share, now: datetime) -> bool:
    is_active = row.agreement.status == AgreementStatus.ACTIVE
    return is_active and state_of(row, now) is ReferenceState.IN_FORCE


def _notice(row: Share, path: str, kind: NoticeKind) -> Notice:
    try:
        phone = current_form().form.contact.phone
    except NoFormError:
        phone = ""
    return Notice(
        kind=kind,
        language=row.language,
        recipient=address_of(row),
        institution=current_house().name,
        phone=phone,
        path=path,
        ends_at=row.expires_at.astimezone(current_zone()),
    )


def _note(asker: Asker, share: UUID, failure: SafelightError | None) -> None:
    """When the mail server took it, or did not; no row is held while it makes up its mind."""
    now = timezone.now()
    with transaction.atomic():
        row = lock_share(share)
        if failure is None:
            row.notified_at, row.notice_failed_at = now, None
            record_share(EventTag.SHARING_NOTICE_SENT, row, asker.staff)
        else:
            row.notice_failed_at = now
            details = {"why": failure.code}
            record_share(
                EventTag.SHARING_NOTICE_FAILED,
                row,
                asker.staff,
                outcome=Outcome.FAILED,
                details=details,
            )
        row.save(update_fields=["notified_at", "notice_failed_at"])
