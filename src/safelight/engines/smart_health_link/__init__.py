"""SMART Health Links 1.0.0 (HL7 hl7.fhir.uv.smart-health-cards-and-links): all of it that is pure.

`write_link` and `read_link` for the link, `seal_file` and `open_file` for what is behind it,
`read_request`, `try_passcode` and `manifest` for the server between them. The QR code of a link is
`engines.documents.qr_svg`, of the error correction that the specification asks for. Whoever serves
a link keeps time, counts in rows, and compares passcodes; nothing here does. No network, no clock.
"""

from safelight.engines.smart_health_link.attempts import (
    NOT_ACTIVE,
    UNDER_WAY,
    Attempts,
    Passcode,
    Refusal,
    give_back,
    try_passcode,
)
from safelight.engines.smart_health_link.errors import (
    HealthLinkError,
    HealthLinkFileError,
    HealthLinkInputError,
    MalformedHealthLinkError,
    ManifestRequestError,
    NewerHealthLinkError,
)
from safelight.engines.smart_health_link.files import (
    FHIR_JSON,
    SEALED_TYPE,
    LinkFile,
    open_file,
    seal_file,
)
from safelight.engines.smart_health_link.link import (
    Flag,
    HealthLink,
    read_link,
    with_viewer,
    write_link,
)
from safelight.engines.smart_health_link.manifest import (
    LOCATION_SECONDS,
    FileStatus,
    ManifestFile,
    ManifestRequest,
    manifest,
    read_request,
)

__all__ = [
    "FHIR_JSON",
    "LOCATION_SECONDS",
    "NOT_ACTIVE",
    "SEALED_TYPE",
    "UNDER_WAY",
    "Attempts",
    "FileStatus",
    "Flag",
    "HealthLink",
    "HealthLinkError",
    "HealthLinkFileError",
    "HealthLinkInputError",
    "LinkFile",
    "MalformedHealthLinkError",
    "ManifestFile",
    "ManifestRequest",
    "ManifestRequestError",
    "NewerHealthLinkError",
    "Passcode",
    "Refusal",
    "give_back",
    "manifest",
    "open_file",
    "read_link",
    "read_request",
    "seal_file",
    "try_passcode",
    "with_viewer",
    "write_link",
]
