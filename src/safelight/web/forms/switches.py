"""What the institution decided about consent. Shown here, decided on the command line."""

from dataclasses import dataclass
from typing import Final

from safelight.institution.selectors import Policy
from safelight.vocabulary.photograph import ConsentToTake

_COMMAND: Final = "safelight policy"
_LABELS: Final = {
    "consent_to_take": "The least that a picture for treatment needs",
    "majority_age": "Patients sign for themselves from this age on",
    "assent_age": "Children are asked as well from this age on",
    "use_after_authority": "Use goes on after a guardian's or proxy's authority has ended",
    "social_media": "Patients may be asked about social media",
    "portal_link_hours": "Hours that a patient's link stays open",
    "portal_idle_minutes": "Minutes without a touch before a patient's visit ends",
    "ask_again_days": "Days before its end that an agreement is asked for again",
}


@dataclass(frozen=True)
class Switch:
    """One decision: its value in words, and the command that changes it."""

    label: str
    value: str
    command: str


def switches_of(policy: Policy) -> list[Switch]:
    return [_switch(policy, name, label) for name, label in _LABELS.items()]


def _switch(policy: Policy, name: str, label: str) -> Switch:
    value, option = getattr(policy, name), f"--{name.replace('_', '-')}"
    if isinstance(value, str):
        return Switch(label, ConsentToTake(value).display, f"{_COMMAND} {option} CODE")
    if name in {"use_after_authority", "social_media"}:
        return Switch(label, "Yes" if value else "No", f"{_COMMAND} {option} {int(not value)}")
    return Switch(label, str(value), f"{_COMMAND} {option} N")
