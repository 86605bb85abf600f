"""A recipient comes in by link and code, in one browser, while the share lasts; and by nothing else."""

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from PIL import Image
from tests.cast import Cast
from tests.consenting import agreement_to
from tests.sharing import QUESTION, RHEA, agreed, come_in, grow_idle, row_of, shared
from tests.taking import take

from safelight.audit.models import Event
from safelight.consent.services.ending import withdraw
from safelight.consent.visits import Visit
from safelight.people.hiring import close_account
from safelight.people.merging import merge_patients
from safelight.release import references
from safelight.release.errors import AccessRefusedError
from safelight.release.marking import Mark, burn
from safelight.sharing.errors import (
    AnswerRefusedError,
    CodeLockedError,
    CodeRefusedError,
    ShareOverError,
)
from safelight.sharing.guests import Guest, find_guest, link_letters, share_binding
from safelight.sharing.looks import shared_page, show, shown_now
from safelight.sharing.models import Opening, Share, SharedPicture
from safelight.sharing.selectors import Standing, given_of, my_shares, open_share
from safelight.sharing.services.answering import answer, note_read
from safelight.sharing.services.entering import enter, leave
from safelight.sharing.services.giving import GivenCode, extend, renew_code, revoke
from safelight.vocabulary.age_bands import AgeBand
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.purposes import Purpose

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
Clock = Callable[[datetime], None]


@pytest.fixture
def picture(cast: Cast) -> UUID:
    return take(cast.alice, cast.petra)


@pytest.fixture
def visit(cast: Cast, picture: UUID) -> Visit:
    return agreed(cast.alice, cast.petra, [picture])


@pytest.fixture
def given(cast: Cast, picture: UUID, visit: Visit) -> GivenCode:
    return shared(cast.alice, visit, [picture])


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return lambda moment: monkeypatch.setattr(timezone, "now", lambda: moment)


def nothing_is_shown(guest: Guest, picture: UUID) -> None:
    for attempt in (
        lambda: show(guest, picture),
        lambda: shown_now(guest),
        lambda: shared_page(guest),
        lambda: answer(guest, "Wait."),
    ):
        with pytest.raises(ShareOverError):
            attempt()


def test_the_recipient_sees_the_question_the_pictures_and_no_identity(
    given: GivenCode, picture: UUID
) -> None:
    page = shared_page(come_in(given))
    assert (page.recipient, page.question) == (RHEA, QUESTION)
    assert [item.id for item in page.photographs] == [picture]
    assert (page.age, page.sex) == (AgeBand(50, 59), "female")
    said = re.sub(r"UUID\('[^']*'\)", "", repr(page))  # any four digits may stand in an id
    assert not re.search(r"Petra|Okonjo|204817|\b1971\b", said)


def test_each_picture_is_marked_with_name_time_and_number_and_is_in_the_record(
    given: GivenCode, picture: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    burned: list[Mark | None] = []

    def seen(opened: Any, obligations: Any, mark: Mark | None) -> Any:
        burned.append(mark)
        return burn(opened, obligations, mark)

    monkeypatch.setattr(references, "burn", seen)
    guest = come_in(given, "Asia/Tokyo")
    content = show(guest, picture).content
    assert Image.open(io.BytesIO(content)).format == "JPEG"
    [mark] = burned
    assert mark is not None
    assert mark.text.startswith(f"{RHEA} · ")
    assert mark.text.endswith("UTC+0900")
    assert mark.number == row_of(given).mark_number
    event = Event.objects.get(tag=EventTag.PHOTOGRAPH_SHOWN_BY_REFERENCE)
    assert (event.actor, event.purpose) == (guest.opening, "second-opinion")


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "x" * 300, "\0"])
def test_a_time_zone_that_is_none_is_the_institutions(
    given: GivenCode, picture: UUID, zone: str
) -> None:
    guest = come_in(given, zone)
    assert guest.zone == ""
    assert show(guest, picture).content


