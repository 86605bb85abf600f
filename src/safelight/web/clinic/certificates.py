"""A patient's certificate of withdrawal, printed by whoever treats them."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from safelight.audit.receipts import NotYetInLogError
from safelight.people.asker import Asker
from safelight.recall.certificate_giving import certificate_for_staff, receipt_for_staff
from safelight.recall.errors import CertificateNotReadyError, WithdrawalNotFoundError
from safelight.release.errors import AccessRefusedError
from safelight.web.certificates import pdf_answer, receipt_answer
from safelight.web.doors import clinical

FILE_NAME = "certificate"
NONE_HERE = (WithdrawalNotFoundError, CertificateNotReadyError, NotYetInLogError)


@require_safe
@clinical
def certificate(request: HttpRequest, asker: Asker, withdrawal: UUID) -> HttpResponse:
    """As PDF."""
    try:
        content = certificate_for_staff(asker, withdrawal, request.build_absolute_uri("/"))
    except NONE_HERE as error:
        raise AccessRefusedError from error
    return pdf_answer(content, FILE_NAME)


@require_safe
@clinical
def receipt(request: HttpRequest, asker: Asker, withdrawal: UUID) -> HttpResponse:
    """What proves it."""
    try:
        return receipt_answer(receipt_for_staff(asker, withdrawal), FILE_NAME)
    except NONE_HERE as error:
        raise AccessRefusedError from error
