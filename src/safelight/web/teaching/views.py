"""Pictures by reference, for teachers and for clinicians who use them beyond treatment."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from safelight.people.asker import Asker
from safelight.release.errors import AccessRefusedError
from safelight.release.facts import Use
from safelight.release.teaching import ReferencedPicture, open_for_use
from safelight.vocabulary.purposes import TAUGHT, Purpose
from safelight.web.clinic.forms import refusal
from safelight.web.doors import teacher
from safelight.web.teaching.addresses import (
    UnclearUseError,
    address_of,
    find_photograph,
    find_use,
)
from safelight.web.use_words import read_use, write_use


@require_http_methods(["GET", "HEAD", "POST"])
@teacher
def home(request: HttpRequest, asker: Asker) -> HttpResponse:
    """Where an address that a clinician gave is opened. No picture is listed anywhere."""
    if request.method != "POST":
        return render(request, "teaching/home.html", _home_context(""))
    typed, chosen = request.POST.get("address", ""), request.POST.get("use", "")
    photograph = find_photograph(typed)
    if photograph is None:
        return _ask_again(
            request, typed, chosen, _("There is no picture's address in what you typed.")
        )
    try:
        use = find_use(typed, request.POST.dict())
    except UnclearUseError as error:
        return _ask_again(request, typed, chosen, _(error.sentence))
    return redirect(address_of(photograph, use))


def _home_context(chosen: str) -> dict[str, Any]:
    uses = [{"code": item.value, "name": _(item.display)} for item in TAUGHT]
    return {"uses": uses, "chosen": chosen, "group": Purpose.SMALL_GROUP_TEACHING.value}


def _ask_again(request: HttpRequest, typed: str, chosen: str, sentence: str) -> HttpResponse:
    people = request.POST.get("people", "")
    context = {**_home_context(chosen), "form": refusal(sentence, address=typed, people=people)}
    return render(request, "teaching/home.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_safe
@teacher
def photograph(request: HttpRequest, asker: Asker, photograph: UUID) -> HttpResponse:
    """One picture for one use. Missing, forbidden and misspelt look alike, and say no reason.

    An address that was cut off is asked what it is for, before anything is looked up.
    """
    if "use" not in request.GET:
        return _ask_what_for(request)
    try:
        picture = open_for_use(asker, photograph, _use_of(request))
    except AccessRefusedError:
        return render(request, "teaching/not_available.html", status=HTTPStatus.NOT_FOUND)
    return render(request, "teaching/photograph.html", _picture_context(picture))


def _ask_what_for(request: HttpRequest) -> HttpResponse:
    address = request.build_absolute_uri(request.path)
    sentence = _("This address does not say what the picture is for. Choose it here.")
    context = {**_home_context(""), "form": refusal(sentence, address=address)}
    return render(request, "teaching/home.html", context)


def _use_of(request: HttpRequest) -> Use:
    try:
        return read_use(request.GET.dict())
    except ValueError as error:
        raise AccessRefusedError from error


def _picture_context(picture: ReferencedPicture) -> dict[str, Any]:
    source = reverse("clinic:rendition", args=[picture.photograph, picture.rendition.value])
    return {
        "image_url": f"{source}?{write_use(picture.use)}",
        "purpose": _(picture.use.purpose.display),
        "audience": _(picture.use.audience.display),
        "people": picture.people,
        "until": picture.until,
        "agreement": str(picture.agreement)[:8],
    }
