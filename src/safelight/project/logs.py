"""What a log line tells: of an exception where it was, of another library's message whose it is."""

import logging
import traceback
from types import TracebackType
from typing import TypeAlias

_Raised: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


# Whose sentences are known to us. What any other library says may quote the file that it reads.
OUR_OWN = frozenset({"safelight", "django"})


class QuietFormatter(logging.Formatter):
    """Tracebacks with classes and places only, and no sentence of a library that reads files.

    INVARIANT: what an exception says is never logged; it may quote what a person typed, or the row
    that a database refused. Nor is what a parser says; it may quote a header.
    """

    def format(self, record: logging.LogRecord) -> str:
        if record.name.partition(".")[0] not in OUR_OWN:
            record = logging.makeLogRecord(
                record.__dict__ | {"msg": f"({record.module}, line {record.lineno})", "args": None}
            )
        return super().format(record)

    def formatException(self, ei: _Raised) -> str:  # noqa: N802 - the name that logging calls
        raised, told = ei[1], []
        while raised is not None and raised not in told:
            told.append(raised)
            raised = raised.__cause__ or raised.__context__
        return "\nwhile it dealt with\n".join(_places(error) for error in told)


def _places(error: BaseException) -> str:
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{frames}{type(error).__module__}.{type(error).__qualname__}"
