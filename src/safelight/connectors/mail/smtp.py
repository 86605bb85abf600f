"""Mail by the operator's own SMTP server, over TLS."""

import contextlib
import logging
import smtplib
import ssl
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, make_msgid
from enum import StrEnum
from pathlib import Path

from django.utils import timezone

from safelight.connectors.mail.writing import letter_of
from safelight.vocabulary.notices import Letter, MailNotSentError, Notice

_log = logging.getLogger(__name__)

# Somebody waits at a page meanwhile.
SECONDS = 10.0


class Security(StrEnum):
    """How the connection to the server is kept from others."""

    STARTTLS = "starttls"
    """In clear until both have greeted, then TLS or nothing."""
    TLS = "tls"
    """TLS from the first byte."""
    NONE = "none"
    """In clear; for a server on this very machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed over, and who signs in there.

    `sender` is the bare address that mail is from. `ca_file` holds the certificates to trust
    instead of the system's. `user` may be empty where the server knows this machine.
    """

    host: str
    port: int
    security: Security = Security.STARTTLS
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str
    ca_file: Path | None = None


class SmtpPost:
    """Sends a notice while the caller waits, within some seconds, once.

    PHI: an address is that of a member of staff or of a recipient; neither it nor what a server
    says, which may quote it, is ever logged.
    """

    def __init__(self, server: MailServer, origin: str, seconds: float = SECONDS) -> None:
        """`origin` is this site's; `seconds` the longest that the server may keep silent."""
        self._server, self._origin, self._seconds = server, origin, seconds

    def send(self, notice: Notice) -> None:
        """Hand `notice` over to the server. Raises MailNotSentError."""
        message = self._message(letter_of(notice, self._origin))
        try:
            connection = self._connected()
            try:
                connection.send_message(message)
            finally:
                _part(connection)
        # ValueError is what smtplib raises for a certificate or a host that makes no sense.
        except (OSError, smtplib.SMTPException, ValueError) as error:
            _log.warning("mail was not taken: %s", type(error).__name__)
            raise MailNotSentError from error

    def _connected(self) -> smtplib.SMTP:
        """The server, after its TLS and our name. Raises what smtplib, ssl and sockets raise."""
        server = self._server
        # Without a name of our own, smtplib would ask the network for one, without any time limit.
        name = server.sender.rpartition("@")[2]
        if server.security is Security.TLS:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, name, timeout=self._seconds, context=self._trust()
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, name, timeout=self._seconds)
        try:
            # INVARIANT: nothing of a notice and no password goes over the line before TLS stands.
            if server.security is Security.STARTTLS:
                connection.starttls(context=self._trust())
            if server.user:
                connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
        return connection

    def _trust(self) -> ssl.SSLContext:
        """Certificates and host names are always checked."""
        return ssl.create_default_context(cafile=self._server.ca_file)

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage(policy=SMTP_POLICY)
        message["From"] = Address(addr_spec=self._server.sender)
        message["To"] = Address(addr_spec=letter.recipient)
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(timezone.now())
        message["Message-ID"] = make_msgid(domain=self._server.sender.rpartition("@")[2])
        # No machine answers it, so that no absence is told to nobody (RFC 3834).
        message["Auto-Submitted"] = "auto-generated"
        # Seven bits, since not every server on the way says that it takes eight.
        message.set_content(letter.body, cte="quoted-printable")
        message["Content-Language"] = letter.language
        return message


def _part(connection: smtplib.SMTP) -> None:
    """Say goodbye. What was taken before is taken, whatever the server answers to this."""
    with contextlib.suppress(OSError, smtplib.SMTPException):
        connection.quit()
    connection.close()
