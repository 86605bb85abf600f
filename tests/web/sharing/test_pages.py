"""The pages around a share: given by a clinician, opened by a recipient, taken back."""

import io
import re
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image
from tests.cast import Cast
from tests.consenting import agreement_to, approved_form
from tests.passkeys import Device
from tests.sessions import browser_of
from tests.sharing import (
    ADDRESS,
    QUESTION,
    RHEA,
    Outbox,
    agreed,
    codes_on,
    grow_idle,
    row_of,
    shared,
)
from tests.taking import take, take_labelled
from tests.web.portal.browsing import enter

from safelight.consent.services.ending import withdraw
from safelight.consent.visits import Visit
from safelight.people.models import AttemptLimit
from safelight.sharing.guests import find_guest, link_letters
from safelight.sharing.models import Share
from safelight.sharing.ports import wiring
from safelight.sharing.services.giving import GivenCode, revoke
from safelight.vocabulary.photograph import Sensitivity
from safelight.vocabulary.purposes import Purpose

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
COOKIE = "safelight-shared"


@pytest.fixture
def picture(cast: Cast) -> UUID:
    return take_labelled(cast.alice, cast.petra)


@pytest.fixture
def visit(cast: Cast, picture: UUID) -> Visit:
    return agreed(cast.alice, cast.petra, [picture])


@pytest.fixture
def given(cast: Cast, picture: UUID, visit: Visit) -> GivenCode:
    return shared(cast.alice, visit, [picture])


@pytest.fixture(autouse=True)
def outbox(monkeypatch: pytest.MonkeyPatch) -> Outbox:
    outbox = Outbox()
    monkeypatch.setattr(wiring, "post", outbox)
    return outbox


def form(picture: UUID, **changes: str) -> dict[str, str]:
    usual = {
        "photograph": str(picture),
        "address": ADDRESS,
        "question": QUESTION,
        "days": "7",
        "openings": "20",
        "language": "en",
    }
    return {**usual, **changes}


def door_of(given: GivenCode) -> str:
    return reverse("shared:door", args=[link_letters(given.share)])


def come_in(given: GivenCode, browser: Client | None = None) -> Client:
    browser = browser or Client()
    answer = browser.post(door_of(given), {"code": given.code, "zone": "Europe/Paris"})
    assert answer.status_code == 302
    assert answer["Location"] == reverse("shared:home")
    return browser


def bytes_of(browser: Client, picture: UUID, **headers: str) -> tuple[int, bytes]:
    answer = browser.get(reverse("shared:picture_bytes", args=[picture]), headers=headers)
    return answer.status_code, answer.content


def nothing_is_open(browser: Client, picture: UUID) -> None:
    assert bytes_of(browser, picture) == (404, b"")
    assert browser.get(reverse("shared:shown")).status_code == 404
    for answer in (
        browser.get(reverse("shared:home")),
        browser.post(reverse("shared:answer"), {"answer": "Wait."}),
    ):
        assert (answer.status_code, answer["Location"]) == (302, reverse("shared:over"))


def test_without_an_agreement_the_page_leads_to_asking_for_exactly_this(
    cast: Cast, picture: UUID
) -> None:
    approved_form()
    alice = browser_of(cast.alice)
    page = alice.get(reverse("sharing:new", args=[cast.petra]), {"photograph": str(picture)})
    asked = re.search(r'href="(/clinic/patients/[^"]+/ask/\?[^"]+)"', page.content.decode())
    assert asked
    assert "use=second-opinion.one-recipient" in asked[1]
    assert str(picture) in asked[1]
    ask = alice.get(asked[1].replace("&amp;", "&")).content.decode()
    assert re.search(r'value="second-opinion.one-recipient" checked', ask)
    posted = alice.post(reverse("sharing:new", args=[cast.petra]), form(picture))
    assert posted.status_code == 200
    assert not Share.objects.exists()


