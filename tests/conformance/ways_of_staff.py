"""Byte routes of people who are signed in: for treatment, and for what was agreed to."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from tests.conformance.product import Act, Fetch, Way
from tests.conformance.site import Browser, Site
from tests.consenting import agreement_to, as_if_signed, signed
from tests.sessions import grow_old
from tests.taking import take

from safelight.consent.services.ending import withdraw
from safelight.consent.visits import Visit
from safelight.patients.services import end_encounter
from safelight.people.asker import Asker
from safelight.people.models import CareAssignment, DepartmentMembership, StaffMember
from safelight.people.presence import end_session
from safelight.people.sessions import digest
from safelight.release.facts import Use
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.purposes import USUAL_AUDIENCE, Purpose
from safelight.vocabulary.roles import Role
from safelight.web.use_words import write_use

FORMS = (Rendition.ORIGINAL, Rendition.DISPLAY, Rendition.THUMBNAIL)
NO_AGREEMENT = "treatment rests on no agreement; withdrawal from care comes with recall"
NOT_SHARED = "nobody gave it; it is one's own work in the hospital"
NOT_COUNTED = "nobody counts how many look for this"


def address(photograph: UUID, rendition: Rendition, use: Use | None = None) -> str:
    query = f"?{write_use(use)}" if use else ""
    return f"/clinic/photographs/{photograph}/bytes/{rendition.value}{query}"


def for_treatment(rendition: Rendition) -> Callable[[Site], Way]:
    def way(site: Site) -> Way:
        cast = site.cast
        photograph = take(cast.alice, cast.petra)
        browser, url = site.browser_of(cast.alice), address(photograph, rendition)
        return Way(
            browser.at(url),
            {
                Act.END_SESSION: lambda: end_session(digest(browser.cookies["safelight"])),
                Act.EXPIRE: lambda: grow_old(browser.cookies["safelight"], 24 * 60),
                Act.REVOKE: lambda: leave_the_ward(site),
            },
            {
                Act.WITHDRAW: NO_AGREEMENT,
                Act.EXCEED_AUDIENCE: NOT_COUNTED,
                Act.CHANGE_RECIPIENT: NOT_SHARED,
            },
            [browser.at(address(photograph, item)) for item in FORMS],
            site.strangers_at(url, cast.bob, cast.charlie, cast.theo, cast.priya, cast.ada),
        )

    return way


CHECKED = {"identified_by": "Passport seen at the desk", "language": "en"}
OF_A_LETTER = {**CHECKED, "number": "H-204817", "birth_date": "1971-03-09"}


def everything(site: Site) -> Way:
    """A copy of everything, for a patient who asks her team."""
    cast = site.cast
    take(cast.alice, cast.petra)
    browser = site.browser_of(cast.alice)
    url = f"/clinic/patients/{cast.petra}/everything/archive/"
    return written(
        browser.posting(url, CHECKED),
        browser,
        {Act.REVOKE: lambda: leave_the_ward(site)},
        {who: fetch.posting(url, CHECKED) for who, fetch in others(site, cast.bob, cast.priya)},
    )


def everything_by_letter(site: Site) -> Way:
    """The same by the privacy officer, to whom the patient wrote."""
    cast = site.cast
    take(cast.alice, cast.petra)
    browser, url = site.browser_of(cast.priya), "/privacy/everything/archive/"
    wrong = {**OF_A_LETTER, "birth_date": "1971-03-10"}
    return written(
        browser.posting(url, OF_A_LETTER),
        browser,
        {Act.REVOKE: lambda: change_role(site)},
        {
            "with another birth date": browser.posting(url, wrong),
            "without a check of who asks": browser.posting(
                url, {**OF_A_LETTER, "identified_by": ""}
            ),
            **{
                who: fetch.posting(url, OF_A_LETTER)
                for who, fetch in others(site, cast.alice, cast.ada)
            },
        },
    )


def written(
    fetch: Fetch,
    browser: Browser,
    acts: Mapping[Act, Callable[[], object]],
    strangers: dict[str, Fetch],
) -> Way:
    return Way(
        fetch,
        {
            Act.END_SESSION: lambda: end_session(digest(browser.cookies["safelight"])),
            Act.EXPIRE: lambda: grow_old(browser.cookies["safelight"], 24 * 60),
            **acts,
        },
        {
            Act.WITHDRAW: NO_AGREEMENT,
            Act.EXCEED_AUDIENCE: NOT_COUNTED,
            Act.CHANGE_RECIPIENT: NOT_SHARED,
        },
        strangers=strangers,
    )


def others(site: Site, *askers: Asker) -> list[tuple[str, Browser]]:
    signed_in = [(item.display_name, site.browser_of(item)) for item in askers]
    return [("nobody", Browser()), ("a guess", Browser({"safelight": "f" * 32})), *signed_in]


def change_role(site: Site) -> None:
    """She is the privacy officer no more."""
    StaffMember.objects.filter(id=site.cast.priya.staff).update(role=Role.TEACHER.value)


def leave_the_ward(site: Site) -> None:
    """The stay is over since long, and the clinician works elsewhere."""
    DepartmentMembership.objects.filter(staff=site.cast.alice.staff).delete()
    CareAssignment.objects.filter(staff=site.cast.alice.staff).delete()
    end_encounter(site.cast.petras_encounter, timezone.now() - timedelta(hours=1))


def by_agreement(
    purpose: Purpose, rendition: Rendition, people: int | None
) -> Callable[[Site], Way]:
    def way(site: Site) -> Way:
        cast = site.cast
        photograph = take(cast.alice, cast.petra)
        visit = signed(cast.alice, cast.petra, [photograph], [purpose])
        use = Use(purpose, USUAL_AUDIENCE[purpose], people=people)
        browser, url = site.browser_of(cast.theo), address(photograph, rendition, use)
        return Way(
            browser.at(url),
            agreed_acts(browser, visit, purpose),
            {
                Act.EXCEED_AUDIENCE: "the address says how many look; see the test of addresses",
                Act.CHANGE_RECIPIENT: "it names no recipient",
            },
            [browser.at(address(photograph, item, use)) for item in FORMS],
            site.strangers_at(url, cast.priya, cast.ada),
        )

    return way


def agreed_acts(
    browser: Browser, visit: Visit, purpose: Purpose
) -> Mapping[Act, Callable[[], object]]:
    agreement = agreement_to(visit, purpose)
    yesterday = timezone.now().date() - timedelta(days=2)
    return {
        Act.WITHDRAW: lambda: withdraw(visit, agreement.id),
        Act.REVOKE: lambda: as_if_signed(agreement, audience="public"),
        Act.EXPIRE: lambda: as_if_signed(agreement, ends_on=yesterday),
        Act.END_SESSION: lambda: end_session(digest(browser.cookies["safelight"])),
    }


WAYS: Mapping[str, Callable[[Site], Way]] = {
    "clinic:everything_archive": everything,
    "privacy:everything_archive": everything_by_letter,
    "clinic:rendition (original, for treatment)": for_treatment(Rendition.ORIGINAL),
    "clinic:rendition (display, for treatment)": for_treatment(Rendition.DISPLAY),
    "clinic:rendition (thumbnail, for treatment)": for_treatment(Rendition.THUMBNAIL),
    "clinic:rendition (display, for a lecture)": by_agreement(
        Purpose.LECTURE, Rendition.DISPLAY, None
    ),
    "clinic:rendition (thumbnail, for a lecture)": by_agreement(
        Purpose.LECTURE, Rendition.THUMBNAIL, None
    ),
    "clinic:rendition (display, for a small group)": by_agreement(
        Purpose.SMALL_GROUP_TEACHING, Rendition.DISPLAY, 12
    ),
}
