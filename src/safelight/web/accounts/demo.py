"""One click to be somebody of the demo hospital. Routed in demo mode only."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from safelight.people.staff import invented_member, invented_staff
from safelight.vocabulary.roles import Role
from safelight.web.accounts.homes import home_of, is_local

_BLURBS: Final = {
    "alice": _("Treats Petra and Pablo: takes, labels and sees pictures."),
    "bob": _("Works on another ward: no relationship, but can break glass."),
    "charlie": _("Has no relationship to anybody here."),
    "theo": _("Teaches with pictures whose patients agreed to it, and sees no other."),
    "priya": _("Reviews every broken glass and approves the consent form."),
    "ada": _("Runs the system, drafts the consent form and sees no picture."),
}


@dataclass(frozen=True)
class CastMember:
    username: str
    name: str
    role: str
    blurb: str


def demo_cast() -> list[CastMember]:
    """Who can be signed in as with one click; nobody outside demo mode."""
    if not settings.SAFELIGHT_DEMO:
        return []
    order = list(_BLURBS)
    cast = sorted(invented_staff(), key=lambda card: (_place(card.username, order), card.name))
    return [
        CastMember(card.username, card.name, card.role.display, str(_BLURBS.get(card.username, "")))
        for card in cast
    ]


def _place(username: str, order: list[str]) -> int:
    """Whoever the story begins with comes first; people it does not know come last."""
    return order.index(username) if username in order else len(order)


@require_POST
@login_not_required
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """INVARIANT: opens the door in demo mode only, and for invented people only."""
    member = invented_member(request.POST.get("username", ""))
    if not settings.SAFELIGHT_DEMO or member is None:
        raise Http404
    get_adapter().login(request, member)
    target = request.POST.get("next", "")
    home = target if is_local(target) else home_of(Role(member.role))
    return HttpResponseRedirect(home, status=HTTPStatus.SEE_OTHER)
