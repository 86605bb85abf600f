"""A device that was handed to a patient comes back: at an unlock, a sign-in, a sign-out."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from safelight.consent.services.visiting import leave, take_back
from safelight.consent.visits import handed_over_proposal
from safelight.web.portal.door import cookie_name, end_visit, visit_of
from safelight.web.presence import session_digest


def is_handed_over(request: HttpRequest) -> bool:
    """Whether this browser carries a patient's visit, or what is left of one."""
    return cookie_name() in request.COOKIES


def handed_over_for(request: HttpRequest) -> UUID | None:
    """The request for consent that this device was handed over for."""
    return handed_over_proposal(session_digest(request))


def end_visits(request: HttpRequest) -> None:
    """INVARIANT: staff who are at a device again never share it with whoever it was handed to.

    Also after the session that handed it over is gone.
    """
    take_back(session_digest(request))
    visit = visit_of(request)
    if visit is not None and visit.is_handed_over:
        leave(visit)


def without_visit(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer, which takes the visit's cookie away if the browser has one."""
    if is_handed_over(request):
        end_visit(response)
    return response
