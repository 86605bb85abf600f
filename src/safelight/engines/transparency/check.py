"""Check a receipt with nothing but its file and a key: no server, no database, no network.

`python -m safelight.engines.transparency.check FILE --key KEY [--log COPY]`; the same as
`safelight audit verify-receipt`. Exit code 0 when all is proven, 1 when something does not match,
2 when it could not be checked.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, Final

from safelight.engines.transparency.errors import (
    ShortLogCopyError,
    TransparencyError,
    VerifierKeyError,
)
from safelight.engines.transparency.log_copies import check_log_copy
from safelight.engines.transparency.receipts import (
    LARGEST_RECEIPT,
    Proven,
    Verified,
    verify_receipt,
)
from safelight.engines.transparency.statements import canonical, plain_statement
from safelight.engines.transparency.verifiers import parse_verifier_key
from safelight.vocabulary.errors import SafelightError

PROVEN, NOT_PROVEN, NOT_CHECKED = 0, 1, 2
COPIES: Final = "*.safelog"
_LARGEST_KEY: Final = 4096  # bytes


class CheckInputError(SafelightError):
    """A file that the check needs cannot be read; the sentence says which."""

    code: ClassVar[str] = "transparency-check-input"
    message: ClassVar[str] = "A file cannot be read."


def add_arguments(parser: argparse.ArgumentParser, *, needs_key: bool) -> None:
    """What to check and with what."""
    parser.add_argument("file", type=Path, metavar="FILE", help="the receipt")
    parser.add_argument(
        "--key",
        required=needs_key,
        metavar="KEY|FILE",
        help="the log's verifier key, or a file that holds it",
    )
    parser.add_argument(
        "--log",
        type=Path,
        metavar="FILE|DIRECTORY",
        help="a copy of the log, made by `safelight audit export-log`, or a directory of copies "
        f"({COPIES}); it may be newer than the receipt",
    )


def check(receipt: Path, key: str, log: Path | None) -> Iterator[str]:
    """Sentences about what is proven, one by one, until something does not match.

    Raises what `verify_receipt` and `check_log_copy` raise, and CheckInputError.
    """
    found = verify_receipt(read_receipt(receipt), key)
    yield from told(found)
    for copy in _copies(log) if log else ():
        try:
            with copy.open("rb") as stream:
                own = check_log_copy(stream, key, found)
        except OSError:
            raise CheckInputError("The copy of the log cannot be read.") from None
        yield f"The copy of the log ({copy.name}, {own.size} entries) is whole and agrees."


def told(found: Verified) -> Iterator[str]:
    """What a genuine receipt proves, in lines for a terminal. PHI: the statement's own words."""
    checkpoint = found.checkpoint
    yield f"The receipt is genuine: it was signed by {checkpoint.origin}."
    yield f"The log had {checkpoint.size} entries then; its root is {checkpoint.root.hex()}."
    yield f"The statement was recorded by {_entry(found.certifying)}."
    for item in found.also:
        yield f"It names {_entry(item)}."
    plain = plain_statement(found.statement)
    if plain is None:
        yield f"Statement: {_printable(canonical(found.statement).decode())}"
        return
    yield f"{_printable(plain.hospital)}, effective at {plain.effective_at.isoformat()}:"
    yield from (f"- {_printable(line)}" for line in plain.lines)


def read_receipt(path: Path) -> bytes:
    """The file's bytes, no more than tell that it is too large; CheckInputError."""
    return _read(path, LARGEST_RECEIPT, "receipt")


def read_key(given: str) -> str:
    """The verifier key that was given, or that stands in the file of this name."""
    try:
        parse_verifier_key(given)
    except VerifierKeyError:
        given = _read(Path(given), _LARGEST_KEY, "verifier key").decode(errors="replace").strip()
        parse_verifier_key(given)
    return given


def failure_code(error: SafelightError) -> int:
    """1 where what was checked does not match, 2 where it could not be checked."""
    unusable = (VerifierKeyError, ShortLogCopyError)
    is_found = isinstance(error, TransparencyError) and not isinstance(error, unusable)
    return NOT_PROVEN if is_found else NOT_CHECKED


def _entry(item: Proven) -> str:
    try:
        at = datetime.fromtimestamp(item.leaf.recorded_at // 1000, UTC).isoformat()
    except (ValueError, OverflowError, OSError):  # a time that no calendar has
        at = f"{item.leaf.recorded_at} ms after 1970 began"
    return f"entry {item.index} of the log: {item.leaf.tag}, {at} (event {item.leaf.event_id})"


def _printable(words: str) -> str:
    """Without what would move a terminal's cursor; letters that join others stay."""
    return "".join(letter if letter.isprintable() else " " for letter in words)


def _read(path: Path, most: int, what: str) -> bytes:
    """At most one byte more than is allowed, so that no file is too large to look at."""
    try:
        with path.open("rb") as stream:
            return stream.read(most + 1)
    except (OSError, ValueError):
        raise CheckInputError(f"The file of the {what} cannot be read.") from None


def _copies(log: Path) -> list[Path]:
    copies = sorted(log.glob(COPIES)) if log.is_dir() else [log]
    if not copies:
        raise CheckInputError(f"There is no copy of a log ({COPIES}) in the directory.")
    return copies


def main(arguments: Sequence[str] | None = None) -> int:
    """The program: prints sentences, and returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m safelight.engines.transparency.check",
        description="Check a receipt of a Safelight log, without server, database or network.",
    )
    add_arguments(parser, needs_key=True)
    args = parser.parse_args(arguments)
    try:
        for sentence in check(args.file, read_key(args.key), args.log):
            sys.stdout.write(f"{sentence}\n")
    except SafelightError as error:
        sys.stdout.flush()
        sys.stderr.write(f"{error.sentence}\n")
        return failure_code(error)
    return PROVEN


if __name__ == "__main__":
    sys.exit(main())
