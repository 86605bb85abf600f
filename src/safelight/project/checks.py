"""What must be true before the site serves. Each refusal says what to do about it.

Run by `safelight init` and `safelight serve` before anything is made or listens; ids are listed in
docs/reference/settings.md.
"""

from collections.abc import Sequence
from typing import Any, Final

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError

from safelight.project.configuration import Configuration

MIN_SECRET_LENGTH: Final = 50
MIN_PASSPHRASE_LENGTH: Final = 20
# What examples, generators and the demo put in the place of a secret.
DEFAULTS: Final = ("demo-", "django-insecure-", "changeme", "change-me", "secret", "password")


def register_all() -> None:
    register(check_production, Tags.security, deploy=True)
    register(check_whose_data, Tags.database, deploy=True)


def check_production(
    app_configs: Sequence[AppConfig] | None,
    **_kwargs: Any,  # noqa: ANN401 - Django's signature
) -> list[CheckMessage]:
    """No error in demo mode: what the demo may not have is refused with the data it is shown."""
    if settings.SAFELIGHT_DEMO:
        return []
    configuration: Configuration = settings.CONFIGURATION
    return [*_insecure_secrets(configuration), *_open_doors(configuration)]


def _insecure_secrets(configuration: Configuration) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if is_weak(configuration.secret_key, MIN_SECRET_LENGTH):
        found.append(
            Error(
                "SAFELIGHT_SECRET_KEY is missing, short or a default",
                hint="Set SAFELIGHT_SECRET_KEY_FILE to a file with at least 50 random characters, "
                "such as `safelight new-secret` prints.",
                id="safelight.E002",
            )
        )
    if is_weak(configuration.root_passphrase, MIN_PASSPHRASE_LENGTH):
        found.append(
            Error(
                "SAFELIGHT_ROOT_PASSPHRASE is missing, short or a default",
                hint="Set SAFELIGHT_ROOT_PASSPHRASE_FILE to a file with at least 20 characters.",
                id="safelight.E003",
            )
        )
    if configuration.secret_key and configuration.secret_key == configuration.root_passphrase:
        found.append(
            Error(
                "SAFELIGHT_SECRET_KEY and SAFELIGHT_ROOT_PASSPHRASE are the same",
                hint="Give each a secret of its own: every web process knows the first.",
                id="safelight.E009",
            )
        )
    return found


def _open_doors(configuration: Configuration) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if configuration.debug:
        found.append(
            Error(
                "SAFELIGHT_DEBUG is on in production",
                hint="Unset SAFELIGHT_DEBUG: its error pages show what they should not.",
                id="safelight.E001",
            )
        )
    if not configuration.allowed_hosts or "*" in configuration.allowed_hosts:
        found.append(
            Error(
                "SAFELIGHT_ALLOWED_HOSTS does not name this site",
                hint="Set SAFELIGHT_ALLOWED_HOSTS to the site's host name.",
                id="safelight.E004",
            )
        )
    if configuration.mail_server and not configuration.site_url:
        found.append(
            Error(
                "Mail could not say where this site is",
                hint="Set SAFELIGHT_SITE_URL to its address, such as https://pictures.example.org.",
                id="safelight.E010",
            )
        )
    if configuration.trusted_proxies == 0:
        found.append(
            Error(
                "No proxy ends TLS in front of this server",
                hint="Put one there that sets X-Forwarded-Proto and X-Forwarded-For, and leave "
                "SAFELIGHT_TRUSTED_PROXIES at 1.",
                id="safelight.E007",
            )
        )
    return found


def is_weak(secret: str, length: int) -> bool:
    """Whether a secret is missing, short, one that everybody knows, or hardly varied."""
    is_default = secret.lower().startswith(DEFAULTS)
    return len(secret) < length or is_default or len(set(secret)) < length // 4


def check_whose_data(
    app_configs: Sequence[AppConfig] | None,
    **_kwargs: Any,  # noqa: ANN401 - Django's signature
) -> list[CheckMessage]:
    """The demo's one-click doors and real records never meet, whichever came first."""
    try:
        return _real_hospital() if settings.SAFELIGHT_DEMO else _demo_data()
    except DatabaseError:
        return [
            Error(
                "The database cannot be read",
                hint="Run `safelight init` once before the first start.",
                id="safelight.E006",
            )
        ]


def _demo_data() -> list[CheckMessage]:
    from safelight.institution.models import Institution  # noqa: PLC0415 - apps load first
    from safelight.patients.models import Patient  # noqa: PLC0415
    from safelight.people.models import StaffMember  # noqa: PLC0415

    is_demo = (
        Institution.objects.filter(is_test_data=True).exists()
        or Patient.objects.filter(is_test_data=True).exists()
        or StaffMember.objects.filter(is_test_data=True).exists()
    )
    if not is_demo:
        return []
    return [
        Error(
            "This database holds the demo hospital",
            hint="Set SAFELIGHT_HOME to a new directory, or SAFELIGHT_MODE=demo to see the demo.",
            id="safelight.E005",
        )
    ]


def _real_hospital() -> list[CheckMessage]:
    from safelight.institution.models import Institution  # noqa: PLC0415 - apps load first

    if not Institution.objects.filter(is_test_data=False).exists():
        return []
    return [
        Error(
            "This database holds a real hospital, whose doors the demo would open",
            hint="Unset SAFELIGHT_MODE, or set SAFELIGHT_HOME to another directory for the demo.",
            id="safelight.E008",
        )
    ]
