"""The second person: look at a prepared picture, confirm it or send it back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from safelight.people.asker import Asker
from safelight.redaction.errors import NothingPreparedError
from safelight.redaction.selectors import form_in_use, second_view, waiting_for_second
from safelight.redaction.services import confirm, send_back
from safelight.release.errors import AccessRefusedError
from safelight.vocabulary.errors import SafelightError
from safelight.web.clinic.forms import refusal
from safelight.web.clinic.prepared import result_context
from safelight.web.clinic.preparing import after_reason, version_of
from safelight.web.doors import clinical


@require_http_methods(["GET", "HEAD", "POST"])
@clinical
@after_reason
def second(request: HttpRequest, asker: Asker, photograph: UUID) -> HttpResponse:
    """The form in use, for whoever did not make it; POST confirms it or sends it back."""
    try:
        if request.method == "POST":
            return _decided(request, asker, photograph)
        return _page(request, asker, photograph)
    except NothingPreparedError as error:
        messages.error(request, error.sentence)
        return redirect("clinic:photograph", photograph)


def _page(
    request: HttpRequest, asker: Asker, photograph: UUID, error: SafelightError | None = None
) -> HttpResponse:
    context = {
        **result_context(second_view(asker, photograph)),
        "in_use": form_in_use(photograph),
        "is_mine_to_confirm": any(
            item.photograph == photograph for item in waiting_for_second(asker)
        ),
        "why": request.POST.get("why", ""),
    }
    if error is not None:
        context["form"] = refusal(error.sentence)
    return render(request, "clinic/prepare_second.html", context, status=422 if error else 200)


def _decided(request: HttpRequest, asker: Asker, photograph: UUID) -> HttpResponse:
    is_good = request.POST.get("verdict") == "confirm"
    try:
        if is_good:
            confirm(asker, photograph, version_of(request))
        else:
            send_back(asker, photograph, version_of(request), request.POST.get("why", ""))
    except (AccessRefusedError, NothingPreparedError):
        raise
    except SafelightError as error:
        return _page(request, asker, photograph, error)
    said = _("Confirmed.") if is_good else _("Sent back. Until more is covered, nobody uses it.")
    messages.success(request, said)
    return redirect("clinic:photograph", photograph)
