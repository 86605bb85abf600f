"""A reader of TIFF directories (TIFF 6.0 §2), which EXIF uses too (CIPA DC-008 §4.6.2).

It is made for hostile input: it never raises on what it reads, follows no loop, and believes
no count that the bytes do not bear out.
"""

import struct
from dataclasses import dataclass

SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
INTEGERS = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 13: "I"}
RATIONALS = {5: "I", 10: "i"}
HEADER = 8
MOST_FIELDS = 1024
MOST_DIRECTORIES = 64
MOST_NUMBERS = 1 << 18


@dataclass(frozen=True, slots=True)
class Field:
    """One directory entry; `raw` is empty where the value lies outside the data."""

    tag: int
    kind: int
    order: str
    raw: memoryview

    def text(self) -> str:
        """The value as text, up to the first NUL, without surrounding space."""
        return bytes(self.raw[:1024]).split(b"\0")[0].decode("utf-8", "replace").strip()

    def integers(self, most: int) -> tuple[int, ...]:
        """The first `most` values as whole numbers; none if the field holds something else."""
        letter = INTEGERS.get(self.kind)
        if letter is None:
            return ()
        count = min(most, len(self.raw) // SIZES[self.kind])
        return struct.unpack_from(f"{self.order}{count}{letter}", self.raw)

    def rationals(self, most: int) -> tuple[float, ...]:
        """The first `most` values as fractions; none if one divides by zero or is none."""
        letter = RATIONALS.get(self.kind)
        if letter is None:
            return ()
        count = min(most, len(self.raw) // 8)
        parts = struct.unpack_from(f"{self.order}{2 * count}{letter}", self.raw)
        pairs = list(zip(parts[::2], parts[1::2], strict=True))
        return tuple(n / d for n, d in pairs) if all(d for _, d in pairs) else ()


@dataclass(frozen=True, slots=True)
class Directory:
    """The fields of one image file directory and the offset of the next, 0 for none."""

    fields: dict[int, Field]
    next: int

    def number(self, tag: int, default: int = 0) -> int:
        """The first whole number of a field, or `default`."""
        field = self.fields.get(tag)
        values = field.integers(1) if field else ()
        return values[0] if values else default

    def numbers(self, tag: int) -> tuple[int, ...]:
        """The whole numbers of a field, as many as a picture can have rows."""
        field = self.fields.get(tag)
        return field.integers(MOST_NUMBERS) if field else ()


@dataclass(frozen=True, slots=True)
class Tiff:
    """Bytes with a TIFF header: their byte order and where the first directory is."""

    data: memoryview
    order: str
    first: int

    def directory(self, offset: int) -> Directory | None:
        """The directory at `offset`, or None if there is none."""
        if not HEADER <= offset <= len(self.data) - 2:
            return None
        declared: int = struct.unpack_from(self.order + "H", self.data, offset)[0]
        room = (len(self.data) - offset - 2) // 12
        count = min(declared, room, MOST_FIELDS)
        fields = (self._field(offset + 2 + 12 * i) for i in range(count))
        end = offset + 2 + 12 * declared
        whole = end + 4 <= len(self.data)
        following = struct.unpack_from(self.order + "I", self.data, end)[0] if whole else 0
        return Directory({f.tag: f for f in fields}, following)

    def chain(self) -> list[Directory]:
        """The directories from the first on, each once, whatever loops they make."""
        seen: set[int] = set()
        found: list[Directory] = []
        offset = self.first
        while offset not in seen and len(found) < MOST_DIRECTORIES:
            seen.add(offset)
            directory = self.directory(offset)
            if directory is None:
                break
            found.append(directory)
            offset = directory.next
        return found

    def _field(self, at: int) -> Field:
        tag, kind, count = struct.unpack_from(self.order + "HHI", self.data, at)
        size = SIZES.get(kind, 1) * count
        start = at + 8
        if size > 4:  # noqa: PLR2004 - TIFF 6.0: what fits in four bytes stands in the entry
            start = struct.unpack_from(self.order + "I", self.data, at + 8)[0]
        raw = self.data[start : start + size] if start + size <= len(self.data) else self.data[:0]
        return Field(tag, kind, self.order, raw)


def open_tiff(data: memoryview) -> Tiff | None:
    """The TIFF structure of `data`, or None if it has no TIFF header."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(bytes(data[:4]))
    if order is None or len(data) < HEADER:
        return None
    return Tiff(data, order, struct.unpack_from(order + "I", data, 4)[0])
