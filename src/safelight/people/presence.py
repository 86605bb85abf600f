"""Whether a session may be used now. One rule, for pages and for the gate."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.crypto import constant_time_compare, salted_hmac

from safelight.engines.policy import SessionState
from safelight.institution.selectors import Policy

# Two machines' clocks may differ by this much; more means that the clock was set back.
CLOCK_SLACK: Final = timedelta(seconds=30)
# What Django's AbstractBaseUser.get_session_auth_hash salts with.
_AUTH_SALT: Final = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """A presence row joined with its member of staff."""

    is_active: bool
    password: str
    auth_hash: str
    locked_at: datetime | None
    last_active_at: datetime | None
    has_second_factor: bool


def session_state(facts: SessionFacts, policy: Policy, now: datetime) -> SessionState:
    """ABSENT for an account that may not be used, LOCKED when idle or when the clock went back."""
    if not (facts.is_active and facts.has_second_factor and _password_is_unchanged(facts)):
        return SessionState.ABSENT
    if facts.locked_at is not None or facts.last_active_at is None:
        return SessionState.LOCKED
    idle = now - facts.last_active_at
    if -CLOCK_SLACK <= idle < timedelta(minutes=policy.idle_minutes):
        return SessionState.USABLE
    return SessionState.LOCKED


def _password_is_unchanged(facts: SessionFacts) -> bool:
    expected = salted_hmac(_AUTH_SALT, facts.password, algorithm="sha256").hexdigest()
    return constant_time_compare(expected, facts.auth_hash)
