"""The clinician's side of consent: asking, handing over, and what became of it."""

import re
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import strip_tags
from tests.cast import Cast
from tests.consenting import agreement_to, approved_form, proposal_of, signed
from tests.sessions import browser_of
from tests.taking import take_labelled

from safelight.consent.models import Agreement, Proposal
from safelight.institution.services import decide_policy
from safelight.people.asker import Asker
from safelight.photos.models import Photograph
from safelight.vocabulary.purposes import BY_AGREEMENT, Purpose

pytestmark = [
    pytest.mark.django_db(databases=["default", "keystore"]),
    pytest.mark.usefixtures("stores"),
]
LECTURE = "lecture.lecture-hall"
ONE_TO_ONE = "one-to-one-teaching.one-to-one"
SOCIAL_MEDIA = "social-media.public"
STUDY = "research.project-team"


@pytest.fixture
def form(db: None) -> int:
    return approved_form()


@pytest.fixture
def picture(cast: Cast) -> UUID:
    return take_labelled(cast.alice, cast.petra)


def asks(
    asker: Asker, patient: UUID, *pictures: UUID, query: str = "", **sent: Any
) -> tuple[int, Proposal | None]:
    data = {"use": [LECTURE], "photograph": list(pictures), **sent}
    response = browser_of(asker).post(reverse("clinic:ask", args=[patient]) + query, data)
    return response.status_code, Proposal.objects.order_by("-created_at").first()


def page(client: Client, name: str, proposal: UUID) -> str:
    response = client.get(reverse(f"clinic:{name}", args=[proposal]))
    assert response.status_code == 200
    return str(response.content.decode())


def test_the_usual_case_needs_nothing_but_ticks(cast: Cast, form: int, picture: UUID) -> None:
    status, proposal = asks(cast.alice, cast.petra, picture, use=[LECTURE, ONE_TO_ONE])
    assert status == 302
    assert proposal is not None
    assert (proposal.state, proposal.language, proposal.signer_role) == (
        "proposed",
        "en",
        "patient",
    )
    assert {row.purpose for row in proposal.agreements.all()} == {"lecture", "one-to-one-teaching"}


def test_a_picture_chosen_on_its_own_page_is_chosen_here_already(
    cast: Cast, form: int, picture: UUID
) -> None:
    other = take_labelled(cast.alice, cast.petra)
    url = reverse("clinic:ask", args=[cast.petra])
    shown = browser_of(cast.alice).get(f"{url}?photograph={picture}").content.decode()
    assert re.search(f'value="{picture}" checked', shown)
    assert not re.search(f'value="{other}" checked', shown)


def test_what_is_asked_about_is_told_apart_by_site_and_day(
    cast: Cast, form: int, picture: UUID
) -> None:
    shown = browser_of(cast.alice).get(reverse("clinic:ask", args=[cast.petra])).content.decode()
    assert '<legend class="legend">Pictures to ask about</legend>' in shown
    under = shown.partition(f'value="{picture}"')[2].partition('class="pick__what"')[2]
    taken = timezone.localtime(Photograph.objects.get(id=picture).taken_at)
    caption = strip_tags(">" + under.partition("</label>")[0])
    assert "orearm" in caption
    assert date_format(taken, "DATE_FORMAT") in caption


def test_where_only_paper_will_do_the_page_it_leads_to_says_what_is_noted(
    cast: Cast, form: int
) -> None:
    decide_policy({"consent_to_take": "written"}, actor=None)
    alice, first = browser_of(cast.alice), reverse("clinic:ask", args=[cast.petra]) + "?before"
    capture = alice.get(reverse("clinic:capture", args=[cast.petra])).content.decode()
    assert f'href="{first}"' in capture
    assert "for care nothing more is needed" in alice.get(first).content.decode()


