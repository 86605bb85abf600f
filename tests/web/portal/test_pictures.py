"""Pictures on the patient's pages: through the gate, in the dark, and never somebody else's."""

from io import BytesIO
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image
from tests.cast import Cast
from tests.consenting import proposal_of
from tests.preparing import covering, prepare, scanner_that_finds
from tests.taking import forearm, take, take_labelled
from tests.web.portal.browsing import SIGNATURE, decide, enter, look, shown_version

from safelight.audit.models import Event
from safelight.consent.selectors.deciding import decision_view
from safelight.consent.services.proposing import People, remove_picture
from safelight.consent.visits import Visit
from safelight.photos.labels import label_photographs
from safelight.vocabulary.agreements import Answer
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.identifiability import Region
from safelight.vocabulary.photograph import Sensitivity
from safelight.web.clinic.byte_path import HEADERS

pytestmark = [
    pytest.mark.django_db(databases=["default", "keystore"]),
    pytest.mark.usefixtures("stores"),
]


@pytest.fixture
def pictures(cast: Cast) -> list[UUID]:
    return [take_labelled(cast.alice, cast.petra) for _ in range(2)]


@pytest.fixture
def petra(cast: Cast, pictures: list[UUID]) -> tuple[Client, Visit]:
    return enter(cast.alice, proposal_of(cast.alice, cast.petra, pictures))


def page(client: Client, photograph: UUID, query: str = "") -> str:
    answer = client.get(reverse("portal:picture", args=[photograph]) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def bytes_of(client: Client, photograph: UUID, rendition: str = "display"):
    return client.get(reverse("portal:picture_bytes", args=[photograph, rendition]))


def reply(client: Client, photograph: UUID, answer: str):
    return client.post(reverse("portal:picture", args=[photograph]), {"answer": answer})


def test_the_frame_has_the_shape_of_what_is_shown(cast: Cast, petra, pictures) -> None:
    """Of a cropped form, that of the form; of a picture as taken, its own."""
    client, _ = petra
    with scanner_that_finds():
        prepare(cast.alice, pictures[0], covering(crop=Region(0, 0, 60, 64)))
    shapes = []
    for picture in pictures:
        shown = Image.open(BytesIO(bytes_of(client, picture).content))
        assert f'width="{shown.width}" height="{shown.height}" data-stage' in page(client, picture)
        shapes.append(shown.width > shown.height)
    assert shapes == [False, True]


def test_who_wished_for_more_is_told_why_there_is_no_yes(petra, pictures) -> None:
    client, _ = petra
    assert "You asked us to cover more" not in page(client, pictures[0])
    client.post(reverse("portal:cover_more", args=[pictures[0]]), {"wish": "my ring, please"})
    shown = page(client, pictures[0])
    assert "You asked us to cover more" in shown
    assert 'disabled aria-describedby="wish-open"' in shown


def test_bytes_leave_with_the_headers_of_the_byte_path(petra, pictures) -> None:
    client, visit = petra
    answer = bytes_of(client, pictures[0])
    assert answer["Content-Type"].startswith("image/")
    assert {name: answer[name] for name, _ in HEADERS} == dict(HEADERS)
    assert Event.objects.filter(
        tag=EventTag.PHOTOGRAPH_SHOWN_TO_SIGNER, actor=visit.access
    ).exists()


@pytest.mark.parametrize("rendition", ["original", "redacted", "poster"])
def test_no_other_rendition_is_given(petra, pictures, rendition: str) -> None:
    client, _ = petra
    assert bytes_of(client, pictures[0], rendition).status_code == 404


def test_another_patients_picture_and_none_at_all_are_the_same_nothing(cast: Cast, petra) -> None:
    client, _ = petra
    pablos = take_labelled(cast.alice, cast.pablo)
    answers = [
        bytes_of(client, pablos),
        bytes_of(client, uuid4()),
        bytes_of(Client(), pablos),
        client.post(reverse("portal:picture_bytes", args=[pablos, "display"])),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert {answer.content for answer in answers} == {b""}
    theirs = client.get(reverse("portal:picture", args=[pablos]))
    nobodys = client.get(reverse("portal:picture", args=[uuid4()]))
    assert theirs.status_code == nobodys.status_code == 404
    assert reply(client, pablos, "yes").status_code == 404


def test_an_answer_leads_to_the_next_picture_and_then_to_the_choices(petra, pictures) -> None:
    client, visit = petra
    first, second = pictures
    look(client, first)
    look(client, second)
    assert reply(client, first, "no")["Location"] == reverse("portal:picture", args=[second])
    assert reply(client, second, "yes")["Location"] == reverse("portal:choices")
    assert [item.answer for item in decision_view(visit).pictures] == [Answer.NO, Answer.YES]
    assert 'value="no" aria-pressed="true"' in page(client, first)


def test_nothing_is_chosen_before_somebody_chooses(petra, pictures) -> None:
    client, _ = petra
    assert 'aria-pressed="true"' not in page(client, pictures[0])


def test_what_is_no_answer_changes_nothing(petra, pictures) -> None:
    client, visit = petra
    assert reply(client, pictures[0], "perhaps")["Location"] == reverse(
        "portal:picture", args=pictures[:1]
    )
    assert decision_view(visit).pictures[0].answer is None


def test_an_intimate_picture_stays_covered_until_it_is_asked_for(cast: Cast) -> None:
    photograph = take(cast.alice, cast.petra)
    label_photographs(cast.alice.staff, [photograph], forearm(Sensitivity.INTIMATE))
    people = People(signer="Petra", chaperone="Nora")
    client, visit = enter(
        cast.alice, proposal_of(cast.alice, cast.petra, [photograph], people=people)
    )
    address = reverse("portal:picture_bytes", args=[photograph, "display"])
    assert address not in page(client, photograph)
    assert address in page(client, photograph, "?show=yes")
    reply(client, photograph, "no")
    assert decision_view(visit).pictures[0].answer is Answer.NO
    for name in ("choices", "mine"):
        assert (
            str(photograph) + "/bytes" not in client.get(reverse(f"portal:{name}")).content.decode()
        )


def test_a_picture_that_staff_took_out_is_told_and_then_forgotten(
    cast: Cast, petra, pictures
) -> None:
    """Or nobody could ever sign again: an answer to what is gone refuses the signature."""
    client, visit = petra
    view = decision_view(visit)
    decide(client, view, yes=[view.choices[0].agreement], use=pictures)
    version = shown_version(client)
    remove_picture(cast.alice, visit.proposal, pictures[1])

    refused = client.post(reverse("portal:sign"), SIGNATURE | {"version": version})
    assert "because=picture-gone" in refused["Location"]
    told = client.get(refused["Location"], follow=True).content.decode()
    assert "A picture was taken out meanwhile" in told

    signed = client.post(reverse("portal:sign"), SIGNATURE | {"version": shown_version(client)})
    assert "It is signed" in signed.content.decode()


def test_an_answer_to_a_picture_that_is_gone_leads_back(cast: Cast, petra, pictures) -> None:
    client, visit = petra
    remove_picture(cast.alice, visit.proposal, pictures[0])
    assert reply(client, pictures[0], "yes").status_code == 404
    assert client.get(reverse("portal:pictures"))["Location"] == reverse(
        "portal:picture", args=pictures[1:]
    )
