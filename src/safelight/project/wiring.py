"""Which connector fills which port. The one place that knows both sides."""

from functools import cache, cached_property
from pathlib import Path

from django.conf import settings

from safelight.audit import ports as audit_ports
from safelight.connectors.blobs.disk import DiskBlobs, DiskQuarantine
from safelight.connectors.journal.file import FileJournal
from safelight.connectors.keys.file import FileRootKey, create_root_key, open_root_key
from safelight.connectors.mail.demo import DemoPost
from safelight.connectors.mail.smtp import SmtpPost
from safelight.connectors.scanning.process import ChildScanner
from safelight.consulting import ports as consulting_ports
from safelight.recall import ports as recall_ports
from safelight.recall.holders import AskedByPeople, HealthLinkReceiver
from safelight.redaction import ports as redaction_ports
from safelight.redaction.ports import Look
from safelight.sharing import ports as sharing_ports
from safelight.vault import ports as vault_ports
from safelight.vault.fields import EventDetails
from safelight.vault.log_signing import LogKey
from safelight.vocabulary.recall import ConsequenceKind
from safelight.web.demo import ports as demo_ports

# Past this a look counts as hanging; the usual one takes a second or two.
LONGEST_LOOK_SECONDS = {**dict.fromkeys(Look, 45.0), Look.CHECK: 90.0}


class LazyRootKey:
    """The root key, opened on first use: commands that need no key never ask for it."""

    def __init__(self, path: Path, passphrase: str) -> None:
        self._path, self._passphrase = path, passphrase

    @cached_property
    def _opened(self) -> FileRootKey:
        return open_root_key(self._path, self._passphrase)

    def wrap(self, context: bytes, key: bytes) -> bytes:
        return self._opened.wrap(context, key)

    def unwrap(self, context: bytes, wrapped: bytes) -> bytes:
        return self._opened.unwrap(context, wrapped)


def home() -> Path:
    return Path(settings.SAFELIGHT_HOME)


def root_key_path() -> Path:
    return home() / "root-key.json"


def ensure_root_key() -> bool:
    """Make the root key file if there is none; whether one was made."""
    path = root_key_path()
    if path.exists():
        return False
    create_root_key(path, settings.CONFIGURATION.root_passphrase)
    return True


def demo_post() -> DemoPost:
    return DemoPost(home() / "demo-mails.jsonl")


def post_office() -> DemoPost | SmtpPost | None:
    """Who sends notices; nobody in production without a mail server, and links are handed over.

    INVARIANT: no mail leaves the demo, whatever server is set.
    """
    configuration = settings.CONFIGURATION
    if settings.SAFELIGHT_DEMO:
        return demo_post()
    if configuration.mail_server is None:
        return None
    return SmtpPost(configuration.mail_server, configuration.site_url)


@cache
def wire() -> None:
    vault_ports.wiring.root = LazyRootKey(root_key_path(), settings.CONFIGURATION.root_passphrase)
    vault_ports.wiring.blobs = DiskBlobs(home() / "blobs")
    vault_ports.wiring.quarantine = DiskQuarantine(home() / "quarantine")
    vault_ports.wiring.journal = FileJournal(settings.CONFIGURATION.withdrawals_journal)
    # Started on first use, in the process that looks; a busy machine may take its time.
    redaction_ports.wiring.scanner = ChildScanner(
        face_model=settings.CONFIGURATION.face_model, seconds=LONGEST_LOOK_SECONDS
    )
    post = post_office()
    sharing_ports.wiring.post = post
    consulting_ports.wiring.post = post
    recall_ports.wiring.holders = {
        ConsequenceKind.COPY: HealthLinkReceiver(),
        ConsequenceKind.PUBLICATION: AskedByPeople(),
    }
    audit_ports.wiring.sealer = EventDetails()
    audit_ports.wiring.signer = LogKey()
    if settings.SAFELIGHT_DEMO:
        demo_ports.wiring.mailbox = demo_post()
