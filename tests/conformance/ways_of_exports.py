"""Copies for another record system: the manifest with the file in it, and the file at its location.

Each is opened as the receiver does it, with the key of the link: what counts is what they can read.
"""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

from django.utils import timezone
from tests.conformance.product import Act, Answer, Fetch, Headers, Way
from tests.conformance.site import Browser, Site
from tests.consenting import agreement_to, as_if_signed
from tests.exporting import COPY, Receiver, Reply, agreed_to_a_copy, location_of, made, row_of
from tests.taking import take_labelled

from safelight.consent.services.ending import withdraw
from safelight.engines.smart_health_link import ManifestRequest
from safelight.exporting.models import CopyRequest
from safelight.exporting.seals import link_binding, request_binding
from safelight.exporting.services.fetching import ask
from safelight.exporting.services.making import MadeLink, revoke

NO_SESSION = "there is none: each request brings the passcode"
ONE_RECIPIENT = "the recipient may fetch it again; nobody else has link and passcode"


def manifest(site: Site) -> Way:
    link, acts = _linked(site)
    receiver, path = _receiver(link), urlsplit(_receiver(link).address).path

    def asking(browser: Browser, passcode: str, *, has_key: bool) -> Fetch:
        body = json.dumps({"recipient": "Rhea", "passcode": passcode}).encode()

        def fetch(method: str, headers: Headers) -> Answer:
            if method == "HEAD":
                return browser.ask(path, method, headers)
            answer = browser.ask(path, "POST", headers, body)
            return _opened(receiver, answer, _embedded) if has_key else answer

        return fetch

    alice = site.browser_of(site.cast.alice)
    return Way(
        asking(Browser(), link.passcode, has_key=True),
        acts,
        {Act.END_SESSION: NO_SESSION, Act.EXCEED_AUDIENCE: ONE_RECIPIENT},
        strangers={
            "without the passcode": asking(Browser(), "", has_key=True),
            "a wrong passcode": asking(Browser(), "00000000", has_key=True),
            "without the key": asking(Browser(), link.passcode, has_key=False),
            "alice": asking(alice, "", has_key=True),
        },
    )


def file(site: Site) -> Way:
    link, acts = _linked(site)
    receiver = _receiver(link)
    request = ManifestRequest("Rhea", link.passcode, embedded_length_max=0)
    told = json.dumps(ask(receiver.token, request, location_of))
    path = urlsplit(json.loads(told)["files"][0]["location"]).path

    def fetch(method: str, headers: Headers) -> Answer:
        return _opened(receiver, Browser().ask(path, method, headers), bytes.decode)

    return Way(
        fetch,
        {**acts, Act.END_SESSION: _end_location},
        {Act.EXCEED_AUDIENCE: ONE_RECIPIENT},
        strangers={
            "without the key": Browser().at(path),
            "alice": site.browser_of(site.cast.alice).at(path),
        },
    )


def _linked(site: Site) -> tuple[MadeLink, dict[Act, Callable[[], object]]]:
    cast = site.cast
    picture = take_labelled(cast.alice, cast.petra)
    visit = agreed_to_a_copy(cast.alice, cast.petra, [picture])
    link, agreement = made(cast.alice, visit, [picture]), agreement_to(visit, COPY)
    return link, {
        Act.WITHDRAW: lambda: withdraw(visit, agreement.id),
        Act.REVOKE: lambda: revoke(cast.alice, link.id),
        Act.EXPIRE: lambda: _end_link(link),
        Act.CHANGE_RECIPIENT: lambda: as_if_signed(agreement, recipient=uuid4()),
    }


def _end_link(link: MadeLink) -> None:
    """As if it had been made for less long."""
    row = row_of(link)
    row.expires_at = timezone.now() - timedelta(seconds=1)
    row.binding = link_binding(row)
    row.save(update_fields=["expires_at", "binding"])


def _end_location() -> None:
    row = CopyRequest.objects.get()
    row.location_ends_at = timezone.now() - timedelta(seconds=1)
    row.binding = request_binding(row)
    row.save(update_fields=["location_ends_at", "binding"])


def _receiver(link: MadeLink) -> Receiver:
    return Receiver(link.link, lambda _method, _address, _body: Reply(404, b""))


def _embedded(body: bytes) -> str:
    return str(json.loads(body)["files"][0]["embedded"])


def _opened(receiver: Receiver, answer: Answer, sealed: Callable[[bytes], str]) -> Answer:
    """With the body as it reads once it is opened; anything but a file stays as it is."""
    if answer.status != 200:
        return answer
    bundle = receiver.open(sealed(answer.body))
    return Answer(answer.status, answer.headers, json.dumps(bundle).encode())


WAYS: Mapping[str, Callable[[Site], Way]] = {
    "health_links:manifest": manifest,
    "health_links:file": file,
}
