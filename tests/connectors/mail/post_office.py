"""Real mail servers on the loopback, one that works and some that do not."""

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.loopback import free_port

from safelight.connectors.mail.smtp import MailServer, Security

SENDER = "pictures@hospital.example"
PASSWORD = "a long password of the hospital"


@dataclass
class Arrived:
    """What a server took, and what each connection had said before."""

    envelopes: list[Envelope] = field(default_factory=list)
    were_sealed: list[bool] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        self.envelopes.append(envelope)
        self.were_sealed.append(server.transport.get_extra_info("ssl_object") is not None)
        return "250 taken"

    def message(self) -> EmailMessage:
        """The only one."""
        (envelope,) = self.envelopes
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        return message


def signs_in(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=data.password == PASSWORD.encode())


@contextmanager
def open_office(
    certificate: Path, security: Security, *, asks: bool = False
) -> Iterator[tuple[MailServer, Arrived]]:
    """A server that takes mail; `asks` for a password, too."""
    arrived, port = Arrived(), free_port()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    options: dict[str, Any] = {"hostname": "127.0.0.1", "port": port}
    if asks:
        options |= {"authenticator": signs_in, "auth_required": True}
    if security is Security.TLS:
        controller: Controller = Controller(
            arrived, ssl_context=context, auth_require_tls=False, **options
        )
    elif security is Security.STARTTLS:
        controller = Controller(arrived, tls_context=context, require_starttls=True, **options)
    else:
        controller = Controller(arrived, **options)
    controller.start()
    try:
        yield server_at(port, certificate, security=security), arrived
    finally:
        controller.stop()


def server_at(port: int, certificate: Path, **more: Any) -> MailServer:
    return MailServer(host="127.0.0.1", port=port, sender=SENDER, ca_file=certificate, **more)


def make_certificate(path: Path, host: str = "127.0.0.1") -> Path:
    """A key and a certificate for it, which is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "post office")])
    now = dt.datetime.now(dt.UTC)
    alternative = x509.IPAddress(ip_address(host)) if host[0].isdigit() else x509.DNSName(host)
    public = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(public, critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    return path


@contextmanager
def scripted(answers: Sequence[bytes | None]) -> Iterator[tuple[int, list[bytes]]]:
    """A server that says `answers` one after the other, each to a line; None is silence.

    Yields its port, and the lines that it was told.
    """
    told: list[bytes] = []
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_talk, args=(listener, answers, told, over), daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1], told
        finally:
            over.set()
            thread.join(5)


def _talk(
    listener: socket.socket,
    answers: Sequence[bytes | None],
    told: list[bytes],
    over: threading.Event,
) -> None:
    """Until there is nothing more to say, or nobody listens any more."""
    connection, _peer = listener.accept()
    with suppress(OSError), connection, connection.makefile("rb") as lines:
        for answer in answers:
            if answer is None:
                over.wait(20)
                return
            connection.sendall(answer + b"\r\n")
            is_content = answer.startswith(b"354")
            line = lines.readline()
            while is_content and line not in {b".\r\n", b""}:
                line = lines.readline()
            told.append(line)
