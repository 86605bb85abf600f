"""What a careless line of text could give away: settings, tracebacks, the environment."""

import io
import logging
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import resolve
from tests.cast import Cast

from safelight.project.configuration import read_configuration
from safelight.project.logs import QuietFormatter

SECRETS = {
    "SAFELIGHT_SECRET_KEY": "amber-secret-key",
    "SAFELIGHT_ROOT_PASSPHRASE": "amber-root-passphrase",
    "SAFELIGHT_DATABASE_URL": "postgresql://safelight:amber-password@localhost/record",
    "SAFELIGHT_KEYSTORE_URL": "postgresql://safelight:amber-password@localhost/keystore",
}


def test_the_configuration_shows_no_secret_as_text(tmp_path: Path) -> None:
    read = read_configuration({"SAFELIGHT_HOME": str(tmp_path), **SECRETS})
    assert read.secret_key == SECRETS["SAFELIGHT_SECRET_KEY"]
    assert "amber" not in f"{read} {read!r}"


def logged(raise_it) -> str:
    try:
        raise_it()
    except (LookupError, ValueError):
        record = logging.LogRecord("a", logging.ERROR, "", 0, "it failed", (), sys.exc_info())
    return QuietFormatter("{message}", style="{").format(record)


def test_a_logged_traceback_says_where_and_never_what() -> None:
    words = "Petra Okonjo"

    def typed() -> None:
        try:
            int(words)
        except ValueError as error:
            raise LookupError(words) from error

    line = logged(typed)
    assert words not in line
    assert "builtins.ValueError" in line
    assert "builtins.LookupError" in line
    assert "test_secrets.py" in line


def test_exceptions_that_name_each_other_do_not_go_round_for_ever() -> None:
    def rounds() -> None:
        first, second = ValueError("a"), ValueError("b")
        first.__cause__, second.__cause__ = second, first
        raise first

    assert logged(rounds).count("builtins.ValueError") == 2


def test_what_a_library_says_of_a_file_is_told_by_its_place_alone() -> None:
    words = "Petra Okonjo"
    record = logging.LogRecord(
        "pydicom.misc", logging.WARNING, "/a/misc.py", 82, "%s", (words,), None
    )
    line = QuietFormatter("{name} {message}", style="{").format(record)
    assert line == "pydicom.misc (misc, line 82)"
    assert record.getMessage() == words  # another handler gets its record as it was


@pytest.mark.parametrize(
    ("status", "name"), [(403, "django.security.csrf"), (500, "django.request")]
)
def test_an_address_that_was_asked_for_is_told_by_its_page_alone(status: int, name: str) -> None:
    """The letters of a link are half of the way in, and whoever tries it again is no news."""
    request = RequestFactory(headers={"Origin": "https://amber.example"}).get("/s/AMBERLETTERS/")
    request.resolver_match = resolve(request.path)
    record = logging.LogRecord(
        name, logging.WARNING, "", 0, "%s: %s", ("amber", request.path), None
    )
    record.__dict__ |= {"request": request, "status_code": status}
    line = QuietFormatter("{name} {message}", style="{").format(record)
    assert line == f"{name} {status} at shared:door"
    assert "AMBERLETTERS" in record.getMessage()  # another handler gets its record as it was


@pytest.mark.django_db(databases=["default", "keystore"])
def test_a_refused_form_leaves_no_letters_of_a_link_in_the_log(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(QuietFormatter("{name} {message}", style="{"))
    monkeypatch.setattr(logging.getLogger("django.security.csrf"), "handlers", [handler])
    Client(enforce_csrf_checks=True).post("/s/AMBERLETTERS/", headers={"Origin": "https://amber.x"})
    assert written.getvalue() == "django.security.csrf 403 at shared:door\n"


def test_every_handler_of_the_site_logs_so() -> None:
    logs: dict[str, Any] = settings.LOGGING
    used = {handler["formatter"] for handler in logs["handlers"].values()}
    assert {logs["formatters"][name]["()"] for name in used} == {
        "safelight.project.logs.QuietFormatter"
    }
