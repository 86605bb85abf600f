"""What must be true before the site serves. Each refusal says what to do about it.

Run by `safelight serve` before anything listens; ids are listed in docs/reference/settings.md.
"""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError

MIN_SECRET_LENGTH = 50
MIN_PASSPHRASE_LENGTH = 20


def register_all() -> None:
    register(check_production, Tags.security, deploy=True)
    register(check_no_demo_data, Tags.database, deploy=True)


def check_production(
    app_configs: Sequence[AppConfig] | None,
    **_kwargs: Any,  # noqa: ANN401 - Django's signature
) -> list[CheckMessage]:
    if settings.SAFELIGHT_DEMO:
        return []
    configuration = settings.CONFIGURATION
    found = [
        (
            configuration.debug,
            "SAFELIGHT_DEBUG is on in production",
            "Unset SAFELIGHT_DEBUG.",
            "safelight.E001",
        ),
        (
            _is_weak(configuration.secret_key, MIN_SECRET_LENGTH),
            "SAFELIGHT_SECRET_KEY is missing, short or a default",
            "Set SAFELIGHT_SECRET_KEY or SAFELIGHT_SECRET_KEY_FILE to at least 50 random "
            "characters, for example the output of `safelight new-secret`.",
            "safelight.E002",
        ),
        (
            _is_weak(configuration.root_passphrase, MIN_PASSPHRASE_LENGTH),
            "SAFELIGHT_ROOT_PASSPHRASE is missing, short or a default",
            "Set SAFELIGHT_ROOT_PASSPHRASE_FILE to a file with at least 20 characters.",
            "safelight.E003",
        ),
        (
            not configuration.allowed_hosts or "*" in configuration.allowed_hosts,
            "SAFELIGHT_ALLOWED_HOSTS does not name this site",
            "Set SAFELIGHT_ALLOWED_HOSTS to the site's host name.",
            "safelight.E004",
        ),
    ]
    return [Error(text, hint=hint, id=code) for wrong, text, hint, code in found if wrong]


def _is_weak(secret: str, length: int) -> bool:
    return len(secret) < length or secret.startswith("demo-") or len(set(secret)) < length // 4


def check_no_demo_data(
    app_configs: Sequence[AppConfig] | None,
    **_kwargs: Any,  # noqa: ANN401 - Django's signature
) -> list[CheckMessage]:
    if settings.SAFELIGHT_DEMO:
        return []
    from safelight.institution.models import Institution  # noqa: PLC0415 - apps load first
    from safelight.patients.models import Patient  # noqa: PLC0415
    from safelight.people.models import StaffMember  # noqa: PLC0415

    try:
        has_demo_data = any(
            model.objects.filter(is_test_data=True).exists()  # type: ignore[attr-defined] # each has it
            for model in (Institution, Patient, StaffMember)
        )
    except DatabaseError:
        return [
            Error(
                "The database cannot be read",
                hint="Run `safelight init` once before the first start.",
                id="safelight.E006",
            )
        ]
    if not has_demo_data:
        return []
    return [
        Error(
            "This database holds the demo hospital",
            hint="Set SAFELIGHT_HOME to a new directory, or SAFELIGHT_MODE=demo to see the demo.",
            id="safelight.E005",
        )
    ]