def test_the_link_without_the_code_and_the_code_without_the_link_give_nothing(
    given: GivenCode,
) -> None:
    letters = link_letters(given.share)
    for typed, code in [
        (letters, ""),
        (letters, "00000000"),
        ("", given.code),
        ("ABC", given.code),
    ]:
        with pytest.raises(CodeRefusedError):
            enter(typed, code)


def test_letters_and_digits_are_read_as_people_type_them(given: GivenCode) -> None:
    letters, arabic = link_letters(given.share), str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
    typed = letters.lower().replace("1", "l").replace("0", "o")
    assert enter(typed, given.code.translate(arabic))
    assert enter(letters, f"{given.code[:4]} {given.code[4:]}")


def test_five_wrong_codes_lock_it_and_a_new_code_opens_it(cast: Cast, given: GivenCode) -> None:
    letters = link_letters(given.share)
    wrong = "".join("1" if digit == "0" else "0" for digit in given.code)
    for _ in range(4):
        with pytest.raises(CodeRefusedError):
            enter(letters, wrong)
    with pytest.raises(CodeLockedError):
        enter(letters, wrong)
    with pytest.raises(CodeLockedError):
        enter(letters, given.code)
    [line] = my_shares(cast.alice)
    assert line.standing is Standing.LOCKED
    assert line.waits
    renewed = renew_code(cast.alice, given.share)
    with pytest.raises(CodeRefusedError):
        enter(letters, given.code)
    assert come_in(renewed).zone == ""
    tags = Event.objects.filter(tag__startswith="sharing:access:").order_by("number")
    assert [str(tag) for tag in tags.values_list("tag", flat=True)] == [
        *["sharing:access:refused"] * 4,
        "sharing:access:locked",
        "sharing:access:refused",
    ]


def test_the_right_code_forgets_the_wrong_ones_before_it(given: GivenCode) -> None:
    for _ in range(2):
        for _ in range(4):
            with pytest.raises(CodeRefusedError):
                enter(link_letters(given.share), "0")
        assert come_in(given).zone == ""


def test_a_second_browser_takes_the_place_of_the_first(
    cast: Cast, given: GivenCode, picture: UUID
) -> None:
    first = come_in(given)
    second = come_in(given)
    nothing_is_shown(first, picture)
    assert show(second, picture).content
    opened = open_share(cast.alice, given.share).opened
    assert [(item.number, item.photographs) for item in opened] == [(2, (picture,)), (1, ())]


def test_openings_are_counted_and_the_last_one_goes_on_until_it_ends(
    cast: Cast, picture: UUID, visit: Visit
) -> None:
    given = shared(cast.alice, visit, [picture], openings=2)
    come_in(given)
    last = come_in(given)
    with pytest.raises(ShareOverError):
        come_in(given)
    assert show(last, picture).content
    leave(last)
    assert open_share(cast.alice, given.share).standing is Standing.USED_UP
    extend(cast.alice, given.share, days=7, openings=3)
    assert come_in(given).zone == ""


def test_revoking_ends_an_open_session_at_once(cast: Cast, given: GivenCode, picture: UUID) -> None:
    guest = come_in(given)
    assert show(guest, picture).content
    revoke(cast.alice, given.share)
    nothing_is_shown(guest, picture)
    with pytest.raises(ShareOverError):
        come_in(given)


def test_withdrawing_ends_an_open_session_at_once(
    given: GivenCode, picture: UUID, visit: Visit
) -> None:
    guest = come_in(given)
    assert show(guest, picture).content
    withdraw(visit, agreement_to(visit, Purpose.SECOND_OPINION).id)
    nothing_is_shown(guest, picture)
    with pytest.raises(ShareOverError):
        come_in(given)


