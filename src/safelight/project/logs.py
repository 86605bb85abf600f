"""How a log line tells of an exception: where it was, and nothing of what it said."""

import logging
import traceback
from types import TracebackType
from typing import TypeAlias

_Raised: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


class QuietFormatter(logging.Formatter):
    """Tracebacks with classes and places only.

    INVARIANT: what an exception says is never logged; it may quote what a person typed, or the row
    that a database refused.
    """

    def formatException(self, ei: _Raised) -> str:  # noqa: N802 - the name that logging calls
        raised, told = ei[1], []
        while raised is not None and raised not in told:
            told.append(raised)
            raised = raised.__cause__ or raised.__context__
        return "\nwhile it dealt with\n".join(_places(error) for error in told)


def _places(error: BaseException) -> str:
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{frames}{type(error).__module__}.{type(error).__qualname__}"
