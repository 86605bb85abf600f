"""What must never be found in clear: words and bytes that occur nowhere else in the world."""

import base64
import io
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import piexif
from PIL import Image

# Long enough to be in the middle of any chunk, short enough to lie whole in one.
RUN = 48


def _word() -> str:
    """Letters that no dictionary, no font and no library holds in this order."""
    return "Zq" + "".join(secrets.choice(string.ascii_lowercase) for _ in range(12))


@dataclass(frozen=True)
class Canaries:
    """The secrets of one journey, each told apart from the others."""

    family: str = field(default_factory=_word)
    given: str = field(default_factory=_word)
    identifier: str = field(default_factory=lambda: f"H-{secrets.randbelow(10**12):012}")
    born: date = date(1903, 7, 19)
    description: str = field(default_factory=_word)
    break_glass_text: str = field(default_factory=_word)
    search: str = field(default_factory=_word)
    file_name: str = field(default_factory=_word)
    owner: str = field(default_factory=_word)
    serial: str = field(default_factory=_word)

    @property
    def identity(self) -> Mapping[str, str]:
        """The patient, to be told to the hospital."""
        return {
            "family": self.family,
            "given": self.given,
            "born": self.born.isoformat(),
            "identifier": self.identifier,
        }

    @property
    def words(self) -> Mapping[str, str]:
        """Each in clear. The birth date as it stands in a row, and as it stands on a page."""
        return {
            "family name": self.family,
            "given name": self.given,
            "identifier": self.identifier,
            "birth date": self.born.isoformat(),
            "description": self.description,
            "break-glass text": self.break_glass_text,
            "search": self.search,
            "file name": self.file_name,
            "camera owner": self.owner,
            "camera serial": self.serial,
        }

    def photograph(self) -> bytes:
        """A JPEG whose metadata tell on its owner."""
        exif = {
            "0th": {piexif.ImageIFD.Artist: self.owner.encode()},
            "Exif": {piexif.ExifIFD.BodySerialNumber: self.serial.encode()},
        }
        noise = np.random.default_rng(secrets.randbits(64)).integers(
            0, 256, (480, 640, 3), np.uint8
        )
        out = io.BytesIO()
        Image.fromarray(noise).save(out, "JPEG", quality=90, exif=piexif.dump(exif))
        return out.getvalue()


def forms(word: str) -> dict[str, bytes]:
    """A word in the codings in which a careless program would leave it behind."""
    plain = word.encode()
    found = {
        "utf-8": plain,
        "utf-8, small letters": plain.lower(),
        "utf-8, capitals": plain.upper(),
        "utf-16-le": word.encode("utf-16-le"),
        "utf-16-be": word.encode("utf-16-be"),
        "hex": plain.hex().encode(),
    }
    return found | base64_forms(plain)


def base64_forms(data: bytes) -> dict[str, bytes]:
    """What of `data` is the same in any Base64 text that holds it, wherever it begins in it.

    Each letter stands for six bits, so those that share bits with a neighbour are left out.
    """
    runs = {}
    for before in range(3):
        text = base64.b64encode(bytes(before) + data)
        first, last = -(-8 * before // 6), 8 * (before + len(data)) // 6
        runs[f"base64 at {before}"] = text[first:last]
    return runs


def pixel_runs(jpeg: bytes, count: int = 5) -> dict[str, bytes]:
    """Runs of the entropy-coded data, which a lossless scrub keeps as they are."""
    start = jpeg.index(b"\xff\xda") + 200
    step = (len(jpeg) - start - RUN) // count
    places = [start + n * step for n in range(count)]
    return {f"pixels at {place}": jpeg[place : place + RUN] for place in places}
