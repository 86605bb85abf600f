"""The front door: everybody is led to where their work begins."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_safe

from safelight.web.accounts.homes import home_of
from safelight.web.presence import asker_of


@require_safe
def front_door(request: HttpRequest) -> HttpResponse:
    asker = asker_of(request)
    return redirect(home_of(asker.role) if asker else "account_login")


urlpatterns = [path("", front_door, name="front_door")]
