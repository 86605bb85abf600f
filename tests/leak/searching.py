"""Looking for bytes: in every file of a directory, and in every value of a database."""

import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

Needles = Mapping[str, bytes]
GZIP_OR_ZLIB = 47  # zlib's window bits for either header


def search_files(directory: Path, needles: Needles) -> list[str]:
    """Which needle lies in which file, in clear or compressed; the whole tree, hidden files too."""
    found = []
    for path in sorted(directory.rglob("*")):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            found += [f"{name}: {path}" for name in inside(content, needles)]
            found += [f"{name}: name of {path}" for name in inside(str(path).encode(), needles)]
    return found


def inside(content: bytes, needles: Needles) -> list[str]:
    """Which needles lie in the content, or in what it becomes when it is unpacked."""
    parts = [content, *_unpacked(content)]
    return [name for name, needle in needles.items() if any(needle in part for part in parts)]


def _unpacked(content: bytes) -> Iterator[bytes]:
    for magic in (b"\x1f\x8b\x08", b"\x78\x9c", b"\x78\xda"):
        if content.startswith(magic):
            try:
                yield zlib.decompressobj(GZIP_OR_ZLIB).decompress(content)
            except zlib.error:
                return


def search_rows(database: Path, needles: Needles) -> list[str]:
    """Which needle lies in which column: every value of every table, as whoever holds the file."""
    found = []
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        for table, column, value in values(connection):
            found += [
                f"{name}: {database.name} {table}.{column}" for name in inside(value, needles)
            ]
    return sorted(set(found))


def values(connection: sqlite3.Connection) -> Iterator[tuple[str, str, bytes]]:
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (table,) in tables:
        rows = connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - the schema's own name
        columns = [column for column, *_ in rows.description]
        for row in rows:
            for column, value in zip(columns, row, strict=True):
                if value is not None:
                    yield table, column, value if isinstance(value, bytes) else str(value).encode()
