"""The copy of everything on its way out: streamed, one at a time for each reader, kept nowhere."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from safelight.consent.visits import Reader
from safelight.people.limits import begin_alone, end_alone, go_on_alone
from safelight.release.errors import CopyRunningError
from safelight.release.own_copy import begin_copy
from safelight.web.own_copy.contents import everything

BUCKET: Final = "own-copy"
LASTING: Final = timedelta(minutes=2)
_TELL_EVERY: Final = 30.0


class Running:
    """The pieces of a copy that is under way; closed when it is done, or when the client hangs up.

    The server closes it either way (PEP 3333), also before the first piece was asked for.
    """

    def __init__(self, pieces: Iterator[bytes], key: str) -> None:
        self._pieces = pieces
        self._key = key
        self._told_at = time.monotonic()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if time.monotonic() - self._told_at > _TELL_EVERY:
            self._told_at = time.monotonic()
            go_on_alone(BUCKET, self._key, lasting=LASTING)
        return next(self._pieces)

    def close(self) -> None:
        end_alone(BUCKET, self._key)


def stream_copy(request: HttpRequest, reader: Reader, key: str) -> StreamingHttpResponse:
    """Everything of the reader's, as a ZIP archive. `key` stands for the visit or the session.

    Raises CopyRunningError while one is under way; AccessRefusedError or KeyMissingError before
    anything is sent.
    """
    if not begin_alone(BUCKET, key, lasting=LASTING):
        raise CopyRunningError
    try:
        pieces = everything(begin_copy(reader), request.build_absolute_uri("/"))
    except BaseException:
        end_alone(BUCKET, key)
        raise
    response = StreamingHttpResponse(Running(pieces, key), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{_file_name()}"'
    return response


def _file_name() -> str:
    """In the reader's words where they are plain letters; a name that tells nobody whose it is."""
    words = slugify(_("copy of everything"))
    return f"{words or 'copy-of-everything'}.zip"
