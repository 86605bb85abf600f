"""The privacy officer's pages."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from safelight.oversight.break_glass import (
    ReviewRefusedError,
    break_glass_reviews,
    count_to_review,
    review_break_glass,
)
from safelight.oversight.emergencies import emergency_captures
from safelight.people.asker import Asker
from safelight.web.doors import privacy_officer


@require_safe
@privacy_officer
def break_glass(request: HttpRequest, asker: Asker) -> HttpResponse:
    context = {
        "reviews": break_glass_reviews(asker),
        "emergencies": emergency_captures(asker),
        "to_review_total": count_to_review(),
    }
    return render(request, "privacy/break_glass.html", context)


@require_POST
@privacy_officer
def review(request: HttpRequest, asker: Asker, session: UUID) -> HttpResponse:
    try:
        review_break_glass(asker, session, request.POST.get("note", ""))
    except ReviewRefusedError as error:
        messages.error(request, error.sentence)
    return redirect("privacy:break_glass")