def test_without_an_approved_form_nothing_can_be_asked(cast: Cast, picture: UUID) -> None:
    shown = browser_of(cast.alice).get(reverse("clinic:ask", args=[cast.petra]))
    assert "no approved consent form" in shown.content.decode()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"use": []}, "at least one use"),
        ({"use": ["lecture.public"]}, "at least one use"),
        ({"use": [STUDY]}, "Name what it is for"),
        ({"use": [SOCIAL_MEDIA], f"named-{SOCIAL_MEDIA}": "A page"}, "at least one use"),
        ({"photograph": []}, "Choose the pictures"),
        ({"signer_role": "proxy", "signer": "Somebody"}, "right to sign"),
        ({"signer_role": "guardian", "signer": "Greta", "authority": "Mother"}, "an adult"),
        ({"signer_role": "teacher"}, "who signs"),
        ({"language": "xx"}, "this language"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(
    cast: Cast, form: int, picture: UUID, sent: dict[str, object], sentence: str
) -> None:
    data = {"use": [LECTURE], "photograph": [picture], **sent}
    response = browser_of(cast.alice).post(reverse("clinic:ask", args=[cast.petra]), data)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Proposal.objects.exists()


def test_what_was_typed_is_still_there_after_a_refusal(
    cast: Cast, form: int, picture: UUID
) -> None:
    data = {"use": [STUDY], f"named-{STUDY}": "", "photograph": [picture], "witness": "Rhea"}
    response = browser_of(cast.alice).post(reverse("clinic:ask", args=[cast.petra]), data)
    shown = response.content.decode()
    assert f'value="{STUDY}" checked' in shown
    assert 'value="Rhea"' in shown


def test_social_media_is_offered_only_where_the_institution_wants_it(
    cast: Cast, form: int, picture: UUID
) -> None:
    url = reverse("clinic:ask", args=[cast.petra])
    assert SOCIAL_MEDIA not in browser_of(cast.alice).get(url).content.decode()
    decide_policy({"social_media": 1}, actor=None)
    assert SOCIAL_MEDIA in browser_of(cast.alice).get(url).content.decode()


def test_for_a_child_a_guardian_signs_and_says_why(cast: Cast, form: int) -> None:
    picture = take_labelled(cast.alice, cast.pablo)
    greta = {"signer": "Greta Serrano", "authority": "Mother"}
    status, proposal = asks(cast.alice, cast.pablo, picture, **greta)
    assert status == 302
    assert proposal is not None
    assert proposal.signer_role == "guardian"


def test_an_intimate_picture_needs_a_chaperone_by_name(
    cast: Cast, form: int, picture: UUID
) -> None:
    Photograph.objects.update(sensitivity="intimate")
    assert asks(cast.alice, cast.petra, picture)[0] == 422
    assert asks(cast.alice, cast.petra, picture, chaperone="Nurse Invented")[0] == 302


def test_before_the_pictures_the_taking_is_agreed_to_first(cast: Cast, form: int) -> None:
    url = reverse("clinic:ask", args=[cast.petra])
    assert browser_of(cast.alice).get(url)["Location"].endswith("?before")
    assert asks(cast.alice, cast.petra, query="?before")[0] == 422
    status, proposal = asks(cast.alice, cast.petra, query="?before", taking="written")
    assert status == 302
    assert proposal is not None
    assert (proposal.state, proposal.taking) == ("draft", "written")

    alice = browser_of(cast.alice)
    assert "Now take the pictures" in page(alice, "proposal", proposal.id)
    picture = take_labelled(cast.alice, cast.petra)
    Photograph.objects.update(taken_at=proposal.created_at.replace(year=2999))
    assert f'value="{picture}" checked' in page(alice, "proposal_pictures", proposal.id)
    added = reverse("clinic:proposal_pictures", args=[proposal.id])
    assert alice.post(added, {"photograph": [picture]}).status_code == 302
    proposal.refresh_from_db()
    assert proposal.state == "proposed"


def test_another_patients_picture_cannot_be_put_before_the_signer(
    cast: Cast, form: int, picture: UUID
) -> None:
    foreign = take_labelled(cast.alice, cast.pablo)
    proposal = proposal_of(cast.alice, cast.petra, [picture])
    added = reverse("clinic:proposal_pictures", args=[proposal])
    response = browser_of(cast.alice).post(added, {"photograph": [foreign]})
    assert response.status_code == 422
    assert "not one of this patient" in response.content.decode()


def test_a_picture_can_be_taken_out_again(cast: Cast, form: int, picture: UUID) -> None:
    other = take_labelled(cast.alice, cast.petra)
    proposal = proposal_of(cast.alice, cast.petra, [picture, other])
    alice = browser_of(cast.alice)
    alice.post(reverse("clinic:take_out_picture", args=[proposal]), {"photograph": other})
    shown = page(alice, "proposal", proposal)
    assert reverse("clinic:photograph", args=[picture]) in shown
    assert reverse("clinic:photograph", args=[other]) not in shown


def test_a_closed_request_says_so_and_offers_no_way_to_sign(
    cast: Cast, form: int, picture: UUID
) -> None:
    proposal = proposal_of(cast.alice, cast.petra, [picture])
    alice = browser_of(cast.alice)
    alice.post(reverse("clinic:close_proposal", args=[proposal]))
    shown = page(alice, "proposal", proposal)
    assert "This request was closed" in shown
    assert "Hand over" not in shown
    refused = alice.post(reverse("clinic:send_link", args=[proposal]), follow=True)
    assert "was closed" in refused.content.decode()


def test_the_answers_are_shown_with_their_end_and_their_proof(
    cast: Cast, form: int, picture: UUID
) -> None:
    visit = signed(
        cast.alice, cast.petra, [picture], {Purpose.ONE_TO_ONE_TEACHING}, no={Purpose.LECTURE}
    )
    shown = page(browser_of(cast.alice), "proposal", visit.proposal)
    assert re.search(r'data-status="active">Yes<', shown)
    assert re.search(r'data-status="rejected">No<', shown)
    assert "Verified just now" in shown


def test_a_picture_that_was_left_out_is_told_apart(cast: Cast, form: int, picture: UUID) -> None:
    other = take_labelled(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture, other], {Purpose.LECTURE}, leave_out=[other])
    shown = page(browser_of(cast.alice), "proposal", visit.proposal)
    _, _, after = shown.partition(reverse("clinic:photograph", args=[other]))
    assert shown.count("Left out") == 1
    assert "Left out" in after


