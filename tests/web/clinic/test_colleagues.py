"""The pages around a question to a colleague: asking, being asked, answering, and the end."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests.asking import ANSWER, QUESTION, ask_bob, ask_surgery
from tests.cast import Cast
from tests.sessions import browser_of, grow_old, sit_down
from tests.taking import forearm, take_labelled

from safelight.consulting.models import ColleagueQuestion, QuestionPicture, ThreadEntry
from safelight.consulting.services.ending import close_question, revoke_question
from safelight.consulting.services.thread import answer, take_question
from safelight.institution.models import Department
from safelight.institution.selectors import current_policy
from safelight.people.models import DepartmentMembership, StaffMember
from safelight.people.services import assign
from safelight.photos.labels import label_photographs
from safelight.photos.moving import MoveReason, move_photograph
from safelight.vocabulary.photograph import Sensitivity

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
NAMES = ("Petra", "Okonjo", "204817", " 1971", "1971-0")


@pytest.fixture
def picture(cast: Cast) -> UUID:
    return take_labelled(cast.alice, cast.petra)


def form(picture: UUID, cast: Cast, **changes: Any) -> dict[str, Any]:
    known = {"photograph": [str(picture)], "whom": f"person:{cast.bob.staff}", "text": QUESTION}
    return known | changes


def asks(cast: Cast, picture: UUID, **changes: Any) -> Any:
    address = reverse("clinic:ask_colleague", args=[cast.petra])
    return browser_of(cast.alice).post(address, form(picture, cast, **changes))


def page_of(question: UUID) -> str:
    return reverse("clinic:asked_question", args=[question])


def bytes_of(question: UUID, picture: UUID, size: str = "large") -> str:
    return reverse("clinic:asked_picture", args=[question, picture, size])


def text_of(response: Any) -> str:
    return str(response.content.decode())


def badge(client: Client) -> bool:
    page = text_of(client.get(reverse("clinic:today")))
    link = page.partition('href="/clinic/questions-asked/"')[2].partition("</a>")[0]
    return "badge" in link


def test_a_question_that_was_sent_leads_to_its_thread(cast: Cast, picture: UUID) -> None:
    answered = asks(cast, picture)
    question = ColleagueQuestion.objects.get()
    assert answered["Location"] == reverse("clinic:colleague_question", args=[question.id])
    assert QUESTION in text_of(browser_of(cast.alice).get(answered["Location"]))
    assert str(cast.petra) not in answered["Location"]


def test_a_picture_in_the_address_is_chosen_already(cast: Cast, picture: UUID) -> None:
    other = take_labelled(cast.alice, cast.petra)
    address = reverse("clinic:ask_colleague", args=[cast.petra])
    page = text_of(browser_of(cast.alice).get(address, {"photograph": str(picture)}))
    assert f'value="{picture}" checked' in page
    assert f'value="{other}" checked' not in page


@pytest.mark.parametrize(
    "change",
    [
        {"whom": ""},
        {"whom": "person:"},
        {"whom": "person:nobody"},
        {"whom": "everybody:1"},
        {"whom": f"person:{uuid4()}"},
        {"whom": f"team:{uuid4()}"},
        {"text": ""},
        {"text": "x" * 2001},
        {"photograph": []},
        {"photograph": ["not-an-id"]},
        {"photograph": [str(uuid4())]},
        {"days": "0"},
        {"days": "9999999999999"},
        {"purpose": "privacy-oversight"},
        {"purpose": "anything"},
        {"purpose": "quality-improvement"},
    ],
)
def test_bad_input_is_told_of_and_nothing_is_sent(
    cast: Cast, picture: UUID, change: dict[str, Any]
) -> None:
    answered = asks(cast, picture, **change)
    assert answered.status_code == 422
    assert 'role="alert"' in text_of(answered)
    assert not ColleagueQuestion.objects.exists()


@pytest.mark.parametrize("days", ["²", "٣", "-1", "one", "1e3", ""])
def test_a_number_of_days_that_is_none_is_as_if_nothing_had_been_said(
    cast: Cast, picture: UUID, days: str
) -> None:
    address = reverse("clinic:ask_colleague", args=[cast.petra])
    assert browser_of(cast.alice).get(address, {"days": days}).status_code == 200
    assert asks(cast, picture, days=days).status_code == 302
    row = ColleagueQuestion.objects.get()
    assert (row.ends_at - row.asked_at).days == current_policy().share_days


def test_what_was_typed_is_still_there_after_a_refusal(cast: Cast, picture: UUID) -> None:
    page = text_of(asks(cast, picture, whom=""))
    assert QUESTION in page
    assert f'value="{picture}" checked' in page


def test_a_protected_picture_asks_for_a_reason(cast: Cast, picture: UUID) -> None:
    label_photographs(cast.alice.staff, [picture], forearm(Sensitivity.INTIMATE))
    assert "Say why" in text_of(asks(cast, picture))
    assert asks(cast, picture, reason="examination").status_code == 302


def test_whoever_looks_for_a_colleague_without_scripts_keeps_what_was_typed(
    cast: Cast, picture: UUID
) -> None:
    page = text_of(asks(cast, picture, search="1", find="char"))
    assert f"person:{cast.charlie.staff}" in page
    assert QUESTION in page
    assert not ColleagueQuestion.objects.exists()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("bo", ["Bob clinician"]),
        ("clin bob", ["Bob clinician"]),
        ("BÖB", ["Bob clinician"]),
        ("theo", []),
        ("alice", []),
        ("zzz", []),
        ("'; DROP TABLE", []),
    ],
)
def test_colleagues_are_found_by_the_beginnings_of_their_names(
    cast: Cast, typed: str, found: list[str]
) -> None:
    answered = browser_of(cast.alice).get(reverse("clinic:find_colleagues"), {"find": typed})
    assert [item["name"] for item in answered.json()["colleagues"]] == found


def test_whoever_left_is_not_found(cast: Cast) -> None:
    StaffMember.objects.filter(id=cast.bob.staff).update(is_active=False)
    answered = browser_of(cast.alice).get(reverse("clinic:find_colleagues"), {"find": "bob"})
    assert answered.json() == {"colleagues": []}


def test_the_list_and_the_badge_name_no_patient(cast: Cast, picture: UUID) -> None:
    bob = browser_of(cast.bob)
    assert not badge(bob)
    ask_bob(cast, [picture])
    assert badge(bob)
    page = text_of(bob.get(reverse("clinic:asked_of_me")))
    assert "Alice clinician" in page
    assert not any(word in page for word in (*NAMES, QUESTION, str(cast.petra)))


def test_the_colleague_sees_the_question_beside_the_pictures_and_no_name(
    cast: Cast, picture: UUID
) -> None:
    question = ask_bob(cast, [picture])
    page = text_of(browser_of(cast.bob).get(page_of(question)))
    assert QUESTION in page
    assert "Forearm" in page
    assert "Female, 50 to 59 years" in page
    assert not any(word in page for word in (*NAMES, str(cast.petra)))


def test_a_colleague_who_treats_the_patient_sees_the_name_and_the_way(
    cast: Cast, picture: UUID
) -> None:
    question = ask_bob(cast, [picture])
    assign(cast.bob.staff, cast.petra, actor=None, starts_at=timezone.now())
    page = text_of(browser_of(cast.bob).get(page_of(question)))
    assert "Petra" in page
    assert reverse("clinic:patient", args=[cast.petra]) in page


def test_an_answer_is_beside_the_picture_and_on_the_timeline(cast: Cast, picture: UUID) -> None:
    question = ask_bob(cast, [picture])
    browser_of(cast.bob).post(reverse("clinic:answer_colleague", args=[question]), {"text": ANSWER})
    close_question(cast.alice, question)
    alice = browser_of(cast.alice)
    for address in (
        reverse("clinic:photograph", args=[picture]),
        reverse("clinic:patient", args=[cast.petra]),
        reverse("clinic:colleague_question", args=[question]),
    ):
        page = text_of(alice.get(address))
        assert QUESTION in page
        assert ANSWER in page
        assert "Bob clinician" in page


def test_a_timeline_with_many_questions_asks_no_more_of_the_database(
    cast: Cast, picture: UUID
) -> None:
    alice, address = browser_of(cast.alice), reverse("clinic:patient", args=[cast.petra])
    counts = []
    for more in (1, 6):
        for _ in range(more):
            answer(cast.bob, ask_bob(cast, [picture]), ANSWER)
        alice.get(address)
        with (
            CaptureQueriesContext(connection) as here,
            CaptureQueriesContext(connections["keystore"]) as keys,
        ):
            assert text_of(alice.get(address)).count(QUESTION) >= more
        counts.append((len(here), len(keys)))
    assert counts[0] == counts[1]


def test_nothing_that_was_written_is_taken_for_markup(cast: Cast, picture: UUID) -> None:
    question = ask_bob(cast, [picture], "<script>alert(1)</script>")
    answer(cast.bob, question, "<img src=x onerror=alert(2)>")
    for client, address in (
        (browser_of(cast.bob), page_of(question)),
        (browser_of(cast.alice), reverse("clinic:colleague_question", args=[question])),
    ):
        page = text_of(client.get(address))
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_an_answer_that_cannot_be_kept_is_told_of(cast: Cast, picture: UUID, text: str) -> None:
    question = ask_bob(cast, [picture])
    answered = browser_of(cast.bob).post(
        reverse("clinic:answer_colleague", args=[question]), {"text": text}
    )
    assert answered.status_code == 422
    assert not ThreadEntry.objects.exists()


def test_both_sides_go_on_and_the_treating_side_ends_it(cast: Cast, picture: UUID) -> None:
    question = ask_bob(cast, [picture])
    alice, bob = browser_of(cast.alice), browser_of(cast.bob)
    bob.post(reverse("clinic:answer_colleague", args=[question]), {"text": ANSWER})
    assert badge(alice)
    alice.post(reverse("clinic:go_on_with_colleague", args=[question]), {"text": "And then?"})
    assert not badge(alice)
    assert "And then?" in text_of(bob.get(page_of(question)))
    alice.post(reverse("clinic:extend_question", args=[question]))
    alice.post(reverse("clinic:end_question", args=[question]), {"how": "nonsense"})
    assert ColleagueQuestion.objects.get().closed_at is None
    alice.post(reverse("clinic:end_question", args=[question]), {"how": "close"})
    assert ColleagueQuestion.objects.get().closed_at is not None


@pytest.mark.parametrize("end", [close_question, revoke_question])
def test_after_the_end_the_colleague_is_told_that_it_is_over_and_no_more(
    cast: Cast, picture: UUID, end: Callable[..., None]
) -> None:
    question = ask_bob(cast, [picture])
    answer(cast.bob, question, ANSWER)
    end(cast.alice, question)
    bob = browser_of(cast.bob)
    page = text_of(bob.get(page_of(question)))
    assert "This question is over" in page
    assert not any(word in page for word in (QUESTION, ANSWER, "Forearm", "Female"))
    late = bob.post(reverse("clinic:answer_colleague", args=[question]), {"text": "Too late"})
    assert late["Location"] == page_of(question)
    assert ThreadEntry.objects.count() == 1
    assert not badge(bob)


def test_a_department_sees_its_question_and_who_took_it(cast: Cast, picture: UUID) -> None:
    department = Department.objects.get(id=cast.surgery)
    DepartmentMembership.objects.create(staff_id=cast.charlie.staff, department=department)
    question = ask_surgery(cast, [picture])
    bob, charlie = browser_of(cast.bob), browser_of(cast.charlie)
    assert "Take it" in text_of(bob.get(page_of(question)))
    assert QUESTION not in text_of(bob.get(page_of(question)))
    bob.post(reverse("clinic:take_question", args=[question]))
    assert QUESTION in text_of(bob.get(page_of(question)))
    assert "Taken by Bob clinician" in text_of(charlie.get(reverse("clinic:asked_of_me")))
    page = text_of(charlie.get(page_of(question)))
    assert "Somebody else has taken it" in page
    assert QUESTION not in page
    late = charlie.post(reverse("clinic:take_question", args=[question]), follow=True)
    assert "took this question already" in text_of(late)


# The bytes


def test_the_bytes_come_without_a_trace_in_the_browser(cast: Cast, picture: UUID) -> None:
    question = ask_bob(cast, [picture])
    answered = browser_of(cast.bob).get(bytes_of(question, picture))
    assert answered.status_code == 200
    assert answered["Content-Type"].startswith("image/")
    assert answered["Cache-Control"] == "no-store"
    assert answered["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert not answered.has_header("ETag")
    partly = browser_of(cast.bob).get(
        bytes_of(question, picture), headers={"Range": "bytes=0-9", "If-None-Match": "*"}
    )
    assert partly.status_code == 200
    assert partly.content == answered.content


Act = Callable[[Cast, UUID, UUID, str], object]


def move(cast: Cast, _question: UUID, picture: UUID, _cookie: str) -> None:
    move_photograph(picture, cast.pablo, actor=cast.alice.staff, reason=MoveReason.OTHER)


def add_row(cast: Cast, question: UUID, _picture: UUID, _cookie: str) -> None:
    other = take_labelled(cast.alice, cast.petra)
    QuestionPicture.objects.create(question_id=question, photograph_id=other, position=7)


MEANWHILE: dict[str, Act] = {
    "it was taken back": lambda cast, question, *_: revoke_question(cast.alice, question),
    "it was closed": lambda cast, question, *_: close_question(cast.alice, question),
    "its time ended in the rows": lambda _cast, question, *_: ColleagueQuestion.objects.filter(
        id=question
    ).update(ends_at=timezone.now()),
    "the picture was moved": move,
    "a picture was added in the rows": add_row,
    "the picture became intimate": lambda cast, _question, picture, _cookie: label_photographs(
        cast.alice.staff, [picture], forearm(Sensitivity.INTIMATE)
    ),
    "his role changed": lambda cast, *_: StaffMember.objects.filter(id=cast.bob.staff).update(
        role="teacher"
    ),
    "he left": lambda cast, *_: StaffMember.objects.filter(id=cast.bob.staff).update(
        is_active=False
    ),
    "his session fell asleep": lambda _cast, _question, _picture, cookie: grow_old(cookie, 60),
}


@pytest.mark.parametrize("what", MEANWHILE)
def test_with_the_page_open_the_next_byte_is_refused_when(
    cast: Cast, picture: UUID, what: str
) -> None:
    question = ask_bob(cast, [picture])
    _, cookie = sit_down(cast.bob)
    bob = Client()
    bob.cookies["safelight"] = cookie
    assert bob.get(page_of(question)).status_code == 200
    assert bob.get(bytes_of(question, picture)).status_code == 200
    MEANWHILE[what](cast, question, picture, cookie)
    for size in ("large", "small"):
        refused = bob.get(bytes_of(question, picture, size))
        assert (refused.status_code, refused.content) == (404, b"")


def test_every_refusal_of_bytes_is_the_same(cast: Cast, picture: UUID) -> None:
    other = take_labelled(cast.alice, cast.petra)
    question, untaken = ask_bob(cast, [picture]), ask_surgery(cast, [picture])
    bob = browser_of(cast.bob)
    answers = [
        bob.get(bytes_of(question, other)),
        bob.get(bytes_of(uuid4(), picture)),
        bob.get(bytes_of(question, uuid4())),
        bob.get(bytes_of(question, picture, "original")),
        bob.get(bytes_of(untaken, picture)),
        bob.post(bytes_of(question, picture)),
        bob.head(bytes_of(question, picture)),
        browser_of(cast.charlie).get(bytes_of(question, picture)),
        browser_of(cast.theo).get(bytes_of(question, picture)),
        browser_of(cast.alice).get(bytes_of(question, picture)),
        Client().get(bytes_of(question, picture)),
    ]
    first = {key: value for key, value in answers[0].items() if key != "Vary"}
    for answered in answers:
        assert (answered.status_code, answered.content) == (404, b"")
        assert {key: value for key, value in answered.items() if key != "Vary"} == first


@pytest.mark.parametrize("who", ["charlie", "theo", "priya", "ada"])
def test_a_guessed_address_and_one_that_never_was_look_alike(
    cast: Cast, picture: UUID, who: str
) -> None:
    question = ask_bob(cast, [picture])
    client = browser_of(getattr(cast, who))
    for name, data in (
        ("clinic:asked_question", None),
        ("clinic:colleague_question", None),
        ("clinic:take_question", {}),
        ("clinic:answer_colleague", {"text": "Guessed"}),
        ("clinic:go_on_with_colleague", {"text": "Guessed"}),
        ("clinic:end_question", {"how": "revoke"}),
        ("clinic:extend_question", {}),
    ):
        send = client.get if data is None else client.post
        theirs = send(reverse(name, args=[question]), data)
        nobodys = send(reverse(name, args=[uuid4()]), data)
        assert theirs.status_code == nobodys.status_code == 404, name
        assert theirs.content == nobodys.content
    assert not ThreadEntry.objects.exists()
    assert ColleagueQuestion.objects.get().revoked_at is None


def test_the_two_sides_do_not_stand_in_for_each_other(cast: Cast, picture: UUID) -> None:
    question = ask_surgery(cast, [picture])
    take_question(cast.bob, question)
    bob, alice = browser_of(cast.bob), browser_of(cast.alice)
    assert bob.get(reverse("clinic:colleague_question", args=[question])).status_code == 404
    ended = bob.post(reverse("clinic:end_question", args=[question]), {"how": "close"})
    assert ended.status_code == 404
    assert alice.get(page_of(question)).status_code == 404
    said = alice.post(reverse("clinic:answer_colleague", args=[question]), {"text": ANSWER})
    assert said.status_code == 404


def test_whoever_treats_the_patient_no_more_still_takes_a_question_back_from_the_list(
    cast: Cast, picture: UUID
) -> None:
    question = ask_bob(cast, [picture])
    DepartmentMembership.objects.filter(staff=cast.alice.staff).update(ends_at=timezone.now())
    alice = browser_of(cast.alice)
    assert alice.get(reverse("clinic:colleague_question", args=[question])).status_code == 404
    assert "Take it back" in text_of(alice.get(reverse("clinic:asked_of_me")))
    alice.post(reverse("clinic:end_question", args=[question]), {"how": "revoke"})
    assert ColleagueQuestion.objects.get().revoked_at is not None
