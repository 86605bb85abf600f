"""A patient wrote to the privacy officer and wants a copy of everything that is kept of them."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from safelight.people.asker import Asker
from safelight.release.written_requests import named_in_request
from safelight.web.clinic.forms import as_date, refusal
from safelight.web.doors import privacy_officer
from safelight.web.limits import RateLimitedError, allow_search
from safelight.web.own_copy.written import answer, form_context


@require_safe
@privacy_officer
def everything(request: HttpRequest, asker: Asker) -> HttpResponseBase:
    return _page(request)


@require_POST
@privacy_officer
def everything_archive(request: HttpRequest, asker: Asker) -> HttpResponseBase:
    """Number and birth date must both be the patient's; the page tells neither which was wrong."""
    try:
        allow_search(asker)
    except RateLimitedError as error:
        return _page(request, _(error.sentence), HTTPStatus.TOO_MANY_REQUESTS)
    born = as_date(request.POST.get("birth_date", ""))
    patient = named_in_request(asker, request.POST.get("number", ""), born) if born else None
    if patient is None:
        return _page(request, _("Nobody here has this number and this birth date."))
    found = answer(request, asker, patient)
    return _page(request, found) if isinstance(found, str) else found


def _page(
    request: HttpRequest, wrong: str = "", status: int = HTTPStatus.UNPROCESSABLE_ENTITY
) -> HttpResponseBase:
    context = {
        **form_context(request),
        "number": request.POST.get("number", ""),
        "birth_date": request.POST.get("birth_date", ""),
        **({"form": refusal(wrong)} if wrong else {}),
    }
    return render(request, "privacy/everything.html", context, status=status if wrong else 200)
