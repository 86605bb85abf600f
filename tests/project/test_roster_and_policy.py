"""A hospital's own lists and decisions, from the command line's verbs."""

import json
import re
from pathlib import Path

import pytest
from django.test import Client
from tests.cast import IDENTIFIER_SYSTEM, Cast
from tests.sessions import sit_down

from safelight.audit.models import Event
from safelight.institution.models import PolicyVersion
from safelight.institution.selectors import current_policy
from safelight.institution.services import POLICY_WORDS, PolicyRefusedError, decide_policy
from safelight.patients.models import Encounter, Patient
from safelight.patients.selectors import find_patients
from safelight.people.hiring import HiringRefusedError, close_account
from safelight.people.relationships import relationship
from safelight.project.cli import main
from safelight.project.roster import Loaded, RosterError, load_roster
from safelight.vocabulary.relationships import Relationship

pytestmark = pytest.mark.django_db(databases=["default", "keystore"])

STAY = {"department": "Dermatology", "started_at": "2026-03-09T08:30:00+00:00", "place": "Bed 9"}
GRETA = {
    "family": "Serrano",
    "given": "Greta",
    "birth_date": "1984-07-01",
    "sex": "female",
    "identifiers": [{"system": IDENTIFIER_SYSTEM, "value": "H-500001"}],
    "encounters": [STAY],
}


def roster(tmp_path: Path, **parts: object) -> Path:
    path = tmp_path / "roster.json"
    path.write_text(json.dumps(parts), encoding="utf-8")
    return path


def test_a_roster_brings_patients_stays_and_assignments(cast: Cast, tmp_path: Path) -> None:
    assigned = [{"username": "charlie", "identifier": "H-500001"}]
    path = roster(tmp_path, patients=[GRETA], assignments=assigned)
    assert load_roster(path) == Loaded(patients=1, encounters=1, assignments=1)
    [greta] = find_patients("greta").patients
    assert relationship(cast.alice.staff, greta.id) is Relationship.DEPARTMENT
    assert relationship(cast.charlie.staff, greta.id) is Relationship.ASSIGNMENT


def test_loading_it_again_changes_nothing(cast: Cast, tmp_path: Path) -> None:
    path = roster(tmp_path, patients=[GRETA])
    load_roster(path)
    assert load_roster(path) == Loaded()
    assert Patient.objects.count() == 3


def test_a_stay_that_ended_is_ended(cast: Cast, tmp_path: Path) -> None:
    load_roster(roster(tmp_path, patients=[GRETA]))
    ended = {**GRETA, "encounters": [{**STAY, "ended_at": "2026-03-10T08:30:00+00:00"}]}
    assert load_roster(roster(tmp_path, patients=[ended])) == Loaded()
    [greta] = find_patients("greta").patients
    assert Encounter.objects.get(patient=greta.id).status == "finished"


@pytest.mark.parametrize(
    "broken",
    [
        {**GRETA, "birth_date": "yesterday"},
        {**GRETA, "identifiers": []},
        {"family": "Serrano"},
        {**GRETA, "encounters": [{"department": "Dermatology", "started_at": None}]},
        "Greta",
    ],
)
def test_what_does_not_fit_is_named_by_its_place_and_not_by_a_name(
    cast: Cast, tmp_path: Path, broken: object
) -> None:
    with pytest.raises(RosterError, match=r"patients\[0\]") as caught:
        load_roster(roster(tmp_path, patients=[broken]))
    assert "Serrano" not in caught.value.sentence


@pytest.mark.parametrize("content", ["", "[]", "{", "\x00"])
def test_what_is_no_roster_is_refused_with_a_sentence(tmp_path: Path, content: str) -> None:
    path = tmp_path / "roster.json"
    path.write_text(content)
    with pytest.raises(RosterError):
        load_roster(path)


def test_a_policy_is_a_new_version_with_an_event_and_keeps_the_rest(cast: Cast) -> None:
    decide_policy({"idle_minutes": 5}, actor=cast.ada.staff)
    decide_policy({"break_glass_minutes": 30}, actor=cast.ada.staff)
    policy = current_policy()
    assert (policy.idle_minutes, policy.break_glass_minutes) == (5, 30)
    assert PolicyVersion.objects.count() == 2
    assert Event.objects.filter(tag="institution:policy:changed").count() == 2


@pytest.mark.parametrize("changes", [{"idle_minutes": 0}, {"max_bytes": 10}, {"colour": 3}])
def test_a_policy_out_of_bounds_is_refused(cast: Cast, changes: dict[str, int]) -> None:
    with pytest.raises(PolicyRefusedError):
        decide_policy(changes, actor=cast.ada.staff)
    assert PolicyVersion.objects.count() == 0


def test_the_help_lists_every_code_that_is_taken_and_no_other(
    cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["policy", "--help"])
    said = capsys.readouterr().out.partition("--consent-to-take CODE\n")[2]
    listed = re.sub(r"\s+", " ", said).partition(": ")[2].strip().split(", ")
    assert len(listed) == 3
    for code in listed:
        decide_policy({"consent_to_take": code}, actor=cast.ada.staff)
        assert current_policy().consent_to_take == code
    assert set(listed) == POLICY_WORDS["consent_to_take"]


def test_a_closed_account_opens_nothing_from_then_on(cast: Cast) -> None:
    _, cookie = sit_down(cast.alice)
    browser = Client()
    browser.cookies["safelight"] = cookie
    assert browser.get("/clinic/").status_code == 200
    close_account("alice")
    assert browser.get("/clinic/").status_code == 302
    with pytest.raises(HiringRefusedError):
        close_account("alice")


def test_retention_is_shown_and_decided_from_the_command_line(
    cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    ground = "The hospital law of the land, section 12."
    assert main(["retention", "history"]) == 0
    assert "Nobody has decided yet" in capsys.readouterr().out
    assert main(["retention", "set", "forensic", "seal", "--years", "30", "--ground", ground]) == 0
    assert main(["retention", "set", "ordinary", "erase"]) == 0
    capsys.readouterr()
    assert main(["retention", "show"]) == 0
    said = capsys.readouterr().out
    assert re.search(rf"forensic +sealed for 30 years +{ground}", said)
    assert re.search(r"ordinary +erased at once", said)
    assert main(["retention", "history"]) == 0
    assert capsys.readouterr().out.count("Retention version") == 2


@pytest.mark.parametrize("years", ["0", "101"])
def test_retention_out_of_bounds_is_refused_in_a_sentence(
    cast: Cast, capsys: pytest.CaptureFixture[str], years: str
) -> None:
    assert main(["retention", "set", "forensic", "seal", "--years", years]) == 2
    assert "1 to 100 years" in capsys.readouterr().err
