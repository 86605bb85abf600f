"""Mail is set completely or not at all, and speaks TLS unless it stays on this machine."""

from pathlib import Path

import pytest
from django.test import override_settings

from safelight.connectors.mail.demo import DemoPost
from safelight.connectors.mail.smtp import Security, SmtpPost
from safelight.project import wiring
from safelight.project.configuration import Configuration, read_configuration
from safelight.project.environment import ConfigurationError

SERVER = {
    "SAFELIGHT_SMTP_HOST": "mail.hospital.example",
    "SAFELIGHT_SMTP_FROM": "pictures@hospital.example",
}


def read(home: Path, **more: str) -> Configuration:
    return read_configuration({"SAFELIGHT_HOME": str(home), **more})


def test_without_a_host_there_is_no_mail(tmp_path: Path) -> None:
    assert read(tmp_path).mail_server is None


def test_a_host_and_a_sender_are_enough(tmp_path: Path) -> None:
    server = read(tmp_path, **SERVER).mail_server

    assert server
    assert (server.host, server.port) == ("mail.hospital.example", 587)
    assert server.security is Security.STARTTLS


@pytest.mark.parametrize(("security", "port"), [("tls", 465), ("starttls", 587)])
def test_each_kind_of_tls_has_its_port(tmp_path: Path, security: str, port: int) -> None:
    server = read(tmp_path, **SERVER, SAFELIGHT_SMTP_SECURITY=security).mail_server

    assert server
    assert server.port == port


def test_a_server_on_this_machine_may_do_without_tls(tmp_path: Path) -> None:
    local = {**SERVER, "SAFELIGHT_SMTP_HOST": "127.0.0.1", "SAFELIGHT_SMTP_SECURITY": "none"}
    server = read(tmp_path, **local, SAFELIGHT_SMTP_PORT="2525").mail_server

    assert server
    assert (server.security, server.port) == (Security.NONE, 2525)


def test_the_password_may_stand_in_a_file_and_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("from a file\n")
    configuration = read(
        tmp_path,
        **SERVER,
        SAFELIGHT_SMTP_USER="pictures",
        SAFELIGHT_SMTP_PASSWORD_FILE=str(tmp_path / "password"),
    )

    assert configuration.mail_server
    assert configuration.mail_server.password == "from a file"
    assert "from a file" not in repr(configuration)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SAFELIGHT_SMTP_SECURITY", "ssl"),
        ("SAFELIGHT_SMTP_SECURITY", "none"),
        ("SAFELIGHT_SMTP_PORT", "0"),
        ("SAFELIGHT_SMTP_PORT", "65536"),
        ("SAFELIGHT_SMTP_PORT", "smtp"),
        ("SAFELIGHT_SMTP_FROM", ""),
        ("SAFELIGHT_SMTP_FROM", "Harbour Hospital <pictures@hospital.example>"),
        ("SAFELIGHT_SMTP_USER", "pictures"),
        ("SAFELIGHT_SMTP_CA_FILE", "/nowhere/at/all"),
        ("SAFELIGHT_SITE_URL", "pictures.hospital.example"),
        ("SAFELIGHT_SITE_URL", "http://pictures.hospital.example"),
        ("SAFELIGHT_SITE_URL", "https://pictures.hospital.example/safelight"),
        ("SAFELIGHT_SITE_URL", "https://me@pictures.hospital.example"),
        ("SAFELIGHT_SITE_URL", "https://pictures.hospital.example:port"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_name(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        read(tmp_path, **{**SERVER, name: value})


@pytest.mark.parametrize(
    ("hosts", "named", "url"),
    [
        ("a.example,b.example", "", "https://a.example"),
        (".example,b.example", "", "https://b.example"),
        (".example", "", ""),
        ("a.example", "https://b.example:8443/", "https://b.example:8443"),
        ("localhost", "http://localhost:8000", "http://localhost:8000"),
    ],
)
def test_links_lead_to_the_first_host_unless_another_is_named(
    tmp_path: Path, hosts: str, named: str, url: str
) -> None:
    read_one = read(tmp_path, SAFELIGHT_ALLOWED_HOSTS=hosts, SAFELIGHT_SITE_URL=named)

    assert read_one.site_url == url


def test_no_mail_leaves_the_demo_whatever_is_set(tmp_path: Path) -> None:
    configuration = read(tmp_path, **SERVER)
    with override_settings(CONFIGURATION=configuration, SAFELIGHT_DEMO=True):
        assert isinstance(wiring.post_office(), DemoPost)


def test_production_sends_by_the_server_that_is_set_and_else_not_at_all(tmp_path: Path) -> None:
    configuration = read(tmp_path, **SERVER, SAFELIGHT_ALLOWED_HOSTS="a.example")
    with override_settings(CONFIGURATION=configuration, SAFELIGHT_DEMO=False):
        assert isinstance(wiring.post_office(), SmtpPost)
    with override_settings(CONFIGURATION=read(tmp_path), SAFELIGHT_DEMO=False):
        assert wiring.post_office() is None
