"""Staff who take the call: chosen, noted who it was, and the answer can be read out."""

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.consenting import TEACHING, agreement_to, signed
from tests.exporting import agreed_to_a_copy, made, receiver_of
from tests.keeping import erasing_rules
from tests.recalling import takes_back
from tests.sessions import browser_of
from tests.sharing import RHEA, agreed, shared
from tests.taking import take_labelled

from safelight.audit.models import Event
from safelight.consent.visits import Visit
from safelight.photos.models import Photograph
from safelight.recall.models import Withdrawal
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import PhotographState
from safelight.vocabulary.recall import WithdrawalScope

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
ONE, LECTURE = TEACHING
CHECKED = "birth date and address, called back"


@pytest.fixture
def picture(cast: Cast) -> UUID:
    return take_labelled(cast.alice, cast.petra)


@pytest.fixture
def alice(cast: Cast) -> Client:
    return browser_of(cast.alice)


@pytest.fixture
def visit(cast: Cast, picture: UUID) -> Visit:
    return signed(cast.alice, cast.petra, [picture], TEACHING)


def page(client: Client, name: str, *args: object, **query: str) -> str:
    answer = client.get(reverse(f"clinic:{name}", args=args), query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def send(client: Client, patient: UUID, what: str, **form: str) -> Any:
    return client.post(
        reverse("clinic:take_back_for", args=[patient]),
        {"what": what, "identified_by": CHECKED, "language": "en", **form},
    )


def told(client: Client, answer: Any) -> str:
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    return str(page.replace("\u2068", "").replace("\u2069", ""))


def test_three_clicks_from_the_record_and_what_to_say(cast: Cast, alice: Client, visit) -> None:
    link = reverse("clinic:take_back_for", args=[cast.petra])
    assert link in page(alice, "patient", cast.petra)
    use = f"use:{agreement_to(visit, LECTURE).id}"
    assert f'value="{use}"' in page(alice, "take_back_for", cast.petra)
    said = told(alice, send(alice, cast.petra, use))
    assert "Say to the patient" in said
    assert "No more: Lecture inside the institution" in said
    assert "+1 555 010 0199" in said
    row = Withdrawal.objects.get()
    assert (row.channel, row.taken_by_id, row.language) == ("staff", cast.alice.staff, "en")
    assert agreement_to(visit, LECTURE).status == "inactive"
    assert agreement_to(visit, ONE).status == "active"
    for tag in (EventTag.CONSENT_AGREEMENT_WITHDRAWN, EventTag.RECALL_WITHDRAWN):
        event = Event.objects.get(tag=tag.value)
        assert event.actor == cast.alice.staff
        assert b"called back" not in bytes(event.sealed_details)


def test_pictures_leave_the_record_of_a_patient_who_agreed_to_nothing(
    cast: Cast, alice: Client, picture: UUID
) -> None:
    form = page(alice, "take_back_for", cast.petra)
    assert re.findall(r'name="what" value="([^"]+)"', form) == ["everything"]
    said = told(alice, send(alice, cast.petra, "everything", language="es"))
    assert "1 picture is locked away" in said
    assert "The law makes us keep some pictures" in said
    assert Photograph.objects.get(id=picture).state == PhotographState.LEGAL_CUSTODY
    assert Withdrawal.objects.get().language == "es"


def test_what_only_waits_a_week_is_not_said_to_be_kept_by_law(
    cast: Cast, alice: Client, picture: UUID
) -> None:
    erasing_rules()
    said = told(alice, send(alice, cast.petra, "everything"))
    assert "locked away for some days, in case it was a mistake" in said
    assert "This is deleted soon" in said
    assert "Nobody can open it alone" in said
    assert "The law makes us" not in said


def test_one_picture_is_chosen_on_the_page_or_on_its_own(cast: Cast, alice, picture) -> None:
    other = take_labelled(cast.alice, cast.petra)
    link = f"{reverse('clinic:take_back_for', args=[cast.petra])}?photograph={picture}"
    assert link in page(alice, "photograph", picture)
    assert f"?photograph={picture}" in page(alice, "take_back_for", cast.petra)
    form = page(alice, "take_back_for", cast.petra, photograph=str(picture))
    assert 'value="picture"' in form
    told(alice, send(alice, cast.petra, "picture", photograph=str(picture)))
    assert Photograph.objects.get(id=picture).state == PhotographState.LEGAL_CUSTODY
    assert Photograph.objects.get(id=other).state == PhotographState.VERIFIED


def test_who_has_something_is_named_to_who_takes_the_call(cast: Cast, alice, picture) -> None:
    visit = agreed(cast.alice, cast.petra, [picture])
    shared(cast.alice, visit, [picture])
    copy = agreed_to_a_copy(cast.alice, cast.petra, [picture], "Olga, Invented Clinic")
    link = made(cast.alice, copy, [picture])
    receiver_of(link).fetch(link.passcode)
    said = told(alice, send(alice, cast.petra, "all-uses"))
    assert f"{RHEA} cannot see them any more" in said
    assert "Olga, Invented Clinic has a copy" in said
    assert "Somebody has a copy" in said


def test_what_the_patient_took_back_themselves_is_listed_there(cast, alice, visit) -> None:
    row = takes_back(visit, WithdrawalScope.ALL_USES)
    link = reverse("clinic:taken_back", args=[cast.petra, row.id])
    assert link in page(alice, "take_back_for", cast.petra)
    assert "All uses" in page(alice, "taken_back", cast.petra, row.id)


@pytest.mark.parametrize("identified_by", ["", "   ", "yes", "x" * 501])
def test_nothing_is_taken_back_for_somebody_unknown(cast, alice, visit, identified_by) -> None:
    use = f"use:{agreement_to(visit, LECTURE).id}"
    answer = send(alice, cast.petra, use, identified_by=identified_by)
    assert answer.status_code == 422
    assert f'value="{use}" required checked' in answer.content.decode()
    assert agreement_to(visit, LECTURE).status == "active"
    assert not Withdrawal.objects.exists()


@pytest.mark.parametrize(
    "what", ["", "use:", "use:none", "use", "picture", "picture-uses", "x" * 9000, "\0"]
)
def test_nothing_chosen_takes_nothing_back(cast: Cast, alice, visit, what: str) -> None:
    answer = send(alice, cast.petra, what)
    assert answer.status_code == 422
    assert "Choose what they take back" in answer.content.decode()
    assert not Withdrawal.objects.exists()


def test_what_is_another_patients_is_not_there(cast: Cast, alice, visit, picture) -> None:
    row = takes_back(visit, WithdrawalScope.USE, agreement_to(visit, ONE).id)
    theirs = f"use:{agreement_to(visit, LECTURE).id}"
    for what, photograph in (
        (theirs, ""),
        (f"use:{uuid4()}", ""),
        ("picture", str(picture)),
        ("picture", str(uuid4())),
    ):
        answer = send(alice, cast.pablo, what, photograph=photograph)
        assert answer.status_code == 404, what
    url = reverse("clinic:taken_back", args=[cast.pablo, row.id])
    assert alice.get(url).status_code == 404
    assert Withdrawal.objects.count() == 1


def test_who_does_not_treat_the_patient_takes_nothing_back(cast: Cast, visit) -> None:
    bob = browser_of(cast.bob)
    assert send(bob, cast.petra, "all-uses").status_code == 404
    row = takes_back(visit, WithdrawalScope.USE, agreement_to(visit, ONE).id)
    assert bob.get(reverse("clinic:taken_back", args=[cast.petra, row.id])).status_code == 404
    assert bob.get(reverse("clinic:take_back_for", args=[cast.petra])).status_code == 404
    assert agreement_to(visit, LECTURE).status == "active"


def test_twice_leads_to_the_same_page(cast: Cast, alice: Client, picture: UUID) -> None:
    first, second = (send(alice, cast.petra, "everything") for _ in range(2))
    assert first["Location"] == second["Location"]
    assert "nothing that could be taken back" in page(alice, "take_back_for", cast.petra)
