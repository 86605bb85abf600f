"""Mail reaches a real server over TLS, and a server that fails is one clear sentence."""

import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.connectors.mail.notices import ORIGIN, RHEA, notice
from tests.connectors.mail.post_office import (
    PASSWORD,
    SENDER,
    make_certificate,
    open_office,
    scripted,
    server_at,
)
from tests.loopback import free_port

from safelight.connectors.mail.smtp import MailServer, Security, SmtpPost
from safelight.connectors.mail.writing import letter_of
from safelight.vocabulary.consent_forms import LANGUAGES
from safelight.vocabulary.notices import MailNotSentError, NoticeKind

SECONDS = 1.0
TAKES = [b"220 here", b"250 hello", b"250 ok", b"250 ok", b"354 go on", b"250 taken"]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls") / "server.pem")


@pytest.fixture(autouse=True)
def _says_nothing(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever happens in these tests, no log line quotes an address, a word or a password."""
    caplog.set_level(logging.DEBUG, "safelight")
    yield
    for secret in (RHEA, SENDER, PASSWORD, "Harbour", "7Qm2"):
        assert secret not in caplog.text


def send(server: MailServer, *, language: str = "en") -> None:
    SmtpPost(server, ORIGIN, SECONDS).send(notice(language=language))


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_notice_arrives_over_tls(certificate: Path, security: Security) -> None:
    with open_office(certificate, security) as (server, arrived):
        send(server)

    assert arrived.were_sealed == [True]
    (envelope,) = arrived.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == (SENDER, [RHEA])


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_arrives_is_the_letter_and_nothing_beside_it(certificate: Path, language: str) -> None:
    with open_office(certificate, Security.STARTTLS) as (server, arrived):
        send(server, language=language)

    message, letter = arrived.message(), letter_of(notice(language=language), ORIGIN)
    assert message["Subject"] == letter.subject
    assert message.get_content().replace("\r\n", "\n") == letter.body
    assert (message["From"], message["To"]) == (SENDER, RHEA)
    assert message["Auto-Submitted"] == "auto-generated"
    assert not message.is_multipart()
    assert {name.lower() for name in message.keys()} == {  # noqa: SIM118 - headers may come twice
        "from", "to", "subject", "date", "message-id", "auto-submitted", "content-language",
        "content-type", "content-transfer-encoding", "mime-version",
    }  # fmt: skip
    (envelope,) = arrived.envelopes
    assert isinstance(envelope.content, bytes)
    assert envelope.content.isascii()


# The server of the tests does not see that a line was under TLS from its first byte.
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_password_opens_the_server_that_asks_for_one(
    certificate: Path, security: Security
) -> None:
    with open_office(certificate, security, asks=True) as (server, arrived):
        send(replace(server, user="pictures", password=PASSWORD))
        with pytest.raises(MailNotSentError):
            send(replace(server, user="pictures", password="wrong"))
        with pytest.raises(MailNotSentError):
            send(server)

    assert len(arrived.envelopes) == 1


def test_a_server_on_this_machine_may_do_without_tls(certificate: Path) -> None:
    with open_office(certificate, Security.NONE) as (server, arrived):
        send(server)

    assert arrived.were_sealed == [False]


def test_a_server_without_tls_gets_nothing_when_tls_is_asked_for(certificate: Path) -> None:
    with open_office(certificate, Security.NONE) as (server, arrived):
        with pytest.raises(MailNotSentError):
            send(replace(server, security=Security.STARTTLS, user="pictures", password=PASSWORD))
        with pytest.raises(MailNotSentError):
            send(replace(server, security=Security.TLS))

    assert arrived.envelopes == []


def test_one_who_strips_tls_off_the_line_learns_no_password_and_no_address() -> None:
    with scripted([b"220 here", b"250-hello\r\n250 AUTH PLAIN", b"250 ok", b"250 ok"]) as (
        port,
        told,
    ):
        server = replace(server_at(port, Path("/nowhere")), ca_file=None)
        with pytest.raises(MailNotSentError):
            send(replace(server, user="pictures", password=PASSWORD))
        time.sleep(0.1)

    assert told[0].startswith(b"ehlo")
    spoken = b"".join(told)
    assert b"AUTH" not in spoken.upper()
    assert b"MAIL FROM" not in spoken.upper()


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_stranger_with_a_certificate_of_his_own_gets_nothing(
    certificate: Path, tmp_path: Path, security: Security
) -> None:
    strange = make_certificate(tmp_path / "strange.pem")
    with open_office(strange, security) as (server, arrived):
        with pytest.raises(MailNotSentError):
            send(replace(server, ca_file=certificate))
        with pytest.raises(MailNotSentError):
            send(replace(server, ca_file=None))

    assert arrived.envelopes == []


def test_a_certificate_for_another_host_is_refused(tmp_path: Path) -> None:
    other = make_certificate(tmp_path / "other.pem", host="elsewhere.example")
    with (
        open_office(other, Security.STARTTLS) as (server, arrived),
        pytest.raises(MailNotSentError),
    ):
        send(server)

    assert arrived.envelopes == []


def test_a_server_that_is_down_is_a_sentence(certificate: Path) -> None:
    with pytest.raises(MailNotSentError, match="Hand over the link"):
        send(server_at(free_port(), certificate))


def test_a_server_that_has_no_name_in_the_network_is_a_sentence(certificate: Path) -> None:
    with pytest.raises(MailNotSentError):
        send(replace(server_at(25, certificate), host="mail.invalid"))


def test_certificates_that_cannot_be_read_are_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").touch()
    whole = make_certificate(tmp_path / "whole.pem")
    with open_office(whole, Security.STARTTLS) as (server, _), pytest.raises(MailNotSentError):
        send(replace(server, ca_file=tmp_path / "empty.pem"))


HANGS = {
    "before it greets": [None],
    "after it greeted": [b"220 here", None],
    "before the content": [*TAKES[:4], None],
    "after the content": [*TAKES[:5], None],
}


@pytest.mark.parametrize("answers", HANGS.values(), ids=HANGS)
def test_nobody_waits_long_for_a_server_that_hangs(answers: list[bytes | None]) -> None:
    with scripted(answers) as (port, _told):
        began = time.monotonic()
        with pytest.raises(MailNotSentError):
            send(replace(server_at(port, Path("/nowhere")), security=Security.NONE))

    assert time.monotonic() - began < 4 * SECONDS


REFUSES = {
    "everybody": [b"554 go away"],
    "our name": [b"220 here", b"550 no", b"550 no"],
    "the sender": [*TAKES[:2], b"550 no", b"250 ok"],
    "the recipient": [*TAKES[:3], b"550 5.1.1 no such user", b"250 ok"],
    "the recipient for now": [*TAKES[:3], b"451 greylisted", b"250 ok"],
    "the content": [*TAKES[:5], b"554 looks like spam", b"250 ok"],
    "and speaks no SMTP": [b"HTTP/1.1 400 Bad Request"],
    "and floods": [b"2" * 100_000],
}


@pytest.mark.parametrize("answers", REFUSES.values(), ids=REFUSES)
def test_a_server_is_a_sentence_that_refuses(answers: list[bytes | None]) -> None:
    with scripted(answers) as (port, _told), pytest.raises(MailNotSentError):
        send(replace(server_at(port, Path("/nowhere")), security=Security.NONE))


@pytest.mark.parametrize("farewell", [b"221 bye", b"421 overloaded", None])
def test_what_was_taken_counts_as_sent_however_the_server_parts(farewell: bytes | None) -> None:
    with scripted([*TAKES, farewell]) as (port, told):
        send(replace(server_at(port, Path("/nowhere")), security=Security.NONE))

    assert b".\r\n" in told


def test_a_password_is_not_shown_with_its_server() -> None:
    server = replace(server_at(25, Path("/nowhere")), password=PASSWORD)

    assert PASSWORD not in repr(server)


def test_every_kind_can_be_sent(certificate: Path) -> None:
    with open_office(certificate, Security.STARTTLS) as (server, arrived):
        for kind in NoticeKind:
            SmtpPost(server, ORIGIN, SECONDS).send(notice(kind))

    assert len(arrived.envelopes) == len(NoticeKind)
