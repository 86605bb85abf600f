"""Beginning a draft, taking one in from elsewhere, and giving one up."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from safelight.consent.errors import ConsentError, FormNotFoundError, FormRefusedError
from safelight.consent.services.forms import discard_draft, import_form, new_draft
from safelight.people.asker import Asker
from safelight.release.errors import AccessRefusedError
from safelight.web.clinic.forms import refusal
from safelight.web.doors import administrator


@require_POST
@administrator
def new(request: HttpRequest, asker: Asker) -> HttpResponse:
    return redirect("forms:edit", new_draft(asker))


@require_http_methods(["GET", "HEAD", "POST"])
@administrator
def import_pasted(request: HttpRequest, asker: Asker) -> HttpResponse:
    """A form as JSON, pasted: no page of this site takes a file."""
    if request.method != "POST":
        return render(request, "forms/import.html")
    content = request.POST.get("content", "")
    try:
        number = import_form(asker, content)
    except ConsentError as error:
        form = refusal(error.sentence, content=content)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return render(request, "forms/import.html", {"form": form}, status=status)
    messages.success(request, _("Taken in as a draft. Read it before you go on."))
    return redirect("forms:edit", number)


@require_POST
@administrator
def discard(request: HttpRequest, asker: Asker, number: int) -> HttpResponse:
    try:
        discard_draft(asker, number)
    except FormNotFoundError as error:
        raise AccessRefusedError from error
    except FormRefusedError as error:
        messages.error(request, error.sentence)
        return redirect("forms:version", number)
    messages.success(request, _("The draft was discarded. It can still be read below."))
    return redirect("forms:list")
