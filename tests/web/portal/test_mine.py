"""What is theirs: take a yes back, see who looked, ask; and nothing of anybody else."""

import re
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.formats import date_format
from tests.cast import Cast
from tests.consenting import agreement_to, proposal_of, signed
from tests.sessions import sit_down
from tests.taking import take_labelled
from tests.web.portal.browsing import PABLOS_DAY, enter, look

from safelight.audit.models import Event
from safelight.consent.errors import ProposalNotFoundError, QuestionRefusedError
from safelight.consent.models import PatientAccess, PatientQuestion
from safelight.consent.selectors.mine import Standing, my_agreement, my_agreements, uses_now
from safelight.consent.services.proposing import People
from safelight.consent.services.questions import (
    answer_question,
    open_questions,
    questions_of,
)
from safelight.consent.visits import Visit
from safelight.people.sessions import digest
from safelight.release.facts import Asked, Use
from safelight.release.gate import open_photograph
from safelight.release.own_record import own_pictures, who_looked_at_mine
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.purposes import USUAL_AUDIENCE, Purpose
from safelight.vocabulary.signers import SignerRole

pytestmark = [
    pytest.mark.django_db(databases=["default", "keystore"]),
    pytest.mark.usefixtures("stores"),
]
TEACHING = Purpose.ONE_TO_ONE_TEACHING


@pytest.fixture
def photograph(cast: Cast) -> UUID:
    return take_labelled(cast.alice, cast.petra)


@pytest.fixture
def petra(cast: Cast, photograph: UUID) -> tuple[Client, Visit]:
    """She signed: teaching yes, lecture no; then she comes in by a link."""
    visit = signed(cast.alice, cast.petra, [photograph], [TEACHING], no=[Purpose.LECTURE])
    return enter(cast.alice, visit.proposal)


def greta_with(cast: Cast, photograph: UUID) -> tuple[Client, Visit]:
    proposal = proposal_of(
        cast.alice,
        cast.pablo,
        [photograph],
        signer_role=SignerRole.GUARDIAN,
        people=People(signer="Greta Serrano", authority="Mother"),
    )
    return enter(cast.alice, proposal, PABLOS_DAY)


def test_somebody_elses_agreement_is_not_there_and_stays(cast: Cast, petra) -> None:
    _, visit = petra
    greta, _ = greta_with(cast, take_labelled(cast.alice, cast.pablo))
    agreement = agreement_to(visit, TEACHING)
    url = reverse("portal:take_back", args=[agreement.id])
    assert greta.get(url).status_code == greta.post(url).status_code == 404
    agreement.refresh_from_db()
    assert agreement.status == "active"


def test_answers_are_listed_from_near_to_far_and_what_is_open_is_left_out(cast, petra) -> None:
    _, visit = petra
    proposal_of(cast.alice, cast.petra, [take_labelled(cast.alice, cast.petra)])
    standings = [(item.purpose, item.standing) for item in my_agreements(visit)]
    assert standings == [(TEACHING, Standing.IN_FORCE), (Purpose.LECTURE, Standing.REFUSED)]


def test_the_patient_sees_all_their_pictures_and_a_guardian_only_those_asked_about(
    cast: Cast, petra, photograph: UUID
) -> None:
    _, visit = petra
    later = take_labelled(cast.alice, cast.petra)
    asked, unasked = (take_labelled(cast.alice, cast.pablo) for _ in range(2))
    greta, greta_visit = greta_with(cast, asked)
    assert {item.id for item in own_pictures(visit)} == {photograph, later}
    assert [item.id for item in own_pictures(greta_visit)] == [asked]
    assert greta.get(reverse("portal:my_picture", args=[asked])).status_code == 200
    assert greta.get(reverse("portal:my_picture", args=[unasked])).status_code == 404


def test_who_has_looked_is_told_by_day_name_role_and_purpose(cast, petra, photograph) -> None:
    client, visit = petra
    _, cookie = sit_down(cast.alice)
    open_photograph(Asked(digest(cookie), photograph, Rendition.DISPLAY))
    page = client.get(reverse("portal:looks")).content.decode()
    assert "Alice clinician" in page
    assert "Clinician" in page
    assert "For your care" in page
    assert re.search(r'<time datetime="\d\d:\d\d">[^<]+</time>', page)
    assert Event.objects.filter(tag=EventTag.PORTAL_LOOKS_READ, actor=visit.access).exists()


