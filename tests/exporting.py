"""Copies for Rhea's own record system, by the real verbs; and her system, written from the specification.

`Receiver` shares no code with the product: its own base64, its own JSON, and jwcrypto for the files.
"""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from jwcrypto import jwe, jwk
from tests.consenting import agreement_to
from tests.sharing import RHEA, agreed

from safelight.consent.visits import Visit
from safelight.engines.smart_health_link import read_request
from safelight.exporting.errors import CopyNotGivenError
from safelight.exporting.models import CopyLink
from safelight.exporting.services.fetching import ask, fetch
from safelight.exporting.services.making import MadeLink, NewCopyLink, make
from safelight.people.asker import Asker
from safelight.vault.errors import KeyMissingError
from safelight.vocabulary.purposes import Purpose

SITE = "https://safelight.example"
COPY = Purpose.RECORD_COPY
SYSTEM = "Invented University Hospital, dermatology"


def address_of(token: str) -> str:
    return f"{SITE}/health-links/{token}"


def location_of(token: str) -> str:
    return f"{SITE}/health-links/files/{token}"


def agreed_to_a_copy(
    asker: Asker, patient: UUID, photographs: Sequence[UUID], named: str = RHEA
) -> Visit:
    return agreed(asker, patient, photographs, named, purpose=COPY)


def wanted(visit: Visit, photographs: Sequence[UUID], **changes: Any) -> NewCopyLink:
    usual = {
        "agreement": agreement_to(visit, COPY).id,
        "photographs": tuple(photographs),
        "days": 7,
    }
    return NewCopyLink(**{**usual, **changes})


def made(
    asker: Asker,
    visit: Visit,
    photographs: Sequence[UUID],
    where: Callable[[str], str] = address_of,
    **changes: Any,
) -> MadeLink:
    return make(asker, visit.patient, wanted(visit, photographs, **changes), where)


def row_of(link: MadeLink) -> CopyLink:
    return CopyLink.objects.select_related("agreement").get(id=link.id)


@dataclass(frozen=True)
class Reply:
    """What came back over the wire."""

    status: int
    body: bytes
    content_type: str = ""


Wire = Callable[[str, str, bytes], Reply]
"""Method, address, body."""


@dataclass
class Receiver:
    """A system that was given a link, as SMART Health Links 1.0.0 tells it to behave."""

    link: str
    wire: Wire
    payload: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        encoded = self.link.partition("shlink:/")[2]
        self.payload = json.loads(_bytes(encoded))

    @property
    def address(self) -> str:
        return str(self.payload["url"])

    @property
    def token(self) -> str:
        return self.address.rpartition("/")[2]

    def ask(self, passcode: str | None, **more: Any) -> Reply:
        asked = {"recipient": SYSTEM, **({"passcode": passcode} if passcode else {}), **more}
        return self.wire("POST", self.address, json.dumps(asked).encode())

    def fetch(self, passcode: str, **more: Any) -> dict[str, Any]:
        """The bundle; AssertionError if it is not given as the specification says."""
        reply = self.ask(passcode, **more)
        assert reply.status == 200, reply
        [file] = json.loads(reply.body)["files"]
        assert file["contentType"] == "application/fhir+json"
        return self.open(file.get("embedded") or self.collect(file["location"]))

    def collect(self, location: str) -> str:
        reply = self.wire("GET", location, b"")
        assert reply.status == 200, reply
        assert reply.content_type == "application/jose"
        return reply.body.decode()

    def open(self, sealed: str) -> dict[str, Any]:
        token = jwe.JWE()
        token.deserialize(sealed, jwk.JWK(kty="oct", k=self.payload["key"]))
        header = json.loads(token.objects["protected"])
        assert (header["alg"], header["enc"]) == ("dir", "A256GCM")
        bundle: dict[str, Any] = json.loads(token.payload)
        return bundle


def rooms_wire(method: str, address: str, body: bytes) -> Reply:
    """The room itself as the far end: what the pages put on the wire, without the pages."""
    token = address.rpartition("/")[2]
    try:
        if method == "GET":
            return Reply(200, fetch(token).encode(), "application/jose")
        return Reply(200, json.dumps(ask(token, read_request(body), location_of)).encode())
    except CopyNotGivenError as error:
        return Reply(error.refusal.status, json.dumps(error.refusal.body).encode())
    except KeyMissingError:
        return Reply(404, b"")


def receiver_of(link: MadeLink) -> Receiver:
    return Receiver(link.link, rooms_wire)


def location_for(link: MadeLink) -> str:
    reply = receiver_of(link).ask(link.passcode, embeddedLengthMax=0)
    [file] = json.loads(reply.body)["files"]
    return str(file["location"])


def _bytes(encoded: str) -> bytes:
    return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))


def pictures_in(bundle: dict[str, Any]) -> list[bytes]:
    """The bytes of the pictures, in the order of the bundle."""
    found = [item["resource"] for item in bundle["entry"]]
    return [base64.b64decode(item["data"]) for item in found if item["resourceType"] == "Binary"]
