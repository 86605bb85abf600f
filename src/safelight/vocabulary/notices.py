"""What may be said by mail: that something waits behind a link, and nothing of what it is.

INVARIANT: a notice has no place for health information. Its words are fixed for each kind; it
carries an address, a path of this site, the institution's own name and number, and a time.
There is no subject, no text and no attachment to be given, and a one-time code is no kind of it.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final, Protocol

from safelight.vocabulary.coded import Coded
from safelight.vocabulary.consent_forms import LANGUAGES
from safelight.vocabulary.errors import SafelightError


class MailRefusedError(SafelightError):
    """What was to be sent is no notice: an address that is none, a link elsewhere, two lines."""

    code: ClassVar[str] = "mail.refused"
    message: ClassVar[str] = (
        "This cannot be sent by mail. Check the address, or hand over the link."
    )


class MailNotSentError(SafelightError):
    """The mail server is down, slow, or does not take it; nothing is tried again by itself."""

    code: ClassVar[str] = "mail.not-sent"
    message: ClassVar[str] = (
        "The message could not be sent just now. Hand over the link in another way, or try again."
    )


class NoticeKind(Coded):
    """Why somebody is written to."""

    COLLEAGUE_ASKED = "colleague-asked", "A colleague asks for an opinion"
    COLLEAGUE_ANSWERED = "colleague-answered", "A colleague has answered"
    PICTURES_SHARED = "pictures-shared", "Pictures were shared with somebody outside"
    SHARE_EXTENDED = "share-extended", "A share lasts longer"
    SHARE_ENDED = "share-ended", "A share has ended"
    TRIAL = "trial", "A trial, to see that mail arrives"


WITHOUT_LINK: Final = frozenset({NoticeKind.SHARE_ENDED, NoticeKind.TRIAL})
"""There is nothing left, or nothing yet, to lead to."""

LONGEST_ADDRESS: Final = 254
LONGEST_LOCAL_PART: Final = 64
LONGEST_PATH: Final = 200
LONGEST_NAME: Final = 200

# What RFC 5321 calls a dot-string, in ASCII: no quotes, no comments, no display name.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(
    r"([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)
_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)*/?")
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{1,28}[0-9]")

# Mail to these becomes a text message, which anybody beside the telephone reads.
_TEXT_MESSAGE_HOSTS: Final = frozenset(
    {
        "email.uscc.net", "fido.ca", "msg.fi.google.com", "msg.telus.com", "mymetropcs.com",
        "myboostmobile.com", "page.att.net", "pcs.rogers.com", "pm.sprint.com",
        "messaging.sprintpcs.com", "tmomail.net", "txt.att.net", "vmobl.com", "vtext.com",
        "vzwpix.com",
    }
)  # fmt: skip
_TEXT_MESSAGE_LABELS: Final = frozenset({"mms", "pager", "sms", "text", "txt"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One message to one person. MailRefusedError for anything that is not exactly that.

    `recipient` is a bare address. `path` leads to a page of this site, without a query; whoever
    sends puts the site's own origin before it. `ends_at` is when the link stops opening, in the
    institution's time zone. `institution` and `phone` tell who writes and whom to call.
    """

    kind: NoticeKind
    language: str
    recipient: str
    institution: str
    phone: str
    path: str = ""
    ends_at: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse what is no notice."""
        kind: object = self.kind
        if not isinstance(kind, NoticeKind) or self.language not in LANGUAGES:
            raise MailRefusedError
        check_recipient(self.recipient)
        if not self.institution.strip() or not _is_one_line(self.institution):
            raise MailRefusedError("The institution's name is missing or has more than one line.")
        if not _PHONE.fullmatch(self.phone):
            raise MailRefusedError("The institution's number to call is missing or is none.")
        self._check_link()

    def _check_link(self) -> None:
        is_linked = self.kind not in WITHOUT_LINK
        if is_linked != bool(self.path) or is_linked != bool(self.ends_at):
            raise MailRefusedError("A message with a link says until when it opens.")
        if self.path and not _is_path(self.path):
            raise MailRefusedError("A message links to a page of this site and nowhere else.")
        if self.ends_at and self.ends_at.utcoffset() is None:
            raise MailRefusedError("A time without its time zone is not a time.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A notice in words, as it is sent: plain text, one link or none."""

    recipient: str
    language: str
    subject: str
    body: str
    link: str


class Mailbox(Protocol):
    """What the demo would have sent, for the page that shows it."""

    def letters(self, origin: str) -> list[Letter]:
        """The newest first, with links to `origin`, such as ``http://localhost:8000``."""


def check_recipient(address: str) -> None:
    """MailRefusedError unless `address` is the bare address of a mailbox that is no telephone."""
    local, at, domain = address.rpartition("@")
    is_address = (
        bool(at)
        and len(address) <= LONGEST_ADDRESS
        and len(local) <= LONGEST_LOCAL_PART
        and _LOCAL.fullmatch(local)
        and _DOMAIN.fullmatch(domain)
    )
    if not is_address:
        raise MailRefusedError("This is not an e-mail address such as name@hospital.example.")
    host = domain.lower()
    if host in _TEXT_MESSAGE_HOSTS or host.split(".")[0] in _TEXT_MESSAGE_LABELS:
        raise MailRefusedError("This address leads to text messages, which are never sent.")


def _is_one_line(text: str) -> bool:
    return text.isprintable() and len(text) <= LONGEST_NAME


def _is_path(text: str) -> bool:
    """A path of this site: never ``//host``, never up, without query, fragment or escapes."""
    parts = text.split("/")
    return (
        len(text) <= LONGEST_PATH and bool(_PATH.fullmatch(text)) and not {".", ".."} & set(parts)
    )
