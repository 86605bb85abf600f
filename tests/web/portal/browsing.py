"""A patient's browser at the portal, as the real cookie lets it in."""

import re
from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from safelight.consent.models import PatientSession
from safelight.consent.selectors.deciding import DecisionView
from safelight.consent.services.visiting import invite
from safelight.consent.visits import Visit, find_visit
from safelight.institution.selectors import current_policy
from safelight.people.asker import Asker

COOKIE = "safelight-visit"
PETRAS_DAY = {"day": "9", "month": "3", "year": "1971"}
PABLOS_DAY = {"day": "30", "month": "11", "year": "2016"}
SIGNATURE = {"typed": "Petra Okonjo-Müller"}


def at(secret: str) -> Client:
    client = Client()
    client.cookies[COOKIE] = secret
    return client


def enter(asker: Asker, proposal: UUID, born: dict[str, str] = PETRAS_DAY) -> tuple[Client, Visit]:
    """By link, birth date and code, as on one's own phone."""
    invitation = invite(asker, proposal)
    client = Client()
    answer = client.post(
        reverse("portal:door", args=[invitation.letters]), {**born, "code": invitation.code}
    )
    assert answer.status_code == 302, answer.content.decode()
    visit = find_visit(client.cookies[COOKIE].value)
    assert visit is not None
    return client, visit


def shown_version(client: Client) -> str:
    """The version in the form that the browser shows."""
    page = client.get(reverse("portal:sign")).content.decode()
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found, page
    return found[1]


def look(client: Client, photograph: UUID) -> bytes:
    answer = client.get(reverse("portal:picture_bytes", args=[photograph, "display"]))
    assert answer.status_code == 200
    return answer.content


def decide(
    client: Client, view: DecisionView, *, yes: Collection[UUID], use: Collection[UUID]
) -> None:
    """Read, look at every picture and answer everything, by the pages."""
    client.get(reverse("portal:read"))
    for item in view.pictures:
        look(client, item.id)
        client.post(
            reverse("portal:picture", args=[item.id]),
            {"answer": "yes" if item.id in use else "no"},
        )
    answers = {
        f"use-{item.agreement}": "yes" if item.agreement in yes else "no" for item in view.choices
    }
    client.post(reverse("portal:choices"), answers)


def grow_idle(visit: Visit) -> None:
    """Nobody touched this visit for longer than the institution allows."""
    idle = timedelta(minutes=current_policy().portal_idle_minutes + 1)
    PatientSession.objects.filter(key=visit.key).update(last_active_at=timezone.now() - idle)
