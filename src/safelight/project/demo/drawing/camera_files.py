"""Pictures as files the way cameras and phones write them, with everything that intake must scrub."""

from datetime import datetime
from io import BytesIO
from struct import pack, unpack_from

import numpy as np
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

from .picture import draw
from .specs import BodyPicture, Camera, Lesion, Skin

Base, Gps = ExifTags.Base, ExifTags.GPS
THUMBNAIL = (160, 120)


def as_camera_jpeg(
    image: Image.Image,
    *,
    taken_at: datetime,
    make: str = "Demo Optics",
    model: str = "Ward Camera 12",
    serial: str = "DW12-004217",
    owner: str = "Demo Hospital, medical photography",
    position: tuple[float, float] | None = None,
    quality: int = 90,
) -> bytes:
    """`image` as a JPEG with the metadata a camera adds (Exif 2.32), thumbnail and all.

    `position` is latitude and longitude in degrees; a phone knows it, most cameras do not.
    """
    exif = _exif(image.size, taken_at, make, model, serial, owner)
    if position is not None:
        exif[ExifTags.IFD.GPSInfo] = _gps(position, taken_at)
    out = BytesIO()
    whole = _with_thumbnail(exif.tobytes(), _thumbnail(image))
    image.save(out, "JPEG", quality=quality, subsampling="4:2:0", exif=whole, comment=b"OK")
    return out.getvalue()


def _exif(
    size: tuple[int, int], taken_at: datetime, make: str, model: str, serial: str, owner: str
) -> Image.Exif:
    stamp = taken_at.strftime("%Y:%m:%d %H:%M:%S")
    exif = Image.Exif()
    exif[Base.Make], exif[Base.Model], exif[Base.Software] = make, model, f"{model} 1.4"
    exif[Base.Artist], exif[Base.Copyright] = owner, owner
    exif[Base.DateTime], exif[Base.Orientation] = stamp, 1
    exif[ExifTags.IFD.Exif] = {
        Base.ExifVersion: b"0232",
        Base.DateTimeOriginal: stamp,
        Base.DateTimeDigitized: stamp,
        Base.OffsetTimeOriginal: taken_at.strftime("%z")[:3] + ":00"
        if taken_at.tzinfo
        else "+00:00",
        Base.ExposureTime: IFDRational(1, 125),
        Base.FNumber: 8.0,
        Base.ISOSpeedRatings: 200,
        Base.FocalLength: 60.0,
        Base.ExifImageWidth: size[0],
        Base.ExifImageHeight: size[1],
        Base.CameraOwnerName: owner,
        Base.BodySerialNumber: serial,
        Base.LensModel: "Macro 60 mm",
        Base.LensSerialNumber: f"L-{serial}",
        Base.ImageUniqueID: f"{abs(hash_text(serial + stamp)):032x}",
        Base.MakerNote: _maker_note(serial, owner),
    }
    return exif


def hash_text(text: str) -> int:
    """A steady number for a text (Python's own hash differs from run to run)."""
    return int.from_bytes(text.encode()[-15:], "big")


def _maker_note(serial: str, owner: str) -> bytes:
    """A block of the maker's own: opaque to readers, and full of things that identify."""
    return b"DEMOOPT\x00\x01\x00" + f"serial={serial};owner={owner};shutter=48211;".encode().ljust(
        256, b"\x00"
    )


def _gps(position: tuple[float, float], taken_at: datetime) -> dict[int, object]:
    latitude, longitude = position
    return {
        Gps.GPSVersionID: b"\x02\x03\x00\x00",
        Gps.GPSLatitudeRef: "N" if latitude >= 0 else "S",
        Gps.GPSLatitude: _degrees(latitude),
        Gps.GPSLongitudeRef: "E" if longitude >= 0 else "W",
        Gps.GPSLongitude: _degrees(longitude),
        Gps.GPSAltitudeRef: b"\x00",
        Gps.GPSAltitude: 48.0,
        Gps.GPSDateStamp: taken_at.strftime("%Y:%m:%d"),
    }