def test_from_the_record_to_the_recipients_screen_and_back(
    cast: Cast, picture: UUID, visit: Visit, outbox: Outbox
) -> None:
    alice, rhea = browser_of(cast.alice), Client()
    new = reverse("sharing:new", args=[cast.petra])
    assert RHEA in alice.get(new).content.decode()
    answer = alice.post(new, form(picture))
    share = Share.objects.get()
    assert answer["Location"] == reverse("sharing:code", args=[share.id])
    shown = alice.get(answer["Location"]).content.decode()
    code = codes_on(shown)
    assert code not in alice.get(answer["Location"]).content.decode()
    [notice] = outbox.notices
    assert (notice.recipient, code in str(notice)) == (ADDRESS, False)

    assert "Petra" not in rhea.get(notice.path).content.decode()
    come_in(GivenCode(share.id, code), rhea)
    page = rhea.get(reverse("shared:home")).content.decode()
    for word in (RHEA, QUESTION, "50 to 59 years", "Female", "forearm"):
        assert word.lower() in page.lower()
    for word in (
        "Petra",
        "Okonjo",
        "204817",
        " 1971",
        "1971-0",
        str(cast.petra),
        cast.alice.display_name,
    ):
        assert word not in page
    status, content = bytes_of(rhea, picture)
    assert status == 200
    assert Image.open(io.BytesIO(content)).format == "JPEG"
    assert rhea.get(reverse("shared:shown")).json() == {"pictures": [str(picture)]}
    rhea.post(reverse("shared:answer"), {"answer": "I would <b>wait</b>."})

    assert "1 share waits for you" in alice.get(reverse("clinic:today")).content.decode()
    read = alice.get(reverse("sharing:share", args=[share.id])).content.decode()
    assert "I would &lt;b&gt;wait&lt;/b&gt;." in read
    assert "Looked at picture 1" in read
    assert "share waits" not in alice.get(reverse("clinic:today")).content.decode()
    alice.post(reverse("sharing:revoke", args=[share.id]))
    nothing_is_open(rhea, picture)


def test_the_bytes_are_kept_nowhere_and_answer_no_range_and_no_tag(
    given: GivenCode, picture: UUID
) -> None:
    rhea = come_in(given)
    answer = rhea.get(reverse("shared:picture_bytes", args=[picture]))
    assert answer["Cache-Control"] == "no-store"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert not {"ETag", "Last-Modified", "Accept-Ranges"} & set(answer.headers)
    for headers in ({"range": "bytes=0-9"}, {"if-none-match": "*"}):
        status, content = bytes_of(rhea, picture, **headers)
        assert (status, content[:2]) == (200, b"\xff\xd8")


@pytest.mark.parametrize("name", ["home", "over", "door"])
def test_no_page_is_kept_and_none_names_anybody_in_its_title(given: GivenCode, name: str) -> None:
    rhea = come_in(given)
    arguments = [link_letters(given.share)] if name == "door" else []
    answer = rhea.get(reverse(f"shared:{name}", args=arguments))
    assert answer["Cache-Control"] == "no-store"
    title = answer.content.decode().partition("<title>")[2].partition("</title>")[0]
    assert title
    assert "Rhea" not in title


def test_a_forwarded_link_asks_for_the_code_and_looks_like_any_other(given: GivenCode) -> None:
    mallory = Client()
    real = mallory.get(door_of(given)).content
    guessed = mallory.get(reverse("shared:door", args=["0123456789ABCDEF"])).content
    token = re.compile(rb'value="[^"]{64}"|/s/[0-9A-Z]{16}/passkey/')
    assert token.sub(b"", real) == token.sub(b"", guessed)
    wrong = "11111111" if given.code != "11111111" else "22222222"
    answers = [
        mallory.post(reverse("shared:door", args=[letters]), {"code": wrong}).content
        for letters in (link_letters(given.share), "0123456789ABCDEF")
    ]
    assert token.sub(b"", answers[0]) == token.sub(b"", answers[1])
    nothing_is_open(mallory, row_of(given).pictures.get().photograph_id)


