"""What every page of the portal shows around its content."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from safelight.consent.errors import NoFormError
from safelight.consent.rules.form import Contact
from safelight.consent.selectors.forms import current_form
from safelight.consent.visits import Visit
from safelight.vocabulary.consent_forms import LANGUAGES
from safelight.web.portal.sentences import sentence
from safelight.web.portal.words import phone_address


def page(
    request: HttpRequest,
    visit: Visit | None,
    template: str,
    context: dict[str, Any],
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    """A page with whom to call, and why the reader was led here if they were."""
    contact = context.get("contact") or current_contact()
    around = {
        "contact": contact,
        "phone_address": phone_address(contact),
        "is_visiting": visit is not None,
        "is_handed_over": visit is not None and visit.is_handed_over,
        "notice": sentence(request.GET.get("because", "")),
        "languages": LANGUAGES,
    }
    return render(request, f"portal/{template}.html", around | context, status=status)


def current_contact() -> Contact:
    try:
        return current_form().form.contact
    except NoFormError:
        return Contact()


def steps(current: str) -> dict[str, Any]:
    """How far the reader is on the way to a signature."""
    words = {
        "read": _("Read"),
        "pictures": _("Pictures"),
        "choices": _("Choices"),
        "sign": _("Sign"),
    }
    number = list(words).index(current) + 1
    named = [(name, word, name == current) for name, word in words.items()]
    return {"steps": named, "step_number": number, "step_total": len(words)}
