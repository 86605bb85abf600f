"""What a browser may send in a form: words, and no file but where a page asks for a small one."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler, MemoryFileUploadHandler
from django.http import HttpRequest


class NoFiles(FileUploadHandler):
    """Django's own limit leaves out files, so a form with one could be sent without an end.

    Pictures come by `clinic/uploads.py` alone; a file in a form is read past and kept nowhere.
    """

    def handle_raw_input(self, *told: Any, **_named: Any) -> None:  # noqa: ANN401 - Django's signature
        """Refuse a form that is too large before any of it is read."""
        _refuse_large(*told)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Read past it."""

    def file_complete(self, _file_size: int) -> None:
        """Nothing was kept."""


class SmallFiles(MemoryFileUploadHandler):
    """Files in memory, for as long as the request and never on a disk, where a page wants one."""

    def handle_raw_input(self, *told: Any, **_named: Any) -> None:  # noqa: ANN401 - Django's signature
        """Take files of any form that is small enough as a whole."""
        _refuse_large(*told)
        self.activated = True


def is_large(request: HttpRequest) -> bool:
    """Whether a form says of itself that it is larger than any that is read."""
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    return not length.isdecimal() or int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def _refuse_large(*told: Any) -> None:  # noqa: ANN401 - as above
    _body, _headers, content_length, *_rest = told
    if content_length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise RequestDataTooBig
