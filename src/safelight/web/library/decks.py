"""From the library onto a slide: two rooms, put together here. The slide refers to the picture."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from safelight.library.selectors import library_picture
from safelight.people.asker import Asker
from safelight.teaching.errors import SlideRefusedError
from safelight.teaching.selectors.decks import decks_of
from safelight.teaching.services.slides import add_slide, refer_to
from safelight.web.clinic.forms import as_uuid
from safelight.web.doors import teacher


def deck_choices(asker: Asker) -> list[dict[str, Any]]:
    """The asker's own decks, each with the audience that it is usually shown to."""
    return [
        {"id": item.id, "words": f"{item.title} · {_(item.use.purpose.display)}"}
        for item in decks_of(asker)
    ]


@require_POST
@teacher
def put_into_deck(request: HttpRequest, asker: Asker, photograph: UUID) -> HttpResponse:
    """A new slide at the end, with this picture on it and no word.

    PHI: what the library says of it is sealed under the patient's care key. On a slide it would
    outlive that key, so nothing of it is copied.

    Whether the deck's audience may see it is asked at each look, as for every slide.
    """
    library_picture(asker, photograph)
    deck = as_uuid(request.POST.get("deck", ""))
    if deck is None:
        return redirect("library:picture", photograph)
    try:
        with transaction.atomic():
            slide = add_slide(asker, deck)
            refer_to(asker, deck, slide, photograph)
    except SlideRefusedError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("It stands on a new slide, the last of the deck."))
        return redirect(f"{reverse('teaching:deck', args=[deck])}?slide={slide}")
    return redirect("library:picture", photograph)
