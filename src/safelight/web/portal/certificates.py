"""The certificate of what was taken back, and the file that proves it."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from safelight.audit.receipts import NotYetInLogError
from safelight.consent.visits import Visit
from safelight.recall.certificate_giving import certificate_for_signer, receipt_for_signer
from safelight.recall.errors import CertificateNotReadyError, WithdrawalNotFoundError
from safelight.web.certificates import pdf_answer, receipt_answer
from safelight.web.portal.door import missing, signer
from safelight.web.portal.pages import page

_View = Callable[Concatenate[HttpRequest, Visit, ...], HttpResponse]


def _told_when_not(view: _View) -> _View:
    """Not theirs looks like *missing*; what is being written is said to be so."""

    @wraps(view)
    def told(request: HttpRequest, visit: Visit, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401
        try:
            return view(request, visit, *args, **kwargs)
        except WithdrawalNotFoundError:
            return missing(request)
        except (CertificateNotReadyError, NotYetInLogError):
            return page(request, visit, "certificate_waits", {}, HTTPStatus.SERVICE_UNAVAILABLE)

    return told


@signer
@require_safe
@_told_when_not
def certificate(request: HttpRequest, visit: Visit, withdrawal: UUID) -> HttpResponse:
    """As PDF."""
    content = certificate_for_signer(visit, withdrawal, request.build_absolute_uri("/"))
    return pdf_answer(content, _file_name())


@signer
@require_safe
@_told_when_not
def receipt(request: HttpRequest, visit: Visit, withdrawal: UUID) -> HttpResponse:
    """What proves it, to be kept beside it."""
    return receipt_answer(receipt_for_signer(visit, withdrawal), _file_name())


def _file_name() -> str:
    """In the reader's words where they are plain letters; a name that tells nobody whose it is."""
    return slugify(_("my certificate")) or "my-certificate"
