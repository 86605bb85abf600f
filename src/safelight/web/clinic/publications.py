"""The register of publications: named, laid out, agreed to, released once, appeared."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from safelight.consent.errors import SocialMediaOffError
from safelight.institution.selectors import current_policy
from safelight.people.asker import Asker
from safelight.photos.selectors import PhotographView, taken_back
from safelight.publishing.errors import PublicationRefusedError
from safelight.publishing.rules import PUBLISHED, PublicationStage, times_agreed, times_asked
from safelight.publishing.selectors import (
    PublicationView,
    PublishedPicture,
    answers_of,
    my_publications,
    open_publication,
)
from safelight.publishing.services import (
    NewPublication,
    add_layout,
    allow_again,
    drop,
    note_appeared,
    register,
    release_file,
    remove_layout,
)
from safelight.release.access import Timeline, view_timeline
from safelight.release.errors import AccessRefusedError
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.photograph import PhotographState
from safelight.vocabulary.purposes import USUAL_AUDIENCE, Purpose
from safelight.web.clinic.asking import key_of
from safelight.web.clinic.byte_path import HEADERS
from safelight.web.clinic.cards import (
    Choice,
    PhotographCard,
    choices,
    photograph_card,
    record_context,
)
from safelight.web.clinic.forms import as_date, as_uuids, one_of, refusal
from safelight.web.doors import clinical

REFUSALS = (PublicationRefusedError, SocialMediaOffError)
SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}


@require_safe
@clinical
def publications(request: HttpRequest, asker: Asker) -> HttpResponse:
    """Those that the asker registered, by what has to be done next."""
    context = {"publications": [_line(item) for item in my_publications(asker)]}
    return render(request, "clinic/publications.html", context)


def _line(item: PublicationView) -> dict[str, Any]:
    return {
        "id": item.id,
        "named": item.named,
        "where": item.where,
        "kind": _(item.purpose.display),
        "stage": item.stage.value,
        "stage_label": _(item.stage.display),
        "at": item.registered_at,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@clinical
def new(request: HttpRequest, asker: Asker, patient: UUID) -> HttpResponse:
    """Which work, where, who gets the file there, and with which pictures."""
    if request.method != "POST":
        return _new_page(request, asker, patient, as_uuids(request.GET.getlist("photograph")))
    try:
        publication = register(asker, _wanted(request, patient))
    except REFUSALS as error:
        chosen = as_uuids(request.POST.getlist("photograph"))
        return _new_page(request, asker, patient, chosen, error.sentence)
    return redirect("clinic:publication", publication)


def _wanted(request: HttpRequest, patient: UUID) -> NewPublication:
    purpose = one_of(Purpose, request.POST.get("purpose", ""))
    if purpose is None:
        raise PublicationRefusedError(_("Choose print, online or social media."))
    return NewPublication(
        patient=patient,
        purpose=purpose,
        named=request.POST.get("named", ""),
        where=request.POST.get("where", ""),
        responsible=request.POST.get("responsible", ""),
        photographs=as_uuids(request.POST.getlist("photograph")),
    )


def _new_page(
    request: HttpRequest, asker: Asker, patient: UUID, chosen: Sequence[UUID], wrong: str = ""
) -> HttpResponse:
    seen = view_timeline(asker, patient, _usable)
    context = {
        **record_context(seen.record),
        "photographs": _cards(seen, chosen),
        "kinds": _kinds(),
        "typed": request.POST,
        **({"form": refusal(wrong)} if wrong else {}),
    }
    return render(request, "clinic/publication_new.html", context, status=422 if wrong else 200)


def _kinds() -> list[Choice]:
    """Social media only where the institution has switched it on."""
    allowed = bool(current_policy().social_media)
    return choices(item for item in PUBLISHED if allowed or item is not Purpose.SOCIAL_MEDIA)


def _usable(items: Sequence[PhotographView]) -> list[PhotographView]:
    """What could appear: verified, and no page of a layout."""
    return [i for i in items if i.state is PhotographState.VERIFIED and not i.is_layout]


def _cards(seen: Timeline, chosen: Sequence[UUID]) -> list[Any]:
    cards = [
        photograph_card(item, gallery=seen.gallery, is_selected=item.id in chosen)
        for item in seen.shown
    ]
    return sorted(cards, key=lambda card: not card.is_selected)


@require_safe
@clinical
def publication(request: HttpRequest, asker: Asker, publication: UUID) -> HttpResponse:
    return _page(request, asker, publication)


def _with_cards(
    pictures: Sequence[PublishedPicture], cards: Mapping[UUID, PhotographCard]
) -> list[tuple[PhotographCard | None, PublishedPicture]]:
    """But for those that the patient took out of the record: of them nothing is told."""
    gone = taken_back([item.photograph for item in pictures])
    return [(cards.get(item.photograph), item) for item in pictures if item.photograph not in gone]


def _page(request: HttpRequest, asker: Asker, publication: UUID, wrong: str = "") -> HttpResponse:
    _opened, known = open_publication(asker, publication)
    listed = {item.photograph for item in known.pictures}
    seen = view_timeline(
        asker, known.patient, lambda items: [i for i in items if i.is_layout or i.id in listed]
    )
    cards = {item.id: photograph_card(item, gallery=seen.gallery) for item in seen.shown}
    context = {
        **record_context(seen.record),
        "publication": known,
        "stage": known.stage.value,
        "stage_label": _(known.stage.display),
        "kind": _(known.purpose.display),
        "shown": _with_cards(known.shown, cards),
        "layouts": _with_cards(known.layouts, cards),
        "loose_pages": [
            cards[item.id] for item in seen.shown if item.is_layout and item.id not in listed
        ],
        "ask_url": _ask_url(known),
        "import_url": _import_url(known),
        "is_asked_twice": times_asked(known.purpose) > 1,
        "times_agreed": times_agreed(answers_of(known.answers)),
        "can_change": known.stage is not PublicationStage.DROPPED,
        "has_left": any(item.released_at for item in known.pictures),
        "today": timezone.localdate(),
        **({"form": refusal(wrong)} if wrong else {}),
    }
    return render(request, "clinic/publication.html", context, status=422 if wrong else 200)


def _ask_url(known: PublicationView) -> str:
    """The patient is asked about this very work, with its pictures and every page of its layout.

    PHI: the address says which work by its id; its name stands in no address.
    """
    use = key_of(known.purpose, USUAL_AUDIENCE[known.purpose])
    words = [("photograph", str(item.photograph)) for item in known.pictures]
    words += [("use", use), ("work", str(known.id))]
    return f"{reverse('clinic:ask', args=[known.patient])}?{urlencode(words)}"


def _import_url(known: PublicationView) -> str:
    return f"{reverse('clinic:import_files', args=[known.patient])}?layout={known.id}"


def _then_back(
    request: HttpRequest, asker: Asker, publication: UUID, do: Callable[[], object], said: str
) -> HttpResponse:
    try:
        do()
    except PublicationRefusedError as error:
        return _page(request, asker, publication, error.sentence)
    messages.success(request, said)
    return redirect("clinic:publication", publication)


@require_POST
@clinical
def layout(request: HttpRequest, asker: Asker, publication: UUID) -> HttpResponse:
    """Pages that were imported become the final layout; or one of them is taken out again."""
    if page := as_uuids(request.POST.getlist("remove")):
        return _then_back(
            request,
            asker,
            publication,
            lambda: remove_layout(asker, publication, page[0]),
            _("Taken out of the layout."),
        )
    pages = as_uuids(request.POST.getlist("photograph"))
    return _then_back(
        request,
        asker,
        publication,
        lambda: add_layout(asker, publication, pages),
        _("That is the layout the patient will see."),
    )


@require_POST
@clinical
def appeared(request: HttpRequest, asker: Asker, publication: UUID) -> HttpResponse:
    day = as_date(request.POST.get("day", ""))
    where = request.POST.get("where", "")

    def note() -> None:
        if day is None:
            raise PublicationRefusedError(_("Say where it appeared, and on which day that was."))
        note_appeared(asker, publication, day, where)

    return _then_back(request, asker, publication, note, _("Noted."))


@require_POST
@clinical
def again(request: HttpRequest, asker: Asker, publication: UUID, photograph: UUID) -> HttpResponse:
    reason = request.POST.get("reason", "")
    return _then_back(
        request,
        asker,
        publication,
        lambda: allow_again(asker, publication, photograph, reason),
        _("The file can be released once more."),
    )


@require_POST
@clinical
def give_up(request: HttpRequest, asker: Asker, publication: UUID) -> HttpResponse:
    return _then_back(request, asker, publication, lambda: drop(asker, publication), _("Given up."))


@require_POST
@clinical
def release(
    request: HttpRequest, asker: Asker, publication: UUID, photograph: UUID
) -> HttpResponse:
    """The file itself, as a download for whoever is responsible for the work; once."""
    try:
        opened = release_file(asker, publication, photograph)
    except PublicationRefusedError as error:
        return _page(request, asker, publication, error.sentence)
    except AccessRefusedError as error:
        reason = error.decision.reasons[0] if error.decision else None
        if reason is None:
            raise
        return _page(request, asker, publication, f"{_(reason.sentence)} {_(reason.mend)}")
    except SafelightError as error:
        return _page(request, asker, publication, error.sentence)
    response = HttpResponse(opened.content, content_type=opened.media_type)
    for name, value in HEADERS:
        response[name] = value
    suffix = SUFFIXES.get(opened.media_type, "bin")
    response["Content-Disposition"] = f'attachment; filename="picture.{suffix}"'
    return response