def test_a_look_by_the_reader_and_by_who_decides_are_told_apart(cast, petra, photograph) -> None:
    client, _ = petra
    proxy = People(signer="Greta Serrano", authority="Power of attorney")
    asked = proposal_of(
        cast.alice, cast.petra, [photograph], signer_role=SignerRole.PROXY, people=proxy
    )
    greta, _ = enter(cast.alice, asked)
    look(greta, photograph)
    assert "<strong>You</strong>" in greta.get(reverse("portal:looks")).content.decode()
    page = client.get(reverse("portal:looks")).content.decode()
    assert "<strong>Who decides for you</strong>" in page
    look(client, photograph)
    assert "<strong>The patient</strong>" in greta.get(reverse("portal:looks")).content.decode()


def test_a_look_under_an_agreement_says_for_which_use(cast: Cast, petra, photograph) -> None:
    client, _ = petra
    use = Use(TEACHING, USUAL_AUDIENCE[TEACHING], people=1)
    _, cookie = sit_down(cast.theo)
    open_photograph(Asked(digest(cookie), photograph, Rendition.DISPLAY, use=use))
    page = client.get(reverse("portal:looks")).content.decode()
    assert "For teaching · One-to-one teaching" in page


def test_nobody_reads_who_looked_at_somebody_elses_pictures(cast, petra, photograph) -> None:
    _, cookie = sit_down(cast.alice)
    open_photograph(Asked(digest(cookie), photograph, Rendition.DISPLAY))
    _, greta_visit = greta_with(cast, take_labelled(cast.alice, cast.pablo))
    assert who_looked_at_mine(greta_visit) == []


def test_a_question_reaches_whoever_treats_the_patient_and_the_answer_comes_back(
    cast: Cast, petra
) -> None:
    client, visit = petra
    words = "May I see the lecture? <i>Petra</i>"
    client.post(reverse("portal:ask"), {"question": words})
    row = PatientQuestion.objects.get()
    assert words.encode() not in bytes(row.sealed_question)
    assert [item.text for item in open_questions(cast.alice)] == [words]
    assert open_questions(cast.bob) == []
    with pytest.raises(ProposalNotFoundError):
        answer_question(cast.bob, row.id, "No.")
    answer_question(cast.alice, row.id, "Yes, come along.")
    with pytest.raises(QuestionRefusedError):
        answer_question(cast.alice, row.id, "Twice.")
    assert open_questions(cast.alice) == []
    assert [item.answer for item in questions_of(visit)] == ["Yes, come along."]
    page = client.get(reverse("portal:ask")).content.decode()
    assert "Yes, come along." in page
    assert "&lt;i&gt;Petra" in page


@pytest.mark.parametrize(("typed", "said"), [("  ", "first"), ("a" * 2001, "too long")])
def test_nothing_and_far_too_much_are_no_question(petra, typed: str, said: str) -> None:
    client, _ = petra
    answer = client.post(reverse("portal:ask"), {"question": typed})
    assert said in answer.content.decode()
    assert not PatientQuestion.objects.exists()


def test_nobody_is_buried_in_questions(petra) -> None:
    client, _ = petra
    for number in range(12):
        client.post(reverse("portal:ask"), {"question": f"Why {number}?"})
    assert PatientQuestion.objects.count() == 10


def test_a_new_code_makes_the_old_one_void(petra) -> None:
    client, _ = petra
    pages = [client.post(reverse("portal:new_code")).content.decode() for _ in range(2)]
    letters, codes = zip(*map(letters_and_code, pages), strict=True)
    assert len(set(letters)) == 1
    door = reverse("portal:door", args=[letters[0]])
    born = {"day": "9", "month": "3", "year": "1971"}
    assert Client().post(door, {**born, "code": codes[0]}).status_code == 200
    assert Client().post(door, {**born, "code": codes[1]}).status_code == 302


