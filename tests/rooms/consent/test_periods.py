"""The last day counts whole, in the institution's time zone and in no other."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from django.utils import timezone
from tests.cast import Cast
from tests.consenting import TEACHING, agreement_to, as_if_signed, signed
from tests.taking import take

from safelight.consent.models import Agreement, AgreementImage, Proposal, ProposedPicture
from safelight.consent.rules.dates import add_months, is_in_period, majority_on
from safelight.consent.selectors.facts import agreement_facts
from safelight.consent.services.ending import expire_due, withdraw
from safelight.consent.verification import differences, signed_record
from safelight.consent.visits import Visit
from safelight.engines.policy import AgreementStatus
from safelight.institution.models import Institution
from safelight.vocabulary.photograph import Rendition

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]

ONE, LECTURE = TEACHING
LAST = date(2031, 6, 30)
# The first moment after LAST, in UTC: 14 hours before, and 7 hours after, midnight in Greenwich.
MIDNIGHTS = {
    "UTC": "2031-07-01T00:00:00+00:00",
    "Pacific/Kiritimati": "2031-06-30T10:00:00+00:00",
    "America/Los_Angeles": "2031-07-01T07:00:00+00:00",
}


@pytest.fixture
def picture(cast: Cast) -> UUID:
    return take(cast.alice, cast.petra)


@pytest.fixture
def visit(cast: Cast, picture: UUID) -> Visit:
    return signed(cast.alice, cast.petra, [picture], [ONE])


def midnight(zone: str) -> datetime:
    return datetime.fromisoformat(MIDNIGHTS[zone])


@pytest.mark.parametrize("zone", MIDNIGHTS)
def test_an_agreement_is_good_until_midnight_there(visit: Visit, picture: UUID, zone: str) -> None:
    as_if_signed(agreement_to(visit, ONE), starts_on=date(2030, 1, 1), ends_on=LAST)
    Institution.objects.update(time_zone=zone)
    second = timedelta(seconds=1)
    for moment, expected in ((midnight(zone) - second, True), (midnight(zone), False)):
        (facts,) = agreement_facts(picture, Rendition.DISPLAY, moment)
        assert facts.in_period is expected
        assert facts.status is AgreementStatus.ACTIVE


@pytest.mark.parametrize("zone", MIDNIGHTS)
def test_it_is_ended_after_that_midnight_and_not_before(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    as_if_signed(agreement_to(visit, ONE), ends_on=LAST)
    Institution.objects.update(time_zone=zone)
    for moment, ended in (
        (midnight(zone) - timedelta(seconds=1), 0),
        (midnight(zone), 1),
        (midnight(zone), 0),
    ):
        monkeypatch.setattr(timezone, "now", lambda moment=moment: moment)
        assert expire_due() == ended


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("UTC", date(2031, 6, 30)),
        ("Pacific/Kiritimati", date(2031, 7, 1)),
        ("America/Los_Angeles", date(2031, 6, 29)),
    ],
)
def test_the_day_of_the_signature_is_that_of_the_house(
    cast: Cast, picture: UUID, monkeypatch: pytest.MonkeyPatch, zone: str, day: date
) -> None:
    Institution.objects.update(time_zone=zone)
    hour = "06" if zone == "America/Los_Angeles" else "18"
    moment = datetime.fromisoformat(f"2031-06-30T{hour}:00:00+00:00")
    monkeypatch.setattr(timezone, "now", lambda: moment)
    agreement = agreement_to(signed(cast.alice, cast.petra, [picture], [ONE]), ONE)
    assert agreement.months is not None
    assert (agreement.starts_on, agreement.ends_on) == (day, add_months(day, agreement.months))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2023, 8, 31), 1, date(2023, 9, 30)),
        (date(2023, 12, 31), 2, date(2024, 2, 29)),
        (date(2023, 11, 30), 24, date(2025, 11, 30)),
    ],
)
def test_months_are_those_of_the_calendar(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


def test_who_is_born_on_a_leap_day_comes_of_age_on_the_first_of_march() -> None:
    assert majority_on(date(2008, 2, 29), 18) == date(2026, 3, 1)
    assert majority_on(date(2008, 2, 29), 16) == date(2024, 2, 29)


def test_a_period_that_never_began_is_unknown() -> None:
    assert is_in_period(LAST, None, LAST) is None
    assert is_in_period(LAST, LAST, LAST) is True
    assert is_in_period(LAST, LAST + timedelta(days=1), None) is False


def test_what_is_over_is_kept_and_can_be_read(cast: Cast, visit: Visit, picture: UUID) -> None:
    """Withdrawn, replaced, run out: rows, listed pictures and signed records stay as they were."""
    withdraw(visit, agreement_to(visit, ONE).id)
    older = signed(cast.alice, cast.petra, [picture], [LECTURE])
    newer = signed(cast.alice, cast.petra, [picture], [LECTURE])
    as_if_signed(agreement_to(newer, LECTURE), ends_on=date(2001, 1, 1))
    expire_due()
    because = set(Agreement.objects.values_list("status", "ended_because"))
    assert because == {
        ("inactive", "withdrawn"),
        ("inactive", "superseded"),
        ("inactive", "expired"),
    }
    assert AgreementImage.objects.count() == 2 * Agreement.objects.count()
    assert Proposal.objects.count() == ProposedPicture.objects.count() == 3
    for each in (visit, older):
        assert differences(each.proposal) == []
    assert signed_record(newer.proposal).data["agreements"][0]["is_agreed"]
