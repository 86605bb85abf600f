"""A colleague is written to with the way to a list and nothing else; no question waits for mail."""

from dataclasses import fields
from uuid import UUID

import pytest
from django.urls import reverse
from tests.asking import ANSWER, QUESTION, ask_bob, ask_surgery
from tests.cast import Cast
from tests.consenting import approved_form
from tests.sessions import browser_of
from tests.sharing import Outbox
from tests.taking import take

from safelight.audit.models import Event
from safelight.consulting.models import ColleagueQuestion
from safelight.consulting.ports import wiring
from safelight.consulting.services.notifying import notify
from safelight.people.models import StaffMember
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.notices import NoticeKind

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
LIST = "/clinic/questions-asked/"
BOBS, ALICES = "bob@hospital.example", "alice@hospital.example"


@pytest.fixture
def outbox(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Outbox:
    approved_form()
    for staff, address in ((cast.bob.staff, BOBS), (cast.alice.staff, ALICES)):
        StaffMember.objects.filter(id=staff).update(email=address)
    outbox = Outbox()
    monkeypatch.setattr(wiring, "post", outbox)
    return outbox


def ask_on_the_page(cast: Cast, picture: UUID) -> UUID:
    address = reverse("clinic:ask_colleague", args=[cast.petra])
    whom = f"person:{cast.bob.staff}"
    data = {"photograph": [str(picture)], "whom": whom, "text": QUESTION}
    assert browser_of(cast.alice).post(address, data).status_code == 302
    return ColleagueQuestion.objects.get().id


def test_who_is_asked_and_who_asked_are_told_that_something_waits(
    cast: Cast, outbox: Outbox
) -> None:
    question = ask_on_the_page(cast, take(cast.alice, cast.petra))
    browser_of(cast.bob).post(reverse("clinic:answer_colleague", args=[question]), {"text": ANSWER})
    told = [(notice.kind, notice.recipient, notice.path) for notice in outbox.notices]
    assert told == [
        (NoticeKind.COLLEAGUE_ASKED, BOBS, LIST),
        (NoticeKind.COLLEAGUE_ANSWERED, ALICES, LIST),
    ]
    written = " ".join(
        str(getattr(notice, item.name)) for notice in outbox.notices for item in fields(notice)
    )
    for secret in (QUESTION, ANSWER, "Petra", "Okonjo", str(question), str(cast.petra)):
        assert secret not in written
    assert Event.objects.filter(tag=EventTag.CONSULTING_NOTICE_SENT).count() == 2


def test_a_mail_server_that_is_down_keeps_no_question_back(cast: Cast, outbox: Outbox) -> None:
    outbox.is_down = True
    ask_on_the_page(cast, take(cast.alice, cast.petra))
    event = Event.objects.get(tag=EventTag.CONSULTING_NOTICE_FAILED)
    assert event.outcome == "failed"


def test_an_address_that_is_none_keeps_no_question_back(cast: Cast, outbox: Outbox) -> None:
    StaffMember.objects.filter(id=cast.bob.staff).update(email="bob\nBcc: mallory@evil.example")
    ask_on_the_page(cast, take(cast.alice, cast.petra))
    assert outbox.notices == []
    assert Event.objects.filter(tag=EventTag.CONSULTING_NOTICE_FAILED).exists()


def test_nobody_is_written_to_without_an_address_or_a_post(
    cast: Cast, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = take(cast.alice, cast.petra)
    assert not notify(ask_surgery(cast, [picture]), LIST, NoticeKind.COLLEAGUE_ASKED)
    question = ask_bob(cast, [picture])
    StaffMember.objects.filter(id=cast.bob.staff).update(email="")
    assert not notify(question, LIST, NoticeKind.COLLEAGUE_ASKED)
    StaffMember.objects.filter(id=cast.bob.staff).update(email=BOBS, is_active=False)
    assert not notify(question, LIST, NoticeKind.COLLEAGUE_ASKED)
    monkeypatch.setattr(wiring, "post", None)
    assert not notify(question, LIST, NoticeKind.COLLEAGUE_ANSWERED)
    assert outbox.notices == []
