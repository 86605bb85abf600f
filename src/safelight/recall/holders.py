"""Holders that need no other system: somebody whom a person asks, and the receiver of a SMART Health Link."""

from uuid import UUID

from safelight.exporting.services.recalling import deletion_was_asked, take_back_link
from safelight.recall.ports import Answer, Asking, CopyLine


class AskedByPeople:
    """A publisher, or anybody else who has no machine that listens."""

    def ask(self, line: CopyLine) -> Asking:  # noqa: ARG002 - the shape of the port
        return Asking(was_sent=False)

    def was_asked(self, line: CopyLine, actor: UUID) -> None:
        """Nothing besides the note."""

    def answer(self, line: CopyLine) -> Answer | None:  # noqa: ARG002 - the shape of the port
        """It comes by letter or telephone, and a person writes it down."""
        return None


class HealthLinkReceiver(AskedByPeople):
    """Who fetched a copy by a link. SMART Health Links have no word for *delete it*: people say it."""

    def ask(self, line: CopyLine) -> Asking:
        """Shut first: whatever comes of the asking, nothing is fetched by this link any more."""
        take_back_link(line.target)
        return Asking(was_sent=False)

    def was_asked(self, line: CopyLine, actor: UUID) -> None:
        deletion_was_asked(line.target, actor)