def test_an_altered_record_is_called_altered(cast: Cast, form: int, picture: UUID) -> None:
    visit = signed(cast.alice, cast.petra, [picture], {Purpose.LECTURE})
    Agreement.objects.update(people=500)
    shown = page(browser_of(cast.alice), "proposal", visit.proposal)
    assert "no longer as it was signed" in shown
    assert "Verified just now" not in shown


def test_entered_in_error_needs_to_be_confirmed_use_by_use(
    cast: Cast, form: int, picture: UUID
) -> None:
    visit = signed(cast.alice, cast.petra, [picture], {Purpose.LECTURE, Purpose.CONFERENCE})
    alice, url = browser_of(cast.alice), reverse("clinic:proposal_mistake", args=[visit.proposal])
    assert alice.post(url).status_code == 422
    wrong = agreement_to(visit, Purpose.LECTURE)
    assert alice.post(url, {"agreement": [wrong.id]}).status_code == 302
    assert agreement_to(visit, Purpose.LECTURE).status == "entered-in-error"
    assert agreement_to(visit, Purpose.CONFERENCE).status == "active"


def test_an_agreement_of_another_request_is_not_touched(
    cast: Cast, form: int, picture: UUID
) -> None:
    visit = signed(cast.alice, cast.petra, [picture], {Purpose.LECTURE})
    other = proposal_of(cast.alice, cast.petra, [picture], [Purpose.CONFERENCE])
    url = reverse("clinic:proposal_mistake", args=[other])
    browser_of(cast.alice).post(url, {"agreement": [agreement_to(visit, Purpose.LECTURE).id]})
    assert agreement_to(visit, Purpose.LECTURE).status == "active"


@pytest.mark.parametrize(
    "name", ["proposal", "proposal_pictures", "proposal_mistake", "invitation"]
)
def test_who_does_not_treat_the_patient_finds_nothing(
    cast: Cast, form: int, picture: UUID, name: str
) -> None:
    proposal = proposal_of(cast.alice, cast.petra, [picture])
    assert browser_of(cast.bob).get(reverse(f"clinic:{name}", args=[proposal])).status_code == 404
    assert browser_of(cast.theo).get(reverse(f"clinic:{name}", args=[proposal])).status_code == 404


@pytest.mark.parametrize(
    "name", ["take_out_picture", "note_taking", "close_proposal", "hand_over", "send_link"]
)
def test_who_does_not_treat_the_patient_can_change_nothing(
    cast: Cast, form: int, picture: UUID, name: str
) -> None:
    proposal = proposal_of(cast.alice, cast.petra, [picture])
    before = Proposal.objects.values().get()
    sent = {"photograph": picture, "taking": "written"}
    url = reverse(f"clinic:{name}", args=[proposal])
    assert browser_of(cast.bob).post(url, sent).status_code == 404
    assert Proposal.objects.values().get() == before


def test_a_picture_tells_at_a_glance_what_it_may_be_used_for(
    cast: Cast, form: int, picture: UUID
) -> None:
    visit = signed(
        cast.alice, cast.petra, [picture], {Purpose.ONE_TO_ONE_TEACHING}, no={Purpose.LECTURE}
    )
    shown = browser_of(cast.alice).get(reverse("clinic:photograph", args=[picture]))
    permitted, _, others = shown.content.decode().partition("Not for anything else")
    assert reverse("clinic:proposal", args=[visit.proposal]) in permitted
    assert "One-to-one teaching" in permitted
    assert "Lecture" not in permitted
    assert "Lecture inside the institution" in others
    address = f"{reverse('teaching:photograph', args=[picture])}?use=one-to-one-teaching"
    assert address in permitted


def test_a_picture_nobody_was_asked_about_is_for_care_alone(
    cast: Cast, form: int, picture: UUID
) -> None:
    shown = browser_of(cast.alice).get(reverse("clinic:photograph", args=[picture]))
    permitted, _, others = shown.content.decode().partition("Not for anything else")
    assert permitted.count("data-permitted") == 1
    assert others.count("uses__item") == len(BY_AGREEMENT)


@pytest.mark.parametrize(
    ("asked_for", "offered"),
    [
        ("verbal", {"", "verbal", "admission-form", "break-glass"}),
        ("admission-form", {"", "admission-form", "break-glass"}),
        ("written", {"", "break-glass"}),
    ],
)
def test_the_camera_asks_for_exactly_what_the_institution_wants(
    cast: Cast, form: int, asked_for: str, offered: set[str]
) -> None:
    decide_policy({"consent_to_take": asked_for}, actor=None)
    alice = browser_of(cast.alice)
    for name in ("capture", "import_files"):
        assert _takes(alice, name, cast.petra) == offered
    asks(cast.alice, cast.petra, query="?before", taking="written")
    assert _takes(alice, "capture", cast.petra) == offered | {"written"}


def _takes(client: Client, name: str, patient: UUID) -> set[str]:
    shown = client.get(reverse(f"clinic:{name}", args=[patient])).content.decode()
    listed = shown.partition('name="consent_to_take"')[2].partition("</select>")[0]
    return set(re.findall(r'<option value="([^"]*)"', listed))
