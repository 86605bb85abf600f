"""The file of a publication: it leaves once, for one named work."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from django.utils import timezone
from tests.conformance.product import Act, Answer, Fetch, Headers, Way
from tests.conformance.site import Browser, Site
from tests.conformance.ways_of_staff import address
from tests.consenting import agreement_to, as_if_signed
from tests.publishing import PRINT, agreed_work

from safelight.consent.services.ending import withdraw
from safelight.people.presence import end_session
from safelight.people.sessions import digest
from safelight.publishing.models import PublicationPicture
from safelight.publishing.services import drop
from safelight.release.facts import Use
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.purposes import USUAL_AUDIENCE

TOKEN = "t" * 32


def publication_file(site: Site) -> Way:
    cast = site.cast
    work, picture, visit = agreed_work(cast)
    url = f"/clinic/publications/{work}/files/{picture}/"
    browser, agreement = site.browser_of(cast.alice), agreement_to(visit, PRINT)
    # As somebody would ask who knows the keyed id of the work.
    use = Use(PRINT, USUAL_AUDIENCE[PRINT], agreement.recipient)
    by_address = {
        f"alice, by the picture's address ({item.value})": browser.at(address(picture, item, use))
        for item in Rendition
    }
    yesterday = timezone.now().date() - timedelta(days=2)
    is_used_up: list[bool] = []

    def fetch(method: str, headers: Headers) -> Answer:
        """Each time as if it had not left yet, until it is to be seen that it leaves once."""
        if not is_used_up:
            PublicationPicture.objects.filter(publication=work).update(released_at=None)
        return posting(browser, url)(method, headers)

    return Way(
        fetch,
        {
            Act.WITHDRAW: lambda: withdraw(visit, agreement.id),
            Act.REVOKE: lambda: drop(cast.alice, work),
            Act.EXPIRE: lambda: as_if_signed(agreement, ends_on=yesterday),
            Act.END_SESSION: lambda: end_session(digest(browser.cookies["safelight"])),
            Act.CHANGE_RECIPIENT: lambda: as_if_signed(agreement, recipient=work),
            Act.EXCEED_AUDIENCE: lambda: is_used_up.append(True),
        },
        {},
        list(by_address.values()),
        {
            **by_address,
            "nobody": posting(Browser(), url),
            "bob": posting(site.browser_of(cast.bob), url),
            "charlie": posting(site.browser_of(cast.charlie), url),
            "theo": posting(site.browser_of(cast.theo), url),
        },
    )


def posting(browser: Browser, url: str) -> Fetch:
    """By the page's own button: what the browser would ask with GET is sent as its form."""
    with_token = Browser({**browser.cookies, "csrftoken": TOKEN})

    def fetch(method: str, headers: Headers) -> Answer:
        sent = "POST" if method == "GET" else method
        return with_token.ask(url, sent, {**headers, "X-CSRFToken": TOKEN})

    return fetch


WAYS: Mapping[str, Callable[[Site], Way]] = {"clinic:publication_file": publication_file}
