"""Pictures for tests: small, real, and full of what must not survive."""

import hashlib
import io
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import numpy as np
import piexif
from PIL import Image

from safelight.capture.rules import Details, Promise
from safelight.vocabulary.photograph import CaptureSource, ConsentToTake, Sensitivity

CANARY = b"CANARY-of-the-phone-owner"


def picture(seed: int = 0, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """Noise, so that it is different for every seed and does not compress away."""
    noise = np.random.default_rng(seed).integers(0, 256, (*size[::-1], 3), np.uint8)
    return Image.fromarray(noise)


def jpeg(
    seed: int = 0,
    size: tuple[int, int] = (640, 480),
    *,
    orientation: int = 1,
    taken_at: str = "2026:03:09 10:11:12",
    offset: str = "+00:00",
) -> bytes:
    """A JPEG as a phone writes it: owner, serial number and place in its EXIF."""
    exif = {
        "0th": {piexif.ImageIFD.Orientation: orientation, piexif.ImageIFD.Artist: CANARY},
        "Exif": {
            piexif.ExifIFD.DateTimeOriginal: taken_at.encode(),
            piexif.ExifIFD.OffsetTimeOriginal: offset.encode(),
            piexif.ExifIFD.BodySerialNumber: CANARY,
        },
        "GPS": {piexif.GPSIFD.GPSLatitude: ((52, 1), (31, 1), (12, 1))},
    }
    out = io.BytesIO()
    picture(seed, size).save(out, "JPEG", quality=80, exif=piexif.dump(exif))
    return out.getvalue()


def encoded(kind: str, image: Image.Image | None = None, **options: object) -> bytes:
    out = io.BytesIO()
    (image or picture()).save(out, kind, **options)
    return out.getvalue()


DETAILS = Details(
    taken_at=datetime(2026, 1, 1, tzinfo=UTC),
    encounter=None,
    sensitivity=Sensitivity.ORDINARY,
    consent_to_take=ConsentToTake.VERBAL,
    source=CaptureSource.FILE,
)


@dataclass(frozen=True)
class Sending:
    """What a page is about to send for a patient; every part can be made wrong."""

    data: bytes
    patient: UUID
    upload: UUID = field(default_factory=uuid4)
    details: Details = DETAILS

    @property
    def promise(self) -> Promise:
        return Promise(
            upload=self.upload,
            patient=self.patient,
            size=len(self.data),
            sha256=hashlib.sha256(self.data).digest(),
            details=self.details,
        )

    def pieces(self, start: int = 0, end: int | None = None, size: int = 100_000):
        """The bytes from `start` to `end` as a network delivers them."""
        data = self.data[start:end]
        return (data[at : at + size] for at in range(0, len(data), size))

    def changed(self, **details: object) -> "Sending":
        return replace(self, details=replace(self.details, **details))  # type: ignore[arg-type] # any of its fields
