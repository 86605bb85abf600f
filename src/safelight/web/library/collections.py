"""Collections and cases: pictures put together, by reference."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from safelight.library.errors import LibraryRefusedError
from safelight.library.rules import CaseWords
from safelight.library.selectors import collection as open_collection
from safelight.library.selectors import collections
from safelight.library.services import (
    collect,
    make_collection,
    remove_collection,
    take_out,
    write_collection,
)
from safelight.people.asker import Asker
from safelight.web.clinic.forms import as_uuid, refusal
from safelight.web.doors import teacher
from safelight.web.library.cards import library_card


@require_http_methods(["GET", "HEAD", "POST"])
@teacher
def shelves(request: HttpRequest, asker: Asker) -> HttpResponse:
    """All of them; a new one is begun by its title."""
    wrong = ""
    if request.method == "POST":
        try:
            made = make_collection(asker, CaseWords(request.POST.get("title", "")))
        except LibraryRefusedError as error:
            wrong = error.sentence
        else:
            return redirect("library:collection", made)
    context = {
        "collections": collections(asker),
        **({"form": refusal(wrong)} if wrong else {}),
    }
    return render(request, "library/collections.html", context, status=422 if wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@teacher
def one(request: HttpRequest, asker: Asker, collection: UUID) -> HttpResponse:
    """One of them, with what of it may be shown now."""
    wrong = ""
    if request.method == "POST":
        is_open = request.POST.get("is_open") == "yes"
        try:
            write_collection(asker, collection, _words(request), is_open=is_open)
        except LibraryRefusedError as error:
            wrong = error.sentence
        else:
            messages.success(request, _("Saved."))
            return redirect("library:collection", collection)
    found = open_collection(asker, collection)
    context = {
        "collection": found,
        "questions": "\n".join(found.words.questions),
        "cards": [library_card(item) for item in found.pictures],
        **({"form": refusal(wrong)} if wrong else {}),
    }
    return render(request, "library/collection.html", context, status=422 if wrong else 200)


def _words(request: HttpRequest) -> CaseWords:
    return CaseWords(
        title=request.POST.get("title", ""),
        history=request.POST.get("history", ""),
        questions=tuple(request.POST.get("questions", "").splitlines()),
    )


@require_POST
@teacher
def collect_picture(request: HttpRequest, asker: Asker, photograph: UUID) -> HttpResponse:
    collection = as_uuid(request.POST.get("collection", ""))
    try:
        wanted = collection or make_collection(asker, CaseWords(request.POST.get("title", "")))
    except LibraryRefusedError as error:
        messages.error(request, error.sentence)
        return redirect("library:picture", photograph)
    collect(asker, wanted, photograph)
    messages.success(request, _("Put into the collection."))
    return redirect("library:collection", wanted)


@require_POST
@teacher
def take_out_picture(request: HttpRequest, asker: Asker, collection: UUID) -> HttpResponse:
    if photograph := as_uuid(request.POST.get("photograph", "")):
        take_out(asker, collection, photograph)
    return redirect("library:collection", collection)


@require_POST
@teacher
def remove(request: HttpRequest, asker: Asker, collection: UUID) -> HttpResponse:
    remove_collection(asker, collection)
    messages.success(request, _("Removed."))
    return redirect("library:collections")
