"""Pictures that carry every kind of metadata we know of, each with canary strings in it.

All of them are made here, from a small gradient; nothing was photographed.
"""

import io
import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import piexif
from PIL import Image, ImageCms, PngImagePlugin
from tests.unit.engines.imaging.heic_file import box, heic

from safelight.engines.imaging.findings import FindingKind
from safelight.engines.imaging.icc import Profile
from safelight.engines.imaging.icc_writer import write_profile
from safelight.engines.imaging.png import make_chunk

CANARY = b"CANARY-Petra"


@dataclass(frozen=True)
class Case:
    """A picture, what scrubbing it must report, and whether its pixels can stay untouched."""

    name: str
    data: bytes
    kind: FindingKind | None
    lossless: bool = True

    def __str__(self):
        return self.name


def betrays(data):
    """Whether the canary can be read: plainly, as UTF-16, or in anything packed by zlib."""
    forms = [CANARY, CANARY.decode().encode("utf-16-be"), CANARY.decode().encode("utf-16-le")]
    packed = b"".join(
        _unpacked(data[m.start() :]) for m in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", data)
    )
    return any(form in whole for form in forms for whole in (data, packed))


def _unpacked(data):
    stream = zlib.decompressobj()
    try:
        return stream.decompress(data) + stream.unused_data
    except zlib.error:
        return b""


