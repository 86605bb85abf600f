"""A picture's bytes for a screen or a speaker. Whatever goes wrong is the same empty 404."""

import logging
from collections.abc import Callable

from django.http import HttpResponse

from safelight.release.errors import AccessRefusedError
from safelight.release.opened import Opened
from safelight.vocabulary.errors import SafelightError
from safelight.web.clinic.byte_path import HEADERS

logger = logging.getLogger("safelight.bytes")


def picture_response(opens: Callable[[], Opened]) -> HttpResponse:
    """What `opens` gives through the gate, to be kept by nobody."""
    opened = _opened(opens)
    if opened is None:
        response = HttpResponse(status=404)
        del response["Content-Type"]
    else:
        response = HttpResponse(opened.content, content_type=opened.media_type)
    for name, value in HEADERS:
        response[name] = value
    return response


def _opened(opens: Callable[[], Opened]) -> Opened | None:
    try:
        return opens()
    except AccessRefusedError:
        return None
    except SafelightError as error:
        logger.error("a picture could not be opened: %s", error.code)
        return None
