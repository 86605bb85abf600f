"""What a browser may send in a form: words, and no file."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler


class NoFiles(FileUploadHandler):
    """Django's own limit leaves out files, so a form with one could be sent without an end.

    Pictures come by `clinic/uploads.py` alone; a file in a form is read past and kept nowhere.
    """

    def handle_raw_input(self, *told: Any, **_named: Any) -> None:  # noqa: ANN401 - Django's signature
        """Refuse a form that is too large before any of it is read."""
        _body, _headers, content_length, *_rest = told
        if content_length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Read past it."""

    def file_complete(self, _file_size: int) -> None:
        """Nothing was kept."""
