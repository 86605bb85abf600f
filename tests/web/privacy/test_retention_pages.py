"""Deciding on retention: what a patient would read comes first, and the decision after it."""

from html import unescape
from typing import Any

import pytest
from tests.cast import Cast
from tests.sessions import browser_of

from safelight.institution.models import RetentionVersion
from safelight.institution.retaining import decide_retention
from safelight.institution.retention import RetentionRule, current_retention
from safelight.vocabulary.photograph import Sensitivity
from safelight.vocabulary.recall import Fate

pytestmark = pytest.mark.django_db(databases=["default", "keystore"])
URL, DECIDE = "/privacy/retention/", "/privacy/retention/decide/"
GROUND = "The hospital law of the land, section 12."


def typed(**changed: str) -> dict[str, str]:
    values: dict[str, str] = {}
    for item in Sensitivity:
        values |= {
            f"fate-{item.value}": "seal",
            f"years-{item.value}": "10",
            f"ground-{item.value}": GROUND,
        }
    return values | {name.replace("_", "-"): value for name, value in changed.items()}


def text(page: Any) -> str:
    return unescape(page.content.decode())


def test_while_nobody_has_decided_the_page_says_so(cast: Cast) -> None:
    said = text(browser_of(cast.ada).get(URL))
    assert "Nobody has decided yet" in said
    assert "Decide</a>" in said


def test_the_privacy_officer_reads_and_does_not_decide(cast: Cast) -> None:
    priya = browser_of(cast.priya)
    assert f'href="{DECIDE}"' not in text(priya.get(URL))
    assert priya.post(DECIDE, typed(read="yes")).status_code == 404
    assert not RetentionVersion.objects.exists()


def test_what_a_patient_would_read_is_shown_before_anything_is_decided(cast: Cast) -> None:
    said = text(browser_of(cast.ada).post(DECIDE, typed(years_forensic="1", fate_intimate="erase")))
    assert "locked away for 10 years" in said
    assert "locked away for 1 year from" in said
    assert "erased at once" in said
    assert said.count("locked away for a week first") == 1, "once, where it is erased"
    assert said.count(GROUND) >= 3
    assert not RetentionVersion.objects.exists()


def test_once_that_was_read_it_is_decided(cast: Cast) -> None:
    ada = browser_of(cast.ada)
    page = ada.post(DECIDE, typed(fate_forensic="erase", read="yes"), follow=True)
    assert "counts for what is taken back from now on" in text(page)
    rules = current_retention().rules
    assert rules[Sensitivity.FORENSIC].fate is Fate.ERASE
    assert rules[Sensitivity.ORDINARY] == RetentionRule(Fate.SEAL, 10, GROUND)


@pytest.mark.parametrize(
    "changed",
    [
        {"years_ordinary": "0"},
        {"years_ordinary": "101"},
        {"years_ordinary": "ten"},
        {"years_ordinary": "٣"},
        {"years_ordinary": ""},
        {"ground_ordinary": "short"},
        {"ground_ordinary": "x" * 501},
    ],
)
@pytest.mark.parametrize("read", ["", "yes"])
def test_out_of_bounds_the_page_says_why_and_keeps_what_was_typed(
    cast: Cast, changed: dict[str, str], read: str
) -> None:
    said = text(browser_of(cast.ada).post(DECIDE, typed(read=read, **changed)))
    assert "1 to 100 years" in said
    assert GROUND in said
    assert not RetentionVersion.objects.exists()


def test_an_unknown_fate_is_taken_for_the_careful_one(cast: Cast) -> None:
    browser_of(cast.ada).post(DECIDE, typed(fate_ordinary="burn", read="yes"))
    assert current_retention().rules[Sensitivity.ORDINARY].fate is Fate.SEAL


def test_every_version_stays_on_the_page(cast: Cast) -> None:
    for years in (5, 6):
        rule = RetentionRule(Fate.SEAL, years, f"{GROUND} For {years} years.")
        decide_retention({Sensitivity.ORDINARY: rule}, actor=cast.ada.staff)
    said = text(browser_of(cast.priya).get(URL))
    assert "For 5 years." in said
    assert "For 6 years." in said