def test_what_is_revoked_while_it_is_marked_is_not_sent(
    cast: Cast, given: GivenCode, picture: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(*told: Any) -> Any:
        marked = burn(*told)
        revoke(cast.alice, given.share)
        return marked

    monkeypatch.setattr(references, "burn", slowly)
    with pytest.raises(ShareOverError):
        show(come_in(given), picture)


def test_what_is_taken_back_while_it_is_marked_is_not_sent(
    given: GivenCode, picture: UUID, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The decision was before, and the mark takes a while."""

    def slowly(*told: Any) -> Any:
        marked = burn(*told)
        withdraw(visit, agreement_to(visit, Purpose.SECOND_OPINION).id)
        return marked

    monkeypatch.setattr(references, "burn", slowly)
    with pytest.raises(AccessRefusedError):
        show(come_in(given), picture)
    tags = [EventTag.PHOTOGRAPH_SHOWN_BY_REFERENCE.value, EventTag.PHOTOGRAPH_REFUSED.value]
    told = (
        Event.objects.filter(tag__in=tags).order_by("recorded_at_ms").values_list("tag", flat=True)
    )
    assert sorted(told) == sorted(tags)


def test_it_expires_while_it_is_open(given: GivenCode, picture: UUID, set_clock: Clock) -> None:
    set_clock(row_of(given).expires_at - timedelta(minutes=1))
    guest = come_in(given)
    assert show(guest, picture).content
    set_clock(row_of(given).expires_at)
    nothing_is_shown(guest, picture)
    with pytest.raises(ShareOverError):
        come_in(given)


def test_it_ends_when_nobody_is_there_and_after_four_hours_at_the_latest(
    given: GivenCode, picture: UUID, set_clock: Clock
) -> None:
    guest = come_in(given)
    grow_idle(guest)
    nothing_is_shown(guest, picture)
    guest, begin = come_in(given), timezone.now()
    Opening.objects.filter(id=guest.opening).update(last_active_at=begin + timedelta(hours=4))
    set_clock(begin + timedelta(hours=4, seconds=1))
    nothing_is_shown(guest, picture)


def test_a_page_that_asks_by_itself_keeps_nothing_awake(given: GivenCode) -> None:
    secret = enter(link_letters(given.share), given.code)
    earlier = timezone.now() - timedelta(minutes=5)
    Opening.objects.update(last_active_at=earlier)
    assert find_guest(secret, is_awake=False)
    assert Opening.objects.get().last_active_at == earlier
    assert find_guest(secret)
    assert Opening.objects.get().last_active_at > earlier


def test_a_clock_that_went_back_opens_nothing(
    given: GivenCode, picture: UUID, set_clock: Clock
) -> None:
    guest = come_in(given)
    set_clock(timezone.now() - timedelta(hours=1))
    nothing_is_shown(guest, picture)
    with pytest.raises(ShareOverError):
        come_in(given)


def test_a_picture_that_the_share_does_not_list_is_refused(cast: Cast, given: GivenCode) -> None:
    other = take(cast.alice, cast.petra)
    guest = come_in(given)
    for photograph in (other, uuid4()):
        with pytest.raises(AccessRefusedError):
            show(guest, photograph)


def test_a_picture_that_somebody_adds_to_the_rows_is_not_shown(
    cast: Cast, given: GivenCode
) -> None:
    other = take(cast.alice, cast.petra)
    guest = come_in(given)
    SharedPicture.objects.create(share_id=given.share, photograph_id=other, position=9)
    nothing_is_shown(guest, other)
    with pytest.raises(CodeRefusedError):
        come_in(given)


def test_a_newer_agreement_with_the_same_recipient_ends_what_an_older_one_shared(
    cast: Cast, given: GivenCode, picture: UUID
) -> None:
    guest = come_in(given)
    assert show(guest, picture).content
    agreed(cast.alice, cast.petra, [picture])
    nothing_is_shown(guest, picture)


def test_of_two_pictures_the_one_under_a_newer_agreement_is_refused(
    cast: Cast, picture: UUID
) -> None:
    other = take(cast.alice, cast.petra)
    visit = agreed(cast.alice, cast.petra, [picture, other])
    guest = come_in(shared(cast.alice, visit, [picture, other]))
    agreed(cast.alice, cast.petra, [picture])
    assert shown_now(guest) == (other,)
    with pytest.raises(ShareOverError):
        show(guest, picture)
    assert show(guest, other).content


@pytest.mark.parametrize(
    "change",
    [
        {"expires_at": datetime(2999, 1, 1, tzinfo=UTC)},
        {"openings": 10_000},
        {"mark_number": 1},
        {"states_reason": True},
        {"code_hash": "another"},
        {"failed_attempts": 4},
        {"locked_at": datetime(2020, 1, 1, tzinfo=UTC)},
    ],
)
def test_a_row_that_no_verb_wrote_opens_nothing(
    given: GivenCode, picture: UUID, change: dict[str, Any]
) -> None:
    guest = come_in(given)
    Share.objects.filter(id=given.share).update(**change)
    nothing_is_shown(guest, picture)


def test_tries_that_are_taken_back_in_the_rows_close_the_share(
    cast: Cast, given: GivenCode
) -> None:
    letters = link_letters(given.share)
    for _ in range(5):
        with pytest.raises(CodeRefusedError):
            enter(letters, "00000000")
    Share.objects.filter(id=given.share).update(failed_attempts=0, locked_at=None)
    with pytest.raises(CodeRefusedError):
        enter(letters, given.code)
    assert Opening.objects.count() == 0


def test_a_try_on_a_share_that_was_revoked_binds_nothing_anew(cast: Cast, given: GivenCode) -> None:
    letters = link_letters(given.share)
    revoke(cast.alice, given.share)
    with pytest.raises(CodeRefusedError):
        enter(letters, "00000000")
    Share.objects.filter(id=given.share).update(revoked_at=None)
    with pytest.raises(CodeRefusedError):
        enter(letters, given.code)


def test_an_opening_that_is_copied_to_another_share_opens_nothing(
    cast: Cast, given: GivenCode, picture: UUID, visit: Visit
) -> None:
    guest = come_in(given)
    other = shared(cast.alice, visit, [picture])
    Opening.objects.filter(id=guest.opening).update(share=other.share)
    nothing_is_shown(guest, picture)


def test_a_guessed_cookie_finds_nobody(given: GivenCode) -> None:
    come_in(given)
    for cookie in ("", "guess", Opening.objects.get().key):
        assert find_guest(cookie) is None


def test_a_share_goes_on_when_the_patients_records_are_merged_and_the_senders_account_closes(
    cast: Cast, given: GivenCode, picture: UUID
) -> None:
    guest = come_in(given)
    merge_patients(cast.petra, cast.pablo, actor=cast.ada.staff)
    close_account("alice")
    assert show(guest, picture).content
    assert shared_page(guest).question == QUESTION


def test_the_answer_is_beside_the_share_and_new_until_its_sender_reads_it(
    cast: Cast, given: GivenCode, visit: Visit
) -> None:
    guest = come_in(given)
    answer(guest, "  I would excise it.  ")
    assert my_shares(cast.alice)[0].new_answers == 1
    assert [item.text for item in open_share(cast.alice, given.share).answers] == [
        "I would excise it."
    ]
    note_read(cast.alice, given.share)
    note_read(cast.alice, given.share)
    assert my_shares(cast.alice)[0].new_answers == 0
    assert Event.objects.filter(tag=EventTag.SHARING_ANSWER_READ).count() == 1
    withdraw(visit, agreement_to(visit, Purpose.SECOND_OPINION).id)
    assert [item.text for item in open_share(cast.alice, given.share).answers] == [""]


@pytest.mark.parametrize("text", ["", " \n ", "a" * 8001])
def test_an_answer_that_is_none_or_far_too_long_is_refused(given: GivenCode, text: str) -> None:
    with pytest.raises(AnswerRefusedError):
        answer(come_in(given), text)


def test_the_patient_reads_to_whom_by_whom_until_when_and_how_often(
    cast: Cast, given: GivenCode, picture: UUID, visit: Visit
) -> None:
    come_in(given)
    [told] = given_of(visit)
    assert (told.who, told.given_by) == (RHEA, cast.alice.display_name)
    assert (told.photographs, told.opened) == ((picture,), 1)
    assert told.ends_at == row_of(given).expires_at
    revoke(cast.alice, given.share)
    [told] = given_of(visit)
    assert told.state.value == "revoked"
    assert told.ends_at == row_of(given).revoked_at


def test_the_binding_covers_every_column_that_opens_something(given: GivenCode) -> None:
    row = row_of(given)
    assert bytes(row.binding) == share_binding(row)
