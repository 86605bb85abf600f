"""Where somebody lands after the door."""

from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from safelight.vocabulary.roles import CLINICAL_ROLES, Role


def home_of(role: Role) -> str:
    if role in CLINICAL_ROLES:
        return reverse("clinic:today")
    if role is Role.PRIVACY_OFFICER:
        return reverse("privacy:break_glass")
    return reverse("account")


def is_local(url: str | None) -> bool:
    """Whether `url` is a path of this very site, and nothing that leads elsewhere."""
    is_path = bool(url) and str(url).startswith("/") and not str(url).startswith("//")
    return is_path and url_has_allowed_host_and_scheme(url, allowed_hosts=None)


def local_or_none(url: str | None) -> str | None:
    return url if is_local(url) else None
