"""The privacy officer reads what would be in use, and puts it into use."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from safelight.consent.errors import FormNotFoundError, FormRefusedError, NoFormError
from safelight.consent.selectors.forms import KnownForm, current_form
from safelight.consent.services.forms import approve_form
from safelight.institution.selectors import current_house
from safelight.people.asker import Asker
from safelight.release.errors import AccessRefusedError
from safelight.web.doors import privacy_officer
from safelight.web.forms.changes import changes_between
from safelight.web.forms.reading import version_context
from safelight.web.forms.shown import find_version, is_draft, shown_text, tongues_of


@require_http_methods(["GET", "HEAD", "POST"])
@privacy_officer
def approve(request: HttpRequest, asker: Asker, number: int) -> HttpResponse:
    """GET: everything, and what differs. POST: yes, to exactly what was read."""
    known = find_version(number)
    if not is_draft(known):
        return redirect("forms:version", number)
    if request.method == "POST":
        return _approved(request, asker, number)
    return render(request, "forms/approve.html", _approve_context(known))


def _approved(request: HttpRequest, asker: Asker, number: int) -> HttpResponse:
    try:
        approve_form(asker, number, request.POST.get("content_sha256", ""))
    except FormNotFoundError as error:
        raise AccessRefusedError from error
    except FormRefusedError as error:
        messages.error(request, error.sentence)
        return redirect("forms:approve", number)
    messages.success(
        request, _("This version is in use now. Patients who are asked from now on read it.")
    )
    return redirect("forms:list")


def _approve_context(known: KnownForm) -> dict[str, object]:
    in_use, house = _in_use(), current_house()
    changes = changes_between(in_use.form, known.form) if in_use else []
    return {
        **version_context(known),
        "in_use": in_use,
        "changes": changes,
        "texts": [shown_text(known.form, item, house.name) for item in tongues_of(known.form)],
    }


def _in_use() -> KnownForm | None:
    try:
        return current_form()
    except NoFormError:
        return None
