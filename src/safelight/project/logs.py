"""What a log line tells: of an exception where it was, of another library's message whose it is, of a
request which page answered it.
"""

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
    that a database refused. Nor is what a parser says; it may quote a header. Nor is the address that
    was asked for: the letters of a link stand in it.
    """

    def format(self, record: logging.LogRecord) -> str:
        if record.name.partition(".")[0] not in OUR_OWN:
            record = logging.makeLogRecord(
                record.__dict__ | {"msg": f"({record.module}, line {record.lineno})", "args": None}
            )
        elif request := getattr(record, "request", None):
            record = logging.makeLogRecord(
                record.__dict__ | {"msg": _answered(record, request), "args": None}
            )
        return super().format(record)

    def formatException(self, ei: _Raised) -> str:  # noqa: N802 - the name that logging calls
        raised, told = ei[1], []
        while raised is not None and raised not in told:
            told.append(raised)
            raised = raised.__cause__ or raised.__context__
        return "\nwhile it dealt with\n".join(_places(error) for error in told)


def _answered(record: logging.LogRecord, request: object) -> str:
    """What Django says of an answer quotes the address, and headers as long as somebody sends them."""
    page = getattr(getattr(request, "resolver_match", None), "view_name", None)
    return f"{getattr(record, 'status_code', '')} at {page or 'no page'}".strip()


def _places(error: BaseException) -> str:
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{frames}{type(error).__module__}.{type(error).__qualname__}"
