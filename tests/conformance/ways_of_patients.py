"""Byte routes of the patient's pages: their pictures, and the copy that they take home."""

from collections.abc import Callable, Mapping
from uuid import UUID

from tests.conformance.product import Act, Way
from tests.conformance.site import Browser, Site
from tests.consenting import TEACHING, answer_all, look_at_all, proposal_of, sign_now
from tests.taking import take
from tests.web.portal.browsing import COOKIE, enter, grow_idle

from safelight.consent.services.proposing import close_proposal
from safelight.consent.services.visiting import invite, leave
from safelight.consent.visits import Visit
from safelight.vocabulary.photograph import Rendition

WITHDRAWAL = "what a patient takes back is taken from others; they go on seeing what is theirs"
ONE_PERSON = "it is for one person, who has shown who they are"


def own_picture(rendition: Rendition) -> Callable[[Site], Way]:
    def way(site: Site) -> Way:
        cast = site.cast
        photograph = take(cast.alice, cast.petra)
        proposal = proposal_of(cast.alice, cast.petra, [photograph])
        browser, visit = arrive(site, proposal)
        base = f"/portal/pictures/{photograph}/bytes/"
        return Way(
            browser.at(base + rendition.value),
            {**ends_of(visit), Act.REVOKE: lambda: close_proposal(cast.alice, proposal)},
            {
                Act.WITHDRAW: WITHDRAWAL,
                Act.EXCEED_AUDIENCE: ONE_PERSON,
                Act.CHANGE_RECIPIENT: ONE_PERSON,
            },
            [browser.at(base + item.value) for item in Rendition],
            site.strangers_at(base + rendition.value, cast.alice, cast.bob, cast.theo),
        )

    return way


def own_copy(address: Callable[[UUID], str]) -> Callable[[Site], Way]:
    """The copy with small pictures: a document, and pictures all the same."""

    def way(site: Site) -> Way:
        cast = site.cast
        proposal = proposal_of(cast.alice, cast.petra, [take(cast.alice, cast.petra)])
        browser, visit = arrive(site, proposal)
        look_at_all(visit)
        answer_all(visit, TEACHING)
        sign_now(visit)
        url = address(proposal)
        return Way(
            browser.at(url),
            {**ends_of(visit), Act.REVOKE: lambda: invite(cast.alice, proposal)},
            {
                Act.WITHDRAW: WITHDRAWAL,
                Act.EXCEED_AUDIENCE: ONE_PERSON,
                Act.CHANGE_RECIPIENT: ONE_PERSON,
            },
            strangers=site.strangers_at(url, cast.alice, cast.bob, cast.theo),
        )

    return way


def everything(site: Site) -> Way:
    """The copy of everything: an archive, by a form."""
    cast = site.cast
    proposal = proposal_of(cast.alice, cast.petra, [take(cast.alice, cast.petra)])
    browser, visit = arrive(site, proposal)
    url = "/portal/everything/archive/"
    people = {who.display_name: site.browser_of(who) for who in (cast.alice, cast.bob, cast.theo)}
    others = {"nobody": Browser(), "a guess": Browser({COOKIE: "A" * 43}), **people}
    return Way(
        browser.posting(url),
        {**ends_of(visit), Act.REVOKE: lambda: close_proposal(cast.alice, proposal)},
        {
            Act.WITHDRAW: WITHDRAWAL,
            Act.EXCEED_AUDIENCE: ONE_PERSON,
            Act.CHANGE_RECIPIENT: ONE_PERSON,
        },
        [browser.at(url)],
        {
            **{who: other.posting(url) for who, other in others.items()},
            "her, by a link": browser.at(url),
        },
    )


def arrive(site: Site, proposal: UUID) -> tuple[Browser, Visit]:
    """By link, birth date and code, as on one's own phone."""
    client, visit = enter(site.cast.alice, proposal)
    return Browser({COOKIE: client.cookies[COOKIE].value}), visit


def ends_of(visit: Visit) -> Mapping[Act, Callable[[], object]]:
    return {Act.END_SESSION: lambda: leave(visit), Act.EXPIRE: lambda: grow_idle(visit)}


WAYS: Mapping[str, Callable[[Site], Way]] = {
    "portal:picture_bytes (display)": own_picture(Rendition.DISPLAY),
    "portal:picture_bytes (thumbnail)": own_picture(Rendition.THUMBNAIL),
    "portal:everything_archive": everything,
    "portal:copy": own_copy(lambda _proposal: "/portal/copy/?pictures=yes"),
    "portal:copy_of": own_copy(lambda proposal: f"/portal/copies/{proposal}/?pictures=yes"),
}
