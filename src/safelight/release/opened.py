"""What the gates hand out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Opened:
    """A picture's bytes on their way out, never to be stored by whoever gets them. PHI."""

    content: bytes
    media_type: str
