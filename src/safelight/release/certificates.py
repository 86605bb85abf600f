"""Certificates of what was taken back: what a room that makes them tells of each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from safelight.release.opened import Opened


@dataclass(frozen=True)
class Certificate:
    """One certificate, and how its document is opened. `open` may raise a SafelightError."""

    id: UUID
    made_at: datetime
    open: Callable[[], Opened]