def _degrees(angle: float) -> tuple[float, float, float]:
    minutes, seconds = divmod(abs(angle) * 3600, 60)
    degrees, minutes = divmod(minutes, 60)
    return degrees, minutes, round(seconds, 2)


def _thumbnail(image: Image.Image) -> bytes:
    out = BytesIO()
    image.reduce(max(1, image.width // 320)).resize(THUMBNAIL).save(out, "JPEG", quality=70)
    return out.getvalue()


def _with_thumbnail(exif: bytes, thumbnail: bytes) -> bytes:
    """Append IFD1 with a JPEG thumbnail (Exif 2.32, section 4.5.4): Pillow writes IFD0 only."""
    head, tiff = exif[:6], bytearray(exif[6:])
    order = "<" if tiff[:2] == b"II" else ">"
    (first,) = unpack_from(order + "I", tiff, 4)
    (count,) = unpack_from(order + "H", tiff, first)
    link, start = first + 2 + count * 12, len(tiff) + len(tiff) % 2
    tiff.extend(b"\x00" * (start - len(tiff)))
    tiff[link : link + 4] = pack(order + "I", start)
    entries = ((Base.Compression, 3, 6), (Base.JpegIFOffset, 4, start + 2 + 36 + 4))
    tiff += pack(order + "H", 3)
    for tag, kind, value in (*entries, (Base.JpegIFByteCount, 4, len(thumbnail))):
        # A short sits at the left of its four bytes, so it is not packed like a long.
        tiff += pack(order + ("HHIHxx" if kind == 3 else "HHII"), tag, kind, 1, value)
    return head + bytes(tiff) + b"\x00" * 4 + thumbnail


def big_photograph(megapixels: float = 12, target_bytes: int = 4_000_000, seed: int = 1) -> bytes:
    """A JPEG with the pixels, the size in bytes and the metadata of a camera's, for benchmarks."""
    height = round((megapixels * 1e6 / (4 / 3)) ** 0.5 / 16) * 16
    size = (round(height * 4 / 3 / 16) * 16, height)
    large = _grained(_small_original(seed).resize(size, Image.Resampling.BICUBIC), seed)
    moment = datetime.fromisoformat("2025-01-15T10:00:00+00:00")
    return as_camera_jpeg(
        large, taken_at=moment, position=(51.4778, -0.0015), quality=_quality(large, target_bytes)
    )


def _small_original(seed: int) -> Image.Image:
    spec = BodyPicture(
        framing="forearm",
        skin=Skin(tone=1 + seed % 8, seed=seed),
        lesion=Lesion(kind="wound", radius=1.5, seed=seed),
        camera=Camera(width=16),
        ruler=True,
    )
    return draw(spec, (1200, 900))


def _grained(image: Image.Image, seed: int) -> Image.Image:
    """Sensor noise at full resolution, without which a large JPEG would be improbably small."""
    tile = np.random.default_rng(seed).normal(0, 5, (512, 512)).astype(np.int8)
    rows, columns = -(-image.height // 512), -(-image.width // 512)
    grain = np.tile(tile, (rows, columns))[: image.height, : image.width, None]
    pixels = np.asarray(image).astype(np.int16) + grain
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def _quality(image: Image.Image, target_bytes: int) -> int:
    """The JPEG quality that comes nearest to `target_bytes`, judged by four strips of the image."""
    strip = max(16, image.height // 64 * 4 // 16 * 16)
    tops = [image.height * k // 8 for k in (1, 3, 4, 6)]
    sample = Image.new("RGB", (image.width, strip * len(tops)))
    for k, top in enumerate(tops):
        sample.paste(image.crop((0, top, image.width, top + strip)), (0, k * strip))
    share = sample.height / image.height
    return min(range(60, 98), key=lambda q: abs(_bytes(sample, q) / share - target_bytes))


def _bytes(image: Image.Image, quality: int) -> int:
    out = BytesIO()
    image.save(out, "JPEG", quality=quality, subsampling="4:2:0")
    return out.tell()
