"""Writes the few colour profiles (ICC.1:2022) that Safelight lets stand beside pixels."""

import struct

HEADER = 128
FIXED = 65536  # s15Fixed16Number, ICC.1 §4.6
D50 = (63190, 65536, 54061)
BRADFORD_D65_TO_D50 = (68674, 1502, -3291, 1939, 64912, -1119, -606, 988, 49262)


def write_profile(
    label: str, colorants: tuple[tuple[int, int, int], ...], curve: tuple[int, ...]
) -> bytes:
    """A version 4.3 display profile with nothing in it but colour. Same input, same bytes."""
    tags = {
        b"desc": _text(label),
        b"cprt": _text("No rights reserved"),
        b"wtpt": _xyz_tag(D50),
        b"chad": b"sf32\0\0\0\0" + struct.pack(">9i", *BRADFORD_D65_TO_D50),
    }
    response = b"para\0\0\0\0" + struct.pack(">HH", 3 if len(curve) > 1 else 0, 0)
    response += struct.pack(f">{len(curve)}i", *curve)
    for name, colorant in zip((b"rXYZ", b"gXYZ", b"bXYZ"), colorants, strict=False):
        tags[name] = _xyz_tag(colorant)
    for name in (b"rTRC", b"gTRC", b"bTRC") if colorants else (b"kTRC",):
        tags[name] = response
    table, body = _layout(tags)
    size = HEADER + len(table) + len(body)
    return _header(size, b"RGB " if colorants else b"GRAY") + table + body


def _header(size: int, space: bytes) -> bytes:
    made = struct.pack(">6H", 2024, 1, 1, 0, 0, 0)
    return (
        struct.pack(">I4sI4s4s4s", size, b"", 0x04300000, b"mntr", space, b"XYZ ")
        + made
        + b"acsp"
        + bytes(28)  # platform, flags, manufacturer, model, attributes, intent: all unsaid
        + struct.pack(">3i", *D50)
        + bytes(48)  # creator, profile id, reserved
    )


def _layout(tags: dict[bytes, bytes]) -> tuple[bytes, bytes]:
    """The tag table and the tag data, equal data stored once, each on a 4-byte boundary."""
    start = HEADER + 4 + 12 * len(tags)
    offsets: dict[bytes, int] = {}
    body = b""
    table = struct.pack(">I", len(tags))
    for name, value in tags.items():
        if value not in offsets:
            offsets[value] = start + len(body)
            body += value + bytes(-len(value) % 4)
        table += struct.pack(">4sII", name, offsets[value], len(value))
    return table, body


def _text(text: str) -> bytes:
    """A multiLocalizedUnicodeType of one record, en-US (ICC.1 §10.15)."""
    encoded = text.encode("utf-16-be")
    return b"mluc\0\0\0\0" + struct.pack(">II4sII", 1, 12, b"enUS", len(encoded), 28) + encoded


def _xyz_tag(values: tuple[int, int, int]) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *values)
