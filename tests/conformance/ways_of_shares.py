"""What a recipient outside sees by a share, and a colleague by a question."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import uuid4

from django.utils import timezone
from tests.asking import ask_bob
from tests.conformance.product import Act, Way
from tests.conformance.site import Browser, Site
from tests.consenting import agreement_to
from tests.sharing import agreed, shared
from tests.taking import take

from safelight.consent.models import Agreement
from safelight.consent.services.ending import withdraw
from safelight.consulting.models import ColleagueQuestion
from safelight.consulting.services.ending import revoke_question
from safelight.people.models import StaffMember
from safelight.people.presence import end_session
from safelight.people.sessions import digest
from safelight.sharing.guests import find_guest, link_letters
from safelight.sharing.models import Share
from safelight.sharing.services.entering import enter, leave
from safelight.sharing.services.giving import revoke
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.roles import Role

COOKIE = "safelight-shared"
LONG_AGO = timedelta(days=60)


def shared_picture(site: Site) -> Way:
    cast = site.cast
    photograph, other = take(cast.alice, cast.petra), take(cast.alice, cast.petra)
    visit = agreed(cast.alice, cast.petra, [photograph])
    given = shared(cast.alice, visit, [photograph])
    secret = enter(link_letters(given.share), given.code)
    guest = find_guest(secret)
    assert guest is not None
    browser, agreement = Browser({COOKIE: secret}), agreement_to(visit, Purpose.SECOND_OPINION)
    url = f"/shared/pictures/{photograph}/bytes"
    return Way(
        browser.at(url),
        {
            Act.WITHDRAW: lambda: withdraw(visit, agreement.id),
            Act.REVOKE: lambda: revoke(cast.alice, given.share),
            Act.EXPIRE: lambda: grow_old(Share, given.share, "given_at", "expires_at"),
            Act.END_SESSION: lambda: leave(guest),
            # One person, one browser: whoever comes in with link and code takes the place.
            Act.EXCEED_AUDIENCE: lambda: enter(link_letters(given.share), given.code),
            Act.CHANGE_RECIPIENT: lambda: Agreement.objects.filter(id=agreement.id).update(
                recipient=uuid4()
            ),
        },
        {},
        [
            browser.at(f"/shared/pictures/{other}/bytes"),
            browser.at(f"/clinic/photographs/{photograph}/bytes/original"),
            browser.at(f"/portal/pictures/{photograph}/bytes/display"),
        ],
        {
            **site.strangers_at(url, cast.alice, cast.bob, cast.theo),
            "another guess": Browser({COOKIE: "A" * 43}).at(url),
        },
    )


def asked_picture(size: str) -> Callable[[Site], Way]:
    def way(site: Site) -> Way:
        cast = site.cast
        photograph, other = take(cast.alice, cast.petra), take(cast.alice, cast.petra)
        question = ask_bob(cast, [photograph])
        browser = site.browser_of(cast.bob)
        base = f"/clinic/questions-asked/{question}/pictures"
        rows = ColleagueQuestion.objects.filter(id=question)
        return Way(
            browser.at(f"{base}/{photograph}/bytes/{size}"),
            {
                Act.REVOKE: lambda: revoke_question(cast.alice, question),
                Act.EXPIRE: lambda: grow_old(ColleagueQuestion, question, "asked_at", "ends_at"),
                Act.END_SESSION: lambda: end_session(digest(browser.cookies["safelight"])),
                Act.CHANGE_RECIPIENT: lambda: rows.update(colleague=cast.charlie.staff),
                Act.EXCEED_AUDIENCE: lambda: StaffMember.objects.filter(id=cast.bob.staff).update(
                    role=Role.ADMINISTRATOR.value
                ),
            },
            {
                Act.WITHDRAW: "advice on treatment rests on no agreement; the whole cascade is tried apart"
            },
            [
                browser.at(f"{base}/{photograph}/bytes/original"),
                browser.at(f"{base}/{other}/bytes/{size}"),
                browser.at(f"/clinic/photographs/{photograph}/bytes/display"),
            ],
            site.strangers_at(
                f"{base}/{photograph}/bytes/{size}", cast.charlie, cast.theo, cast.priya
            ),
        )

    return way


def grow_old(rows: type, row: object, begun: str, ends: str) -> None:
    """All of it as if it had been long ago."""
    now = timezone.now()
    rows.objects.filter(id=row).update(  # type: ignore[attr-defined] # a model of ours
        **{begun: now - LONG_AGO, ends: now - timedelta(seconds=1)}
    )


WAYS: Mapping[str, Callable[[Site], Way]] = {
    "shared:picture_bytes": shared_picture,
    "clinic:asked_picture (large)": asked_picture("large"),
    "clinic:asked_picture (small)": asked_picture("small"),
}
