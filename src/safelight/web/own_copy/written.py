"""Staff answer a written request for a copy of everything: what both of their pages share."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext as _

from safelight.consent.selectors.proposals import language_of
from safelight.people.asker import Asker
from safelight.release.errors import CopyRunningError, RequestRefusedError
from safelight.release.written_requests import LONGEST_NOTE, on_written_request
from safelight.vocabulary.consent_forms import LANGUAGES
from safelight.web.own_copy.responding import stream_copy

USUAL = "en"


def answer(request: HttpRequest, asker: Asker, patient: UUID) -> StreamingHttpResponse | str:
    """The archive, or in one sentence why not. AccessRefusedError for who may not answer."""
    language = request.POST.get("language", "")
    language = language if language in LANGUAGES else language_of(patient) or USUAL
    try:
        asked = on_written_request(asker, patient, request.POST.get("identified_by", ""), language)
        return stream_copy(request, asked, asker.session_key)
    except (RequestRefusedError, CopyRunningError) as error:
        return _(error.sentence)


def form_context(request: HttpRequest, language: str = "") -> dict[str, Any]:
    """What was typed, and what may be chosen."""
    return {
        "identified_by": request.POST.get("identified_by", ""),
        "longest_note": LONGEST_NOTE,
        "languages": LANGUAGES,
        "language": request.POST.get("language", "") or language or USUAL,
    }
