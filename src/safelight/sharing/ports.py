"""What this room needs from outside: somebody who takes a notice to the recipient.

A notice has no place for health information: its words are fixed, and it carries a link.
"""

from dataclasses import dataclass
from typing import Protocol

from safelight.vocabulary.notices import MailNotSentError, Notice


class Post(Protocol):
    """Takes one notice to one address."""

    def send(self, notice: Notice) -> None:
        """Hand it over, once, within seconds. Raises MailNotSentError."""


@dataclass
class Wiring:
    """Filled by `project`; without a post nothing is sent, and the sender is told so."""

    post: Post | None = None


wiring = Wiring()


def post() -> Post:
    if wiring.post is None:
        raise MailNotSentError
    return wiring.post
