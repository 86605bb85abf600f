"""A link of Petra's pictures to Rhea as the tests start from it."""

import json
from base64 import urlsafe_b64encode
from dataclasses import replace
from pathlib import Path
from typing import Any

from safelight.engines.smart_health_link import Flag, HealthLink

HL7 = json.loads(
    (Path(__file__).parents[3] / "vectors" / "smart_health_link" / "hl7.json").read_text()
)

KEY = bytes(range(32))
SECRET = "I91rhba3VsuGXGchcnr6VHlQFKxfE28kuZ0ssbEuxno"
PETRAS = HealthLink(
    url=f"https://pictures.hospital.example/shl/{SECRET}",
    key=KEY,
    flags=frozenset({Flag.PASSCODE}),
    expires=1_900_000_000,
    label="Harbour Hospital",
)


def a_link(**changes: Any) -> HealthLink:
    return replace(PETRAS, **changes)


def encoded(payload: object) -> str:
    """Any JSON value as a link, however wrong."""
    return raw(json.dumps(payload).encode())


def raw(octets: bytes) -> str:
    return "shlink:/" + urlsafe_b64encode(octets).decode().rstrip("=")


GOOD: dict[str, Any] = {
    "url": PETRAS.url,
    "key": urlsafe_b64encode(KEY).decode().rstrip("="),
    "exp": 1_900_000_000,
    "flag": "P",
    "label": "Harbour Hospital",
    "v": 1,
}
