"""Production does not start with anything that would leave a door open; each refusal says why."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.checks import CheckMessage, run_checks
from pytest_django import Settings
from tests.cast import Cast

from safelight.connectors.mail.smtp import MailServer
from safelight.institution.models import Institution
from safelight.patients.models import Patient
from safelight.people.models import StaffMember
from safelight.project.checks import check_production, check_whose_data, is_weak
from safelight.project.configuration import Configuration

MAIL = MailServer(host="127.0.0.1", port=587, sender="pictures@hospital.example")
SECRET = "q8Zr2mVx7Lk4Tn9Bw1Hs6Yd3Fc5Gj0Pa-Ue_RiOoQtMvXzKyNb"
SAFE: dict[str, Any] = {
    "debug": False,
    "secret_key": SECRET,
    "root_passphrase": "an amber lamp over the stairs",
    "allowed_hosts": ("photos.hospital.example",),
    "trusted_proxies": 1,
}
db = pytest.mark.django_db(databases=["default", "keystore"])


@pytest.fixture
def production(settings: Settings) -> Settings:
    settings.SAFELIGHT_DEMO = False
    settings.CONFIGURATION = configured()
    return settings


def configured(**changes: Any) -> Configuration:
    base: Configuration = django_settings.CONFIGURATION
    return replace(base, **(SAFE | changes))


def ids(messages: list[CheckMessage]) -> list[str | None]:
    return [message.id for message in messages]


def test_safe_settings_are_let_through(production: Settings) -> None:
    assert check_production(None) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"debug": True}, "E001"),
        ({"secret_key": ""}, "E002"),
        ({"secret_key": SECRET[:49]}, "E002"),
        ({"secret_key": "demo-" + SECRET}, "E002"),
        ({"secret_key": "django-insecure-" + SECRET}, "E002"),
        ({"secret_key": "ab" * 40}, "E002"),
        ({"root_passphrase": ""}, "E003"),
        ({"root_passphrase": "too short"}, "E003"),
        ({"root_passphrase": "changeme changeme changeme"}, "E003"),
        ({"root_passphrase": SECRET}, "E009"),
        ({"allowed_hosts": ()}, "E004"),
        ({"allowed_hosts": ("photos.hospital.example", "*")}, "E004"),
        ({"trusted_proxies": 0}, "E007"),
        ({"mail_server": MAIL, "site_url": ""}, "E010"),
    ],
)
def test_one_unsafe_setting_is_one_refusal_that_says_what_to_do(
    production: Settings, changes: dict[str, Any], code: str
) -> None:
    production.CONFIGURATION = configured(**changes)

    found = check_production(None)

    assert ids(found) == [f"safelight.{code}"]
    assert found[0].is_serious()
    assert found[0].hint


def test_the_checks_are_run_with_those_for_deployment(production: Settings) -> None:
    production.CONFIGURATION = configured(debug=True)

    found = run_checks(tags=["security"], include_deployment_checks=True)

    assert "safelight.E001" in ids(found)


def test_a_secret_is_weak_until_it_is_long_and_varied() -> None:
    assert not is_weak(SECRET, 50)
    assert is_weak("a" * 60, 50)


@db
@pytest.mark.parametrize("model", [Institution, Patient, StaffMember])
def test_demo_data_is_refused_in_production(
    production: Settings, cast: Cast, model: type[Any]
) -> None:
    for other in (Institution, Patient, StaffMember):
        other._default_manager.update(is_test_data=other is model)

    assert ids(check_whose_data(None)) == ["safelight.E005"]


@db
def test_real_data_is_let_through_in_production(production: Settings, cast: Cast) -> None:
    for model in (Institution, Patient, StaffMember):
        model._default_manager.update(is_test_data=False)

    assert check_whose_data(None) == []


@db
def test_a_real_hospital_is_never_shown_as_the_demo(cast: Cast) -> None:
    Institution.objects.update(is_test_data=False)

    assert ids(check_whose_data(None)) == ["safelight.E008"]


@db
def test_the_demo_hospital_is_shown_as_the_demo(cast: Cast) -> None:
    Institution.objects.update(is_test_data=True)

    assert check_whose_data(None) == []


def run(home: Path, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """A process of its own, with this environment and nothing of ours."""
    clean = {"PATH": os.environ["PATH"], "SAFELIGHT_HOME": str(home)}
    return subprocess.run(
        [sys.executable, *command], env=clean | environ, capture_output=True, text=True, check=False
    )


def test_the_command_refuses_and_names_every_reason_before_it_makes_anything(
    tmp_path: Path,
) -> None:
    ended = run(
        tmp_path / "home",
        *("-m", "safelight.project.cli", "init", "--name", "Hospital"),
        SAFELIGHT_DEBUG="1",
        SAFELIGHT_SECRET_KEY="demo-secret",
        SAFELIGHT_ALLOWED_HOSTS="*",
        SAFELIGHT_TRUSTED_PROXIES="0",
    )

    assert ended.returncode == 2
    for word in ("DEBUG", "SECRET_KEY", "ROOT_PASSPHRASE", "ALLOWED_HOSTS", "TLS"):
        assert word in ended.stderr
    assert "demo-secret" not in ended.stderr
    assert not (tmp_path / "home").exists()


def test_one_click_sign_in_is_not_even_routed_in_production(tmp_path: Path) -> None:
    asked = "import django; django.setup(); from django.urls import reverse; reverse('{}')"
    environ = {"DJANGO_SETTINGS_MODULE": "safelight.project.settings"}

    missing = run(tmp_path, "-c", asked.format("demo_sign_in"), **environ)
    there = run(tmp_path, "-c", asked.format("account_login"), **environ)

    assert "NoReverseMatch" in missing.stderr
    assert there.returncode == 0, there.stderr