def test_a_passkey_is_added_and_opens_the_link_in_the_place_of_the_code(
    given: GivenCode, picture: UUID
) -> None:
    device, rhea, later = Device(), come_in(given), Client()
    host = {"host": "localhost:8000"}
    add = reverse("shared:add_passkey")
    options = rhea.get(add, headers=host).json()["creation_options"]
    answer = {"credential": device.adds(options)}
    assert rhea.post(add, answer, headers=host)["Location"].endswith("?because=passkey-added")
    assert "Next time without" not in rhea.get(reverse("shared:home")).content.decode()

    door = reverse("shared:enter_by_passkey", args=[link_letters(given.share)])
    options = later.get(door, headers=host).json()["request_options"]
    entered = later.post(door, {"credential": device.answers(options)}, headers=host)
    assert entered["Location"] == reverse("shared:home")
    assert bytes_of(later, picture)[0] == 200
    nothing_is_open(rhea, picture)
    replayed = Client().post(door, {"credential": device.answers(options)}, headers=host)
    assert "That did not fit." in replayed.content.decode()


def test_what_cannot_be_a_code_is_not_counted(given: GivenCode) -> None:
    rhea = Client()
    for code in ("", "123", "1234567890", "letters!"):
        page = rhea.post(door_of(given), {"code": code}).content.decode()
        assert "It has eight digits." in page
    assert row_of(given).failed_attempts == 0


def test_five_wrong_codes_lock_it_and_the_sender_gives_a_new_one(
    cast: Cast, given: GivenCode
) -> None:
    alice, rhea = browser_of(cast.alice), Client()
    wrong = "".join("1" if digit == "0" else "0" for digit in given.code)
    pages = [rhea.post(door_of(given), {"code": wrong}).content.decode() for _ in range(6)]
    assert "too many wrong tries" not in pages[3]
    assert "too many wrong tries" in pages[4]
    assert (
        "too many wrong tries" in rhea.post(door_of(given), {"code": given.code}).content.decode()
    )
    assert (
        "five wrong codes"
        in alice.get(reverse("sharing:share", args=[given.share])).content.decode()
    )
    where = alice.post(reverse("sharing:code", args=[given.share]))["Location"]
    come_in(GivenCode(given.share, codes_on(alice.get(where).content.decode())), rhea)


def test_one_place_cannot_try_links_without_end() -> None:
    mallory = Client()
    statuses = [
        mallory.post(reverse("shared:door", args=["0123456789ABCDEF"]), {"code": "12345678"})
        for _ in range(31)
    ]
    assert [item.status_code for item in statuses] == [200] * 30 + [429]
    assert AttemptLimit.objects.filter(bucket="shared-door").exists()


def test_a_second_browser_takes_the_place_of_the_first(given: GivenCode, picture: UUID) -> None:
    first, second = come_in(given), come_in(given)
    nothing_is_open(first, picture)
    assert bytes_of(second, picture)[0] == 200


def test_a_cookie_of_one_share_opens_no_picture_of_another(cast: Cast, given: GivenCode) -> None:
    other = take_labelled(cast.alice, cast.petra)
    others = shared(cast.alice, agreed(cast.alice, cast.petra, [other]), [other])
    rhea = come_in(given)
    assert bytes_of(rhea, other) == (404, b"")
    assert bytes_of(come_in(others), other)[0] == 200


@pytest.mark.parametrize("end", ["revoked", "withdrawn", "idle", "closed"])
def test_however_it_ends_the_page_says_the_same_and_no_reason(
    cast: Cast, given: GivenCode, picture: UUID, visit: Visit, end: str
) -> None:
    rhea = come_in(given)
    if end == "revoked":
        revoke(cast.alice, given.share)
    elif end == "withdrawn":
        withdraw(visit, agreement_to(visit, Purpose.SECOND_OPINION).id)
    elif end == "idle":
        guest = find_guest(rhea.cookies[COOKIE].value)
        assert guest is not None
        grow_idle(guest)
    else:
        rhea.post(reverse("shared:close"))
    nothing_is_open(rhea, picture)
    assert rhea.get(reverse("shared:over")).content == Client().get(reverse("shared:over")).content


def test_the_code_of_what_is_over_leads_to_the_same_card(cast: Cast, given: GivenCode) -> None:
    revoke(cast.alice, given.share)
    answer = Client().post(door_of(given), {"code": given.code})
    assert answer["Location"] == reverse("shared:over")


