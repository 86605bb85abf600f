"""The shelf of the teaching library, and one picture of it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from safelight.library.errors import LibraryRefusedError
from safelight.library.rules import FEWEST_ASKED, Facets, SkinTone, Wanted, Words
from safelight.library.selectors import collections, library_picture, search
from safelight.library.services import describe
from safelight.people.asker import Asker
from safelight.vocabulary.body_sites import body_site
from safelight.vocabulary.photograph import ImageView
from safelight.web.clinic.cards import choices
from safelight.web.clinic.forms import one_of, refusal
from safelight.web.doors import teacher
from safelight.web.library.cards import audience_lines, library_card, purpose_words
from safelight.web.library.decks import deck_choices

LONGEST_SEARCH = 100
MOST_DIGITS = 4


@require_safe
@teacher
def shelf(request: HttpRequest, asker: Asker) -> HttpResponse:
    """What may be taught with, narrowed as the address says."""
    wanted = _wanted(request)
    found = search(asker, wanted, _page(request))
    context = {
        "cards": [library_card(item) for item in found.pictures],
        "total": found.total,
        "page": found.page,
        "pages": found.pages,
        "wanted": wanted,
        "narrowing": _narrowing(wanted, found.facets),
        "is_narrowed": any(getattr(wanted, name) for name in Wanted.__dataclass_fields__),
    }
    return render(request, "library/shelf.html", context)


def _wanted(request: HttpRequest) -> Wanted:
    words = {
        name: request.GET.get(name, "")[:LONGEST_SEARCH] for name in Wanted.__dataclass_fields__
    }
    return Wanted(**words)


def _page(request: HttpRequest) -> int:
    said = request.GET.get("page", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= MOST_DIGITS else 1


def _narrowing(wanted: Wanted, facets: Facets) -> list[dict[str, Any]]:
    """Each way of narrowing with the codes that something would be found for, and how many."""
    words: dict[str, tuple[str, Callable[[str], str]]] = {
        "purpose": (_("Audience"), purpose_words),
        "site": (_("Body site"), lambda code: _(body_site(code).display)),
        "skin_tone": (_("Skin tone"), lambda code: _(SkinTone(code).display)),
        "view": (_("View"), lambda code: _(ImageView(code).display)),
    }
    return [
        {
            "name": name,
            "label": label,
            "chosen": getattr(wanted, name),
            "choices": [
                (code, say(code), count)
                for code, count in sorted(
                    facets.counts.get(name, {}).items(), key=lambda item: (-item[1], item[0])
                )
            ],
        }
        for name, (label, say) in words.items()
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@teacher
def picture(request: HttpRequest, asker: Asker, photograph: UUID) -> HttpResponse:
    """One picture, before whom it may be shown, and what is written about it."""
    if request.method != "POST":
        return _picture_page(request, asker, photograph)
    try:
        describe(asker, photograph, _words(request))
    except LibraryRefusedError as error:
        return _picture_page(request, asker, photograph, error.sentence)
    return redirect("library:picture", photograph)


def _words(request: HttpRequest) -> Words:
    return Words(
        diagnosis=request.POST.get("diagnosis", ""),
        skin_tone=one_of(SkinTone, request.POST.get("skin_tone", "")),
        tags=tuple(request.POST.get("tags", "").split(",")),
    )


def _picture_page(
    request: HttpRequest, asker: Asker, photograph: UUID, wrong: str = ""
) -> HttpResponse:
    found = library_picture(asker, photograph)
    context = {
        "card": library_card(found),
        "audiences": audience_lines(found),
        "fewest": FEWEST_ASKED,
        "words": found.words,
        "tones": choices(SkinTone),
        "collections": [item for item in collections(asker) if item.is_own],
        "decks": deck_choices(asker),
        **({"form": refusal(wrong)} if wrong else {}),
    }
    return render(request, "library/picture.html", context, status=422 if wrong else 200)