def test_a_lost_code_is_asked_about_once_before_it_is_replaced(petra) -> None:
    client, visit = petra
    before = list(PatientAccess.objects.filter(proposal=visit.proposal).values())
    page = client.get(reverse("portal:new_code")).content.decode()
    assert "Make a new code?" in page
    assert "stops working at once" in page
    assert list(PatientAccess.objects.filter(proposal=visit.proposal).values()) == before


def letters_and_code(page: str) -> tuple[str, str]:
    letters = "".join(re.findall(r"<span>(\w{4})</span>", page))
    code = page.partition('class="code" dir="ltr">')[2].partition("<")[0]
    return letters, code


def test_a_code_is_made_only_for_what_was_signed(cast: Cast, photograph: UUID) -> None:
    client, _ = enter(cast.alice, proposal_of(cast.alice, cast.petra, [photograph]))
    assert client.post(reverse("portal:new_code")).status_code == 302
    assert client.get(reverse("portal:copy")).status_code == 404


def test_each_picture_says_what_it_may_be_used_for_and_until_when(cast, petra, photograph) -> None:
    client, visit = petra
    unasked = take_labelled(cast.alice, cast.petra)
    agreement = my_agreement(visit, agreement_to(visit, TEACHING).id)
    assert agreement is not None
    assert agreement.until is not None
    until = date_format(agreement.until, "DATE_FORMAT")
    for place, is_used in ((photograph, True), (unasked, False)):
        page = client.get(reverse("portal:my_picture", args=[place])).content.decode()
        assert "For care" in page
        assert "Not for anything else" in page
        assert (agreement.heading in page) is is_used
        assert (f"until {until}" in page) is is_used
    page = client.get(reverse("portal:mine")).content.decode()
    assert page.count("Not for anything else") == 2
    assert page.count(f"until {until}") == 1
    client.post(reverse("portal:take_back", args=[agreement.id]))
    assert f"until {until}" not in client.get(reverse("portal:mine")).content.decode()


def test_a_guardian_is_told_only_what_she_allowed_herself(cast: Cast) -> None:
    greta, _ = greta_with(cast, take_labelled(cast.alice, cast.pablo))
    page = greta.get(reverse("portal:mine")).content.decode()
    assert "You allowed nothing else" in page
    assert "Not for anything else" not in page


def test_under_each_yes_stand_its_pictures(cast: Cast, petra, photograph: UUID) -> None:
    client, _ = petra
    take_labelled(cast.alice, cast.petra)
    page = client.get(reverse("portal:mine")).content.decode()
    answers = page.partition('id="agreements"')[2].partition('id="copies"')[0]
    assert re.findall(r"/portal/mine/pictures/([0-9a-f-]+)/", answers) == [str(photograph)]


def test_more_pictures_ask_the_database_no_more_about_uses(cast: Cast, petra) -> None:
    _, visit = petra
    with CaptureQueriesContext(connection) as few:
        uses_now(my_agreements(visit))
    more = [take_labelled(cast.alice, cast.petra) for _ in range(3)]
    signed(cast.alice, cast.petra, more, [TEACHING, Purpose.LECTURE])
    with CaptureQueriesContext(connection) as many:
        assert set(more) <= set(uses_now(my_agreements(visit)))
    images = [sum("agreementimage" in item["sql"] for item in log) for log in (few, many)]
    assert images == [1, 1]


def test_every_signed_request_has_its_copy_and_nobody_elses_is_there(cast: Cast, petra) -> None:
    client, visit = petra
    second = signed(cast.alice, cast.petra, [take_labelled(cast.alice, cast.petra)], [TEACHING])
    page = client.get(reverse("portal:mine")).content.decode()
    assert "My copies" in page
    assert page.count("Signed on ") == 2
    for proposal in (visit.proposal, second.proposal):
        url = reverse("portal:copy_of", args=[proposal])
        assert url in page
        assert client.get(url).content.startswith(b"%PDF")
        record = client.get(reverse("portal:record_of", args=[proposal, "consent-record"]))
        assert record.status_code == 200
    greta, _ = greta_with(cast, take_labelled(cast.alice, cast.pablo))
    for name, more in (("copy_of", []), ("record_of", ["fhir"])):
        address = reverse(f"portal:{name}", args=[visit.proposal, *more])
        assert greta.get(address).status_code == 404
