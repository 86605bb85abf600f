"""`safelight try-mail` sends one trial by the server that is set, or says what is missing."""

from pathlib import Path

import pytest
from tests.connectors.mail.post_office import make_certificate, open_office
from tests.loopback import free_port
from tests.project.test_cli import run
from tests.project.test_cli_hospital import SECRETS

from safelight.connectors.mail.smtp import Security

TRY = ("try-mail", "ada@hospital.example", "+351 21 000 00 00")
MAIL = {"SAFELIGHT_SMTP_HOST": "127.0.0.1", "SAFELIGHT_SMTP_FROM": "pictures@hospital.example"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hospital")
    made = run("init", "--name", "St Elswhere's", home=path, **SECRETS)
    assert made.returncode == 0, made.stderr
    return path


def test_a_trial_arrives_in_the_hospitals_name(home: Path, tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path / "server.pem")
    with open_office(certificate, Security.STARTTLS) as (server, arrived):
        more = {"SAFELIGHT_SMTP_PORT": str(server.port), "SAFELIGHT_SMTP_CA_FILE": str(certificate)}
        tried = run(*TRY, home=home, **SECRETS, **MAIL, **more)

    assert tried.returncode == 0, tried.stderr
    assert arrived.message()["Subject"] == "St Elswhere's: a trial message"


@pytest.mark.parametrize(
    ("arguments", "more", "sentence"),
    [
        (TRY, {}, "SAFELIGHT_SMTP_HOST"),
        (TRY, {**MAIL, "SAFELIGHT_SMTP_PORT": str(free_port())}, "could not be sent"),
        (TRY, {"SAFELIGHT_SMTP_HOST": "127.0.0.1"}, "SAFELIGHT_SMTP_FROM"),
        (("try-mail", "ada", "112"), MAIL, "e-mail address"),
        (("try-mail", "ada@sms.carrier.example", "112"), MAIL, "text messages"),
    ],
)
def test_what_is_missing_is_said(
    home: Path, arguments: tuple[str, ...], more: dict[str, str], sentence: str
) -> None:
    tried = run(*arguments, home=home, **SECRETS, **more)

    assert tried.returncode == 2
    assert sentence in tried.stderr
    assert "Traceback" not in tried.stderr
