"""Orthanc as a product under test: another archive of pictures, asked the same questions.

It is Debian's Orthanc with its own accounts and without plugins; what may look is an account, and
what ends a look is that the picture is deleted or the account taken out of its settings.
"""

import base64
import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from pydicom.uid import generate_uid
from tests.components import ORTHANC
from tests.conformance.product import Act, Answer, Fetch, Headers, Way
from tests.loopback import free_port, wait_until_listening
from tests.unit.engines.dicom.dicom_files import clean, photograph

VIEWER, CURATOR, COLLEAGUE = "theo", "ada", "bob"
ADDRESSES: Mapping[str, str] = {
    "the file": "instances/{ID}/file",
    "the stored attachment": "instances/{ID}/attachments/dicom/data",
    "its pixels": "instances/{ID}/content/7fe0-0010/1",
    "a preview": "instances/{ID}/preview",
    "drawn for a screen": "instances/{ID}/rendered",
    "a frame": "instances/{ID}/frames/0/raw",
    "an archive of the study": "studies/{ParentStudy}/archive",
    "a disk of the study": "studies/{ParentStudy}/media",
    "an archive of the patient": "patients/{ParentPatient}/archive",
}
ANONYMIZED = "an anonymized copy of it"
NOT_KNOWN = {
    Act.EXPIRE: "no right to look has an end",
    Act.END_SESSION: "there are no sessions: name and password go along each time",
    Act.EXCEED_AUDIENCE: "nobody counts who looks",
    Act.CHANGE_RECIPIENT: "a picture is for every account",
}


@dataclass
class Server:
    """Runs in a directory of its own, on loopback."""

    home: Path
    port: int = field(default_factory=free_port)
    _process: "subprocess.Popen[bytes] | None" = None

    def start(self, *accounts: str) -> None:
        """With these accounts; each one's password is its name."""
        settings = {
            "StorageDirectory": str(self.home),
            "IndexDirectory": str(self.home),
            "HttpPort": self.port,
            "RemoteAccessAllowed": False,
            "AuthenticationEnabled": True,
            "RegisteredUsers": {name: name for name in accounts},
            "DicomServerEnabled": False,
            "Plugins": [],
        }
        path = self.home / "settings.json"
        path.write_text(json.dumps(settings))
        with (self.home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(ORTHANC.find()), str(path)], stdout=log, stderr=log
            )
        wait_until_listening(self._process, self.port)

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(30)

    def ask(
        self,
        account: str,
        method: str,
        path: str,
        headers: Headers | None = None,
        body: bytes = b"",
    ) -> Answer:
        """As a browser in which this account's password was typed; without one if it is empty."""
        word = base64.b64encode(f"{account}:{account}".encode()).decode()
        known = {"Authorization": f"Basic {word}"} if account else {}
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, f"/{path}", body, {**(headers or {}), **known})
            got = connection.getresponse()
            return Answer(got.status, dict(got.getheaders()), got.read())
        finally:
            connection.close()


@dataclass(frozen=True)
class Orthanc:
    """The product. Every account sees everything, so the holder of a way is an account."""

    server: Server

    def ways(self) -> list[str]:
        return [*ADDRESSES, ANONYMIZED]

    def open(self, name: str) -> Way:
        """A picture of a patient of its own."""
        stored = self._stored(photograph(clean(), **_own_identifiers()))
        shown = self._anonymized(stored) if name == ANONYMIZED else stored
        path = ADDRESSES.get(name, ADDRESSES["a preview"]).format(**shown)
        others = [address for address in ADDRESSES.values() if address.format(**shown) != path]
        return Way(
            self._asking(VIEWER, path),
            {
                Act.WITHDRAW: lambda: self._delete(stored["ParentPatient"]),
                Act.REVOKE: lambda: self._restart(CURATOR, COLLEAGUE),
            },
            NOT_KNOWN,
            [self._asking(VIEWER, address.format(**shown)) for address in others],
            {
                "nobody": self._asking("", path),
                "a guess": self._asking("mallory", path),
                COLLEAGUE: self._asking(COLLEAGUE, path),
            },
        )

    def _asking(self, account: str, path: str) -> Fetch:
        return lambda method, headers: self.server.ask(account, method, path, headers)

    def _stored(self, file: bytes) -> dict[str, str]:
        if self.server.ask(VIEWER, "GET", "system").status != 200:
            self._restart(CURATOR, COLLEAGUE, VIEWER)
        return self._told(self.server.ask(CURATOR, "POST", "instances", {}, file))

    def _anonymized(self, stored: Mapping[str, str]) -> dict[str, str]:
        made = self.server.ask(CURATOR, "POST", f"instances/{stored['ID']}/anonymize", {}, b"{}")
        return self._stored(made.body)

    def _delete(self, patient: str) -> None:
        self._told(self.server.ask(CURATOR, "DELETE", f"patients/{patient}"))

    def _restart(self, *accounts: str) -> None:
        """Accounts stand in its settings, which it reads when it starts."""
        self.server.stop()
        self.server.start(*accounts)

    @staticmethod
    def _told(answer: Answer) -> dict[str, str]:
        assert answer.status == 200, answer.body
        told: dict[str, Any] = json.loads(answer.body)
        return told


def _own_identifiers() -> dict[str, str]:
    names = ("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "PatientID")
    return {name: str(generate_uid()) for name in names}


@contextmanager
def orthanc_in(home: Path) -> Iterator[Orthanc]:
    server = Server(home)
    server.start(VIEWER, CURATOR, COLLEAGUE)
    try:
        yield Orthanc(server)
    finally:
        server.stop()
