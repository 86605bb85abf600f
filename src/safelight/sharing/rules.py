"""How often a share may be tried."""

from typing import Final

MOST_ATTEMPTS: Final = 5
"""Wrong codes after which a share is locked, until its sender makes a new code."""