def test_with_the_mail_server_down_the_sender_is_told_and_has_the_link(
    cast: Cast, picture: UUID, visit: Visit, outbox: Outbox
) -> None:
    outbox.is_down = True
    alice = browser_of(cast.alice)
    where = alice.post(reverse("sharing:new", args=[cast.petra]), form(picture))["Location"]
    page = alice.get(where).content.decode()
    share = Share.objects.get()
    assert "could not be sent" in page
    assert f'data-share-link="http://testserver/s/{link_letters(share.id)}/"' in page
    assert (
        "They have no mail" in alice.get(reverse("sharing:share", args=[share.id])).content.decode()
    )
    outbox.is_down = False
    alice.post(reverse("sharing:resend", args=[share.id]))
    assert (
        "They have no mail"
        not in alice.get(reverse("sharing:share", args=[share.id])).content.decode()
    )
    assert len(outbox.notices) == 1


def test_who_came_in_by_a_link_that_was_handed_over_is_not_said_to_lack_a_mail(
    cast: Cast, given: GivenCode
) -> None:
    alice = browser_of(cast.alice)
    page = reverse("sharing:share", args=[given.share])
    assert "share waits" in alice.get(reverse("clinic:today")).content.decode()
    assert "They have no mail" in alice.get(page).content.decode()
    come_in(given)
    assert "share waits" not in alice.get(reverse("clinic:today")).content.decode()
    assert "They have no mail" not in alice.get(page).content.decode()


@pytest.mark.parametrize(
    "change",
    [
        {"days": "31"},
        {"days": "a week"},
        {"openings": "999999"},
        {"address": "Rhea"},
        {"question": ""},
    ],
)
def test_a_form_that_is_out_of_bounds_comes_back_with_what_was_typed(
    cast: Cast, picture: UUID, visit: Visit, change: dict[str, str]
) -> None:
    answer = browser_of(cast.alice).post(
        reverse("sharing:new", args=[cast.petra]), form(picture, **change)
    )
    assert answer.status_code == 422
    assert next(iter(change.values())) in answer.content.decode()
    assert not Share.objects.exists()


def test_an_intimate_picture_is_shared_with_a_reason(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra, sensitivity=Sensitivity.INTIMATE)
    agreed(cast.alice, cast.petra, [picture])
    alice, new = browser_of(cast.alice), reverse("sharing:new", args=[cast.petra])
    assert 'name="reason"' in alice.get(new).content.decode()
    assert alice.post(new, form(picture)).status_code == 422
    assert alice.post(new, form(picture, reason="The lesion lies there.")).status_code == 302


def test_extending_writes_to_the_recipient(cast: Cast, given: GivenCode, outbox: Outbox) -> None:
    alice = browser_of(cast.alice)
    before = row_of(given).expires_at
    alice.post(reverse("sharing:extend", args=[given.share]), {"days": "20", "openings": "9"})
    assert row_of(given).expires_at > before
    assert [item.kind.value for item in outbox.notices] == ["share-extended"]
    alice.post(reverse("sharing:extend", args=[given.share]), {"days": "99", "openings": "9"})
    assert (
        "cannot last that long"
        in alice.get(reverse("sharing:share", args=[given.share])).content.decode()
    )


def test_the_patient_reads_who_it_was_shown_to_and_until_when(
    cast: Cast, given: GivenCode, visit: Visit
) -> None:
    come_in(given)
    petra, _ = enter(cast.alice, visit.proposal)
    assert reverse("portal:given") in petra.get(reverse("portal:mine")).content.decode()
    page = petra.get(reverse("portal:given")).content.decode()
    for word in (RHEA, "Shown to somebody outside", "Can be seen until", "Opened 1 time."):
        assert word in page
    revoke(cast.alice, given.share)
    assert "Stopped on" in petra.get(reverse("portal:given")).content.decode()


@pytest.mark.parametrize("language", ["es", "fr", "ar"])
def test_a_recipient_reads_in_their_language(given: GivenCode, language: str) -> None:
    rhea = come_in(given)
    english = rhea.get(reverse("shared:home")).content
    rhea.get(door_of(given), {"language": language})
    answer = rhea.get(reverse("shared:home"))
    assert answer["Content-Language"] == language
    assert answer.content != english
    assert rhea.get(reverse("shared:over"))["Content-Language"] == language