def gradient(mode="RGB", size=(48, 32)):
    width, height = size
    y, x = np.mgrid[0:height, 0:width]
    bands = np.stack([x * 255 // width, y * 255 // height, (x + y) % 256], -1).astype(np.uint8)
    picture = Image.fromarray(bands).convert(mode)
    if mode.endswith("A"):
        picture.putalpha(Image.fromarray(255 - bands[..., 0]))
    return picture


def jpeg(mode="RGB", size=(48, 32), **options):
    out = io.BytesIO()
    gradient(mode, size).save(out, "JPEG", **({"quality": 90} | options))
    return out.getvalue()


def png(mode="RGB", size=(48, 32), **options):
    out = io.BytesIO()
    gradient(mode, size).save(out, "PNG", **options)
    return out.getvalue()


def png16(size=(24, 16)):
    """A 16-bit RGB PNG, which Pillow cannot write."""
    rows = np.arange(size[0] * size[1] * 3, dtype=">u2").reshape(size[1], size[0] * 3) * 57
    raw = b"".join(b"\0" + row.tobytes() for row in rows)
    header = struct.pack(">IIBBBBB", *size, 16, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(raw)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(make_chunk(n, d) for n, d in chunks)


def segment(marker, payload):
    return bytes((0xFF, marker)) + struct.pack(">H", len(payload) + 2) + payload


def with_segments(data, *segments):
    """Segments put right after the start of the image."""
    return data[:2] + b"".join(segments) + data[2:]


def after_header(data, *chunks):
    """Chunks put right after IHDR."""
    return data[:33] + b"".join(make_chunk(n, d) for n, d in chunks) + data[33:]


def full_exif(orientation=6):
    zeroth, exif, gps = piexif.ImageIFD, piexif.ExifIFD, piexif.GPSIFD
    thumbnail = with_segments(jpeg(size=(16, 16)), segment(0xFE, CANARY + b"-thumbnail"))
    return piexif.dump({
        "0th": {
            zeroth.Make: CANARY, zeroth.Model: CANARY, zeroth.Artist: CANARY,
            zeroth.Copyright: CANARY, zeroth.ImageDescription: CANARY, zeroth.Software: CANARY,
            zeroth.HostComputer: CANARY, zeroth.Orientation: orientation,
            zeroth.XPAuthor: tuple(CANARY.decode().encode("utf-16-le")),
            zeroth.DateTime: b"2026:01:02 03:04:05",
        },
        "Exif": {
            exif.DateTimeOriginal: b"2026:01:02 03:04:05", exif.OffsetTimeOriginal: b"+01:00",
            exif.MakerNote: CANARY * 20, exif.UserComment: b"ASCII\0\0\0" + CANARY,
            exif.CameraOwnerName: CANARY, exif.BodySerialNumber: CANARY,
            exif.LensSerialNumber: CANARY, exif.ImageUniqueID: CANARY,
        },
        "GPS": {
            gps.GPSLatitudeRef: b"N", gps.GPSLatitude: ((51, 1), (30, 1), (1234, 100)),
            gps.GPSLongitudeRef: b"W", gps.GPSLongitude: ((0, 1), (7, 1), (3456, 100)),
            gps.GPSAreaInformation: CANARY,
        },
        "1st": {zeroth.Make: CANARY},
        "thumbnail": thumbnail,
    })  # fmt: skip


def common_profile_with_a_canary():
    """A profile equivalent to sRGB, but named after a person."""
    return write_profile(CANARY.decode(), Profile.SRGB.colorants, Profile.SRGB.curve)


def uncommon_profile():
    """Wide gamut primaries: linear ProPhoto, named after a person."""
    primaries = ((52276, 18876, 0), (8859, 46637, 0), (2055, 22, 54061))
    return write_profile(CANARY.decode(), primaries, (65536,))


def xmp(text=CANARY):
    return (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description exif:GPSLatitude="51,30N" '
        b'aux:SerialNumber="' + text + b'" dc:creator="' + text + b'"/></x:xmpmeta>'
    )


def iptc():
    records = b"".join(
        b"\x1c\x02" + bytes([number]) + struct.pack(">H", len(CANARY)) + CANARY
        for number in (5, 80, 90, 120)
    )
    resource = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(records)) + records
    return b"Photoshop 3.0\0" + resource


def between_scans():
    """A progressive JPEG with a comment between two of its scans."""
    data = jpeg(progressive=True)
    second = data.index(b"\xff\xda", data.index(b"\xff\xda") + 2)
    table = data.rindex(b"\xff\xc4", 0, second)
    return data[:table] + segment(0xFE, CANARY) + data[table:]


def after_last_scan():
    data = jpeg()
    return data[:-2] + segment(0xE5, CANARY) + segment(0xFE, CANARY) + b"\xff\xd9"


def jfif_thumbnail():
    pixels = CANARY * 4  # 48 bytes: 16 pixels of RGB
    data = jpeg()
    payload = b"JFIF\0\1\2\0\0\1\0\1\x04\x04" + pixels
    return data[:2] + segment(0xE0, payload) + data[20:]


def multi_picture():
    index = b"MPF\0MM\0*\0\0\0\x08\0\0"
    second = with_segments(jpeg(), segment(0xFE, CANARY))
    return with_segments(jpeg(), segment(0xE2, index)) + second


def motion_photo():
    film = b"\0\0\0\x18ftypmp42" + b"\0" * 12 + CANARY
    return jpeg() + film


J = FindingKind
JPEG_CASES = [
    Case("exif", jpeg(exif=full_exif()), J.GPS),
    Case("exif-upright", jpeg(exif=full_exif(1)), J.MAKER_NOTE),
    Case("exif-twice", with_segments(jpeg(), *[segment(0xE1, full_exif())] * 2), J.THUMBNAIL),
    Case("exif-stray", with_segments(
        jpeg(), segment(0xE1, b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0" + CANARY)), J.EXIF),
    Case("exif-garbage", with_segments(jpeg(), segment(0xE1, b"Exif\0\0" + CANARY)), J.EXIF),
    Case("xmp", with_segments(
        jpeg(), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp())), J.XMP),
    Case("xmp-extended", with_segments(
        jpeg(), segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + xmp())), J.XMP),
    Case("iptc", with_segments(jpeg(), segment(0xED, iptc())), J.IPTC),
    Case("comment", with_segments(jpeg(), segment(0xFE, CANARY)), J.COMMENT),
    Case("comment-of-html", with_segments(
        jpeg(), segment(0xFE, b"<html><script>alert(1)</script>" + CANARY)), J.COMMENT),
    Case("comment-between-scans", between_scans(), J.COMMENT),
    Case("segments-after-last-scan", after_last_scan(), J.OTHER),
    Case("jfif-thumbnail", jfif_thumbnail(), J.THUMBNAIL),
    Case("jfxx", with_segments(jpeg(), segment(0xE0, b"JFXX\0\x13" + CANARY)), J.THUMBNAIL),
    Case("multi-picture", multi_picture(), J.MULTI_PICTURE),
    Case("gain-map", with_segments(
        jpeg(), segment(0xE2, b"urn:iso:std:iso:ts:21496:-1\0" + CANARY)), J.GAIN_MAP),
    Case("content-credentials", with_segments(
        jpeg(), segment(0xEB, b"JP\0\1\0\0\0\1jumb" + CANARY)), J.PROVENANCE),
    Case("flashpix", with_segments(jpeg(), segment(0xE2, b"FPXR\0" + CANARY)), J.OTHER),
    *(Case(f"app{n}", with_segments(jpeg(), segment(0xE0 + n, CANARY)), J.OTHER)
      for n in range(16)),
    Case("adobe-with-more", with_segments(
        jpeg(), segment(0xEE, b"Adobe\0\x64\0\0\0\0\1" + CANARY)), J.OTHER),
    Case("motion-photo", motion_photo(), J.TRAILING_DATA),
    Case("trailing-archive", jpeg() + b"PK\3\4" + CANARY, J.TRAILING_DATA),
    Case("trailing-page", jpeg() + b"<html>" + CANARY, J.TRAILING_DATA),
    Case("common-profile", jpeg(icc_profile=common_profile_with_a_canary()), None),
    Case("damaged-profile", with_segments(
        jpeg(), segment(0xE2, b"ICC_PROFILE\0\1\2" + CANARY)), J.ICC_UNKNOWN),
    Case("grey-with-colour-profile", jpeg("L", icc_profile=common_profile_with_a_canary()),
         J.ICC_UNKNOWN),
    Case("uncommon-profile", jpeg(icc_profile=uncommon_profile()), J.ICC_UNKNOWN, lossless=False),
    Case("grey", jpeg("L", comment=CANARY), J.COMMENT),
    Case("cmyk", jpeg("CMYK", comment=CANARY), J.COMMENT, lossless=False),
    Case("progressive", jpeg(progressive=True, exif=full_exif(8)), J.GPS),
    Case("restarts", jpeg(restart_marker_blocks=2, comment=CANARY), J.COMMENT),
    Case("chroma-full", jpeg(subsampling=0, exif=full_exif(3)), J.GPS),
    Case("rgb-components", jpeg(keep_rgb=True, comment=CANARY), J.COMMENT),
    Case("fill-bytes", jpeg()[:2] + b"\xff\xff\xff" + segment(0xFE, CANARY) + jpeg()[2:],
         J.COMMENT),
]  # fmt: skip


def text_png():
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", CANARY.decode())
    info.add_text("Comment", CANARY.decode() * 9, zip=True)
    info.add_itxt("Title", CANARY.decode(), "de", "Titel")
    info.add_itxt("XML:com.adobe.xmp", xmp().decode())
    return png(pnginfo=info)


def animated_png():
    out = io.BytesIO()
    second = Image.new("RGB", (48, 32), (67, 65, 78))
    gradient().save(out, "PNG", save_all=True, append_images=[second])
    return after_header(out.getvalue(), (b"prVt", CANARY))


def long_image_data(extra: Callable[[bytes], bytes]):
    """A PNG whose image data go on after the last row, as cropping tools have left them."""
    header = struct.pack(">IIBBBBB", 8, 4, 8, 0, 0, 0, 0)
    rows = b"".join(b"\0" + bytes(range(y, y + 8)) for y in range(4))
    chunks = ((b"IHDR", header), (b"IDAT", extra(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(make_chunk(n, d) for n, d in chunks)


PNG_CASES = [
    Case("text", text_png(), J.TEXT),
    Case("raw-profile", after_header(
        png(), (b"tEXt", b"Raw profile type exif\0" + CANARY)), J.TEXT),
    Case("time", after_header(png(), (b"tIME", b"\x07\xea\1\2\3\4\5"), (b"prVt", CANARY)),
         J.TIMESTAMP),
    Case("png-exif", after_header(png(), (b"eXIf", full_exif()[6:])), J.GPS),
    Case("private", after_header(png(), (b"prVt", CANARY)), J.OTHER),
    Case("png-credentials", after_header(png(), (b"caBX", CANARY)), J.PROVENANCE),
    Case("suggested-palette", after_header(png(), (b"sPLT", CANARY + b"\0\x08")), J.OTHER),
    Case("animated", animated_png(), J.ANIMATION),
    Case("png-trailing", png() + CANARY, J.TRAILING_DATA),
    Case("png-common-profile", png(icc_profile=common_profile_with_a_canary()), None),
    Case("png-uncommon-profile", png(icc_profile=uncommon_profile()), J.ICC_UNKNOWN,
         lossless=False),
    Case("palette", after_header(png("P"), (b"prVt", CANARY)), J.OTHER),
    Case("palette-transparent", png("P", transparency=3) + CANARY, J.TRAILING_DATA),
    Case("one-bit", png("1") + CANARY, J.TRAILING_DATA),
    Case("grey-alpha", png("LA") + CANARY, J.TRAILING_DATA),
    Case("alpha", png("RGBA") + CANARY, J.TRAILING_DATA),
    Case("sixteen-bit", png16() + CANARY, J.TRAILING_DATA),
    Case("colour-chunks", after_header(
        png(), (b"gAMA", b"\0\0\xb1\x8f"), (b"sRGB", b"\0"), (b"prVt", CANARY)), J.OTHER),
    Case("after-the-rows", long_image_data(lambda rows: zlib.compress(rows + CANARY, 0)), None),
    Case("after-the-stream", long_image_data(lambda rows: zlib.compress(rows) + CANARY), None),
]  # fmt: skip


def other(form, mode="RGB", **options):
    out = io.BytesIO()
    gradient(mode).save(out, form, **options)
    return out.getvalue()


def pages():
    second = Image.new("RGB", (8, 8))
    return other("TIFF", save_all=True, append_images=[second], description=CANARY.decode())


def sixteen_bit_tiff():
    out = io.BytesIO()
    deep = np.arange(48 * 32, dtype=np.uint16).reshape(32, 48) * 42
    Image.fromarray(deep).save(out, "TIFF", description=CANARY.decode())
    return out.getvalue()


def lab_profile():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()


REWRITTEN_CASES = [
    Case("webp", other("WEBP", exif=full_exif(), xmp=xmp()), J.GPS, lossless=False),
    Case("webp-lossless", other("WEBP", lossless=True, exif=full_exif()), J.GPS, lossless=False),
    Case("webp-alpha", other("WEBP", "RGBA", exif=full_exif()), J.GPS, lossless=False),
    Case("webp-animated", other("WEBP", save_all=True, append_images=[gradient("L")],
                                xmp=xmp()), J.ANIMATION, lossless=False),
    Case("heic", heic(gradient(), exif=full_exif(), xmp=xmp()), J.GPS, lossless=False),
    Case("heic-turned", heic(gradient(), exif=full_exif()[6:], turns=1), J.OWNER, lossless=False),
    Case("heic-p3", heic(gradient(), xmp=xmp(), primaries=12), J.XMP, lossless=False),
    Case("heic-profile", heic(gradient(), icc=uncommon_profile(), xmp=xmp()), J.SERIAL_NUMBER,
         lossless=False),
    Case("heic-film", heic(gradient()) + box(b"mpvd", CANARY), J.OTHER, lossless=False),
    Case("heic-trailing", heic(gradient()) + CANARY, J.TRAILING_DATA, lossless=False),
    Case("tiff", other("TIFF", description=CANARY.decode(), artist=CANARY.decode()), J.OWNER,
         lossless=False),
    Case("tiff-jpeg", other("TIFF", compression="jpeg", artist=CANARY.decode()), J.OWNER,
         lossless=False),
    Case("tiff-deflate", other("TIFF", compression="tiff_adobe_deflate",
                               description=CANARY.decode()), J.COMMENT, lossless=False),
    Case("tiff-pages", pages(), J.MULTI_PICTURE, lossless=False),
    Case("tiff-16", sixteen_bit_tiff(), J.COMMENT, lossless=False),
    Case("tiff-cmyk", other("TIFF", "CMYK", artist=CANARY.decode()), J.OWNER, lossless=False),
    Case("tiff-1", other("TIFF", "1", artist=CANARY.decode()), J.OWNER, lossless=False),
    Case("tiff-palette", other("TIFF", "P", artist=CANARY.decode()), J.OWNER, lossless=False),
]  # fmt: skip

LOSSLESS_CASES = [c for c in (*JPEG_CASES, *PNG_CASES) if c.lossless]
ALL_CASES = [*JPEG_CASES, *PNG_CASES, *REWRITTEN_CASES]
