"""What the demo's pages need from outside: the mail that nobody sent."""

from dataclasses import dataclass

from safelight.vocabulary.notices import Mailbox


@dataclass
class Wiring:
    """Filled by `project` in demo mode, and empty otherwise."""

    mailbox: Mailbox | None = None


wiring = Wiring()
