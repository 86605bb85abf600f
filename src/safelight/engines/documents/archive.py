"""A ZIP archive (APPNOTE 6.3.10) written piece by piece, for a reader that cannot be sought in.

Each entry stands in memory whole and no longer than until it is handed on, so its header tells
size and checksum in front: readers that take a stored entry as it comes, as phones do, can open it.
"""

import re
from datetime import datetime
from io import BytesIO
from typing import Final
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from safelight.engines.documents.errors import UnfitContentError

# What names are made of: no way leads out of the folder that an archive is unpacked in (zip slip).
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9-]*)*\.[a-z0-9]{1,5}")
_EARLIEST: Final = 1980
_READABLE_BY_OWNER: Final = 0o100600


class _Window(BytesIO):
    """The part of the archive that was not handed on yet; places count from the archive's start."""

    def __init__(self) -> None:
        super().__init__()
        self._handed_on = 0

    def tell(self) -> int:
        return self._handed_on + super().tell()

    def seek(self, place: int, whence: int = 0) -> int:
        """ValueError for a place that was handed on already."""
        return super().seek(place - self._handed_on, whence) + self._handed_on

    def hand_on(self) -> bytes:
        content = self.getvalue()
        self._handed_on += len(content)
        super().seek(0)
        self.truncate()
        return content


class Archive:
    """Entries go in one by one; `add` and `end` give the bytes that follow.

    Nothing is compressed: pictures are already, and what is said of them is small. `made_at` is
    the time that every entry bears.
    """

    def __init__(self, made_at: datetime) -> None:
        self._window = _Window()
        self._zip = ZipFile(self._window, "w", ZIP_STORED)
        self._names: set[str] = set()
        self._stamp = made_at.timetuple()[:6]

    def add(self, name: str, content: bytes) -> bytes:
        """One more entry. UnfitContentError for a name that is no plain one, or comes twice."""
        if not _NAME.fullmatch(name) or name in self._names or self._stamp[0] < _EARLIEST:
            raise UnfitContentError
        self._names.add(name)
        entry = ZipInfo(name, self._stamp)
        entry.external_attr = _READABLE_BY_OWNER << 16
        self._zip.writestr(entry, content)
        return self._window.hand_on()

    def end(self) -> bytes:
        """The list of all entries. An archive without it was cut, and opens nowhere as whole."""
        self._zip.close()
        return self._window.hand_on()
