"""What this room needs from outside: somebody who takes a notice to a colleague."""

from dataclasses import dataclass
from typing import Protocol

from safelight.vocabulary.notices import Notice


class Post(Protocol):
    """Takes one notice to one address."""

    def send(self, notice: Notice) -> None:
        """Hand it over, once, within seconds. Raises MailNotSentError."""


@dataclass
class Wiring:
    """Filled by `project`; without a post nothing is sent, and the badge tells of questions."""

    post: Post | None = None


wiring = Wiring()
