"""What two persons open of what a patient took back: under lock, for a while, to who asked."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from tests.conformance.product import Act, Way
from tests.conformance.site import Site
from tests.keeping import in_custody, opened_for

from safelight.people.models import StaffMember
from safelight.people.presence import end_session
from safelight.people.sessions import digest
from safelight.recall.fates import today_here
from safelight.recall.models import CustodyRequest, LegalCustody
from safelight.recall.services.keeping import erase_due_custody
from safelight.recall.services.opening_custody import end_opening
from safelight.vocabulary.roles import Role

LONG_AGO = timedelta(hours=5)


def kept_picture(site: Site) -> Way:
    cast = site.cast
    photograph, other = in_custody(cast), in_custody(cast)
    opening = opened_for(cast, photograph)
    browser = site.browser_of(cast.priya)
    base = f"/privacy/openings/{opening}/pictures"
    url = f"{base}/{photograph}/bytes"
    return Way(
        browser.at(url),
        {
            # It was taken back already; what ends it is the end of its keeping.
            Act.WITHDRAW: lambda: end_of_keeping(photograph),
            Act.REVOKE: lambda: end_opening(cast.ada, opening),
            Act.EXPIRE: lambda: grow_old(opening),
            Act.END_SESSION: lambda: end_session(digest(browser.cookies["safelight"])),
            Act.EXCEED_AUDIENCE: lambda: StaffMember.objects.filter(id=cast.priya.staff).update(
                role=Role.ADMINISTRATOR.value
            ),
            Act.CHANGE_RECIPIENT: lambda: CustodyRequest.objects.filter(id=opening).update(
                requested_by=cast.bob.staff
            ),
        },
        {},
        [
            browser.at(f"{base}/{other}/bytes"),
            browser.at(f"/clinic/photographs/{photograph}/bytes/original"),
            browser.at(f"/clinic/photographs/{photograph}/bytes/display"),
        ],
        site.strangers_at(url, cast.alice, cast.bob, cast.theo, cast.ada),
    )


def end_of_keeping(photograph: UUID) -> None:
    rows = LegalCustody.objects.filter(photograph=photograph)
    rows.update(keep_until=today_here() - timedelta(days=1))
    erase_due_custody()


def grow_old(opening: UUID) -> None:
    then = timezone.now() - LONG_AGO
    CustodyRequest.objects.filter(id=opening).update(requested_at=then, confirmed_at=then)


WAYS: Mapping[str, Callable[[Site], Way]] = {"privacy:kept_bytes": kept_picture}
