"""The door for pictures: one request per connection, asked again until the picture is safe.

The body is read in pieces and never by Django; nothing of it is kept outside the vault. Errors
are JSON, for the page that still holds the picture.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.views.decorators.http import require_http_methods, require_POST

from safelight.capture.errors import MalformedPromiseError, OffsetConflictError
from safelight.capture.rules import Promise, read_details
from safelight.capture.selectors import Answer, AnswerState, safe_offset
from safelight.capture.selectors import upload_states as states_of
from safelight.capture.services.receiving import receive
from safelight.people.asker import Asker
from safelight.vocabulary.errors import SafelightError
from safelight.web.doors import clinical
from safelight.web.refusals import not_found

PIECE_SIZE = 256 * 1024
MOST_STATES = 100
# RFC 9530, section 3: a dictionary of digests of the whole representation.
DIGEST = re.compile(r"(?:^|[,\s])sha-256=:([A-Za-z0-9+/=]*):")

STATUS = {
    "imaging.too-large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "imaging.too-many-pixels": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "imaging.unsupported-type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "consent-to-take-missing": HTTPStatus.UNPROCESSABLE_ENTITY,
    "consent-to-take-refused": HTTPStatus.UNPROCESSABLE_ENTITY,
    "emergency-reason-missing": HTTPStatus.UNPROCESSABLE_ENTITY,
    "patient-not-found": HTTPStatus.NOT_FOUND,
    "session-locked": HTTPStatus.LOCKED,
    "store-full": HTTPStatus.INSUFFICIENT_STORAGE,
    "upload-conflict": HTTPStatus.CONFLICT,
    "upload-digest": HTTPStatus.UNPROCESSABLE_ENTITY,
    "upload-malformed": HTTPStatus.UNPROCESSABLE_ENTITY,
    "upload-not-found": HTTPStatus.NOT_FOUND,
    "upload-offset": HTTPStatus.CONFLICT,
    "upload-taken-over": HTTPStatus.CONFLICT,
    "written-consent-missing": HTTPStatus.UNPROCESSABLE_ENTITY,
}


def nothing_here(request: HttpRequest, **_kwargs: Any) -> HttpResponse:  # noqa: ANN401 - any address
    """For addresses that are only the beginning of others, or are answered elsewhere."""
    return not_found(request)


@require_http_methods(["PUT", "HEAD"])
@clinical
def upload(request: HttpRequest, asker: Asker, patient: UUID, upload: UUID) -> HttpResponse:
    """HEAD: how much is safely here. PUT: what follows `Upload-Offset`, up to `Upload-Length`."""
    try:
        if request.method == "HEAD":
            return HttpResponse(headers=_offset(safe_offset(asker, patient, upload)))
        promise = _promise(request, patient, upload)
        offset = _number(request, "Upload-Offset", "0")
        return _told(receive(asker, promise, offset, _pieces(request)))
    except SafelightError as error:
        return _refused(error)


@require_POST
@clinical
def upload_states(request: HttpRequest, asker: Asker) -> HttpResponse:
    """Where the asker's own uploads stand. Asked by the page itself: keeps no session awake."""
    try:
        states = states_of(asker, _wanted(request))
    except SafelightError as error:
        return _refused(error)
    return JsonResponse({str(upload): _body(answer) for upload, answer in states.items()})


def _promise(request: HttpRequest, patient: UUID, upload: UUID) -> Promise:
    return Promise(
        upload=upload,
        patient=patient,
        size=_number(request, "Upload-Length"),
        sha256=_digest(request.headers.get("Repr-Digest", "")),
        details=read_details(request.headers.get("Safelight-Details", "")),
    )


def _number(request: HttpRequest, header: str, default: str = "") -> int:
    text = request.headers.get(header, default)
    if not (text.isascii() and text.isdigit() and len(text) < len("1" + "0" * 15)):
        raise MalformedPromiseError
    return int(text)


def _digest(header: str) -> bytes:
    found = DIGEST.search(header)
    try:
        return base64.b64decode(found[1], validate=True) if found else b""
    except binascii.Error as error:
        raise MalformedPromiseError from error


def _pieces(request: HttpRequest) -> Iterator[bytes]:
    """The body as it arrives. A connection that drops ends it early, and that is no error."""
    try:
        while piece := request.read(PIECE_SIZE):
            yield piece
    except UnreadablePostError:
        return


def _wanted(request: HttpRequest) -> list[UUID]:
    try:
        wanted = [UUID(item) for item in json.loads(request.body)["uploads"]]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise MalformedPromiseError("These uploads were not asked for in a known way.") from error
    if len(wanted) > MOST_STATES:
        raise MalformedPromiseError(f"Ask for at most {MOST_STATES} uploads at a time.")
    return wanted


def _told(answer: Answer) -> HttpResponse:
    if answer.state is AnswerState.REFUSED:
        body = {"code": answer.code, "sentence": answer.sentence}
        return JsonResponse(body, status=_status(answer.code))
    is_new = answer.state is AnswerState.SEALED
    status = HTTPStatus.CREATED if is_new else HTTPStatus.OK
    return JsonResponse(_body(answer), status=status)


def _body(answer: Answer) -> dict[str, Any]:
    """What is known, and nothing that is not."""
    told = {
        "photograph": str(answer.photograph) if answer.photograph else "",
        "sha256": answer.sha256,
        "code": answer.code,
        "sentence": answer.sentence,
    }
    body: dict[str, Any] = {"state": answer.state.value}
    if answer.state is AnswerState.RECEIVING:
        body["offset"] = answer.offset
    return body | {name: value for name, value in told.items() if value}


def _refused(error: SafelightError) -> HttpResponse:
    body: dict[str, Any] = {"code": error.code, "sentence": error.sentence}
    headers = {}
    if isinstance(error, OffsetConflictError):
        body["offset"] = error.offset
        headers = _offset(error.offset)
    return JsonResponse(body, status=_status(error.code), headers=headers)


def _status(code: str) -> int:
    """A picture that cannot be taken is the sender's; everything else may pass, so try again."""
    if code.startswith("imaging."):
        return STATUS.get(code, HTTPStatus.UNPROCESSABLE_ENTITY)
    return STATUS.get(code, HTTPStatus.SERVICE_UNAVAILABLE)


def _offset(offset: int) -> dict[str, str]:
    return {"Upload-Offset": str(offset)}
