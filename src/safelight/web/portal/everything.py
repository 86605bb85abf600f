"""Everything that is kept of the patient, to take along: said plainly what that means, then given."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from safelight.consent.visits import Visit
from safelight.release.errors import CopyRunningError
from safelight.web.own_copy.responding import stream_copy
from safelight.web.portal.door import signer
from safelight.web.portal.pages import page


@signer
@require_safe
def everything(request: HttpRequest, visit: Visit) -> HttpResponse:
    return page(request, visit, "everything", {"is_patient": visit.is_patient})


@signer
@require_POST
def everything_archive(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """The archive itself. By POST, so that no link and no prefetching puts it on a device.

    INVARIANT: a device of the staff, handed over, keeps nothing of a patient; so it gets none.
    """
    if visit.is_handed_over:
        return page(request, visit, "everything", {}, status=HTTPStatus.FORBIDDEN)
    try:
        return stream_copy(request, visit, str(visit.access))
    except CopyRunningError as error:
        context = {"notice": _(error.sentence), "is_refused": True}
        return page(request, visit, "everything", context, status=HTTPStatus.TOO_MANY_REQUESTS)
