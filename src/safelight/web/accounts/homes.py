"""Where somebody lands after the door."""

from typing import Final

from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from safelight.vocabulary.roles import Role

_HOMES: Final = {
    Role.CLINICIAN: "clinic:today",
    Role.TEACHER: "teaching:home",
    Role.PRIVACY_OFFICER: "privacy:break_glass",
    Role.ADMINISTRATOR: "forms:list",
}


def home_of(role: Role) -> str:
    return reverse(_HOMES[role])


def is_local(url: str | None) -> bool:
    """Whether `url` is a path of this very site, and nothing that leads elsewhere."""
    is_path = bool(url) and str(url).startswith("/") and not str(url).startswith("//")
    return is_path and url_has_allowed_host_and_scheme(url, allowed_hosts=None)


def local_or_none(url: str | None) -> str | None:
    return url if is_local(url) else None
