"""What the demo would have sent by mail, on a page."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from safelight.vocabulary.consent_forms import RIGHT_TO_LEFT
from safelight.vocabulary.notices import Letter
from safelight.web.demo.ports import wiring


@dataclass(frozen=True)
class LetterCard:
    """A letter as the page shows it; what stands before and after its link are paragraphs."""

    recipient: str
    language: str
    direction: str
    subject: str
    before: list[str]
    link: str
    after: list[str]


@require_safe
@login_not_required
def mails(request: HttpRequest) -> HttpResponse:
    """INVARIANT: shown in demo mode only, where everybody is invented, and to anybody there.

    Whoever plays the recipient outside has no account.
    """
    if not settings.SAFELIGHT_DEMO or wiring.mailbox is None:
        raise Http404
    letters = wiring.mailbox.letters(request.build_absolute_uri("/").rstrip("/"))
    return render(request, "demo/mails.html", {"letters": [_card(letter) for letter in letters]})


def _card(letter: Letter) -> LetterCard:
    before, _link, after = (
        letter.body.partition(letter.link) if letter.link else (letter.body, "", "")
    )
    return LetterCard(
        recipient=letter.recipient,
        language=letter.language,
        direction="rtl" if letter.language in RIGHT_TO_LEFT else "ltr",
        subject=letter.subject,
        before=before.split("\n\n"),
        link=letter.link,
        after=after.split("\n\n"),
    )
