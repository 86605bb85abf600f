"""At a recipient's door: two at once, rows that somebody wrote, cookies and letters of others."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.at_once import at_once
from tests.cast import IDENTIFIER_SYSTEM, PETRA, Cast, admit
from tests.consenting import agreement_to
from tests.sessions import browser_of
from tests.sharing import agreed, come_in, row_of, shared
from tests.taking import take
from tests.web.portal.browsing import enter as enter_portal

from safelight.consent.services.ending import withdraw
from safelight.consent.visits import Visit
from safelight.institution.models import Department
from safelight.patients.rules import Identifier
from safelight.sharing.errors import (
    CodeLockedError,
    CodeRefusedError,
    ShareNotFoundError,
    ShareOverError,
)
from safelight.sharing.guests import Guest, digest, find_guest, link_letters, share_binding
from safelight.sharing.looks import show, shown_now
from safelight.sharing.models import Opening, Share, SharedPicture
from safelight.sharing.selectors import Standing, open_share
from safelight.sharing.services import entering
from safelight.sharing.services.entering import enter
from safelight.sharing.services.giving import GivenCode, extend, renew_code, revoke
from safelight.vault.fields import agreement_fields
from safelight.vocabulary.purposes import Purpose
from safelight.web.shared import pictures

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]


@pytest.fixture
def picture(cast: Cast) -> UUID:
    return take(cast.alice, cast.petra)


@pytest.fixture
def visit(cast: Cast, picture: UUID) -> Visit:
    return agreed(cast.alice, cast.petra, [picture])


@pytest.fixture
def given(cast: Cast, picture: UUID, visit: Visit) -> GivenCode:
    return shared(cast.alice, visit, [picture])


def test_of_browsers_that_come_in_at_once_one_stays_in(given: GivenCode) -> None:
    letters = link_letters(given.share)
    secrets = at_once(*[lambda: enter(letters, given.code)] * 4)
    assert len([item for item in secrets if find_guest(item)]) == 1
    numbers = Opening.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [1, 2, 3, 4]


def test_codes_that_are_tried_at_once_are_counted_one_by_one(given: GivenCode) -> None:
    letters = link_letters(given.share)
    wrong = [f"{number:08}" for number in range(8) if f"{number:08}" != given.code]
    tried = at_once(*[lambda code=code: enter(letters, code) for code in wrong])
    kinds = [type(item) for item in tried]
    assert kinds.count(CodeRefusedError) == 4
    assert kinds.count(CodeLockedError) == len(wrong) - 4
    with pytest.raises(CodeLockedError):
        enter(letters, given.code)


def test_of_codes_that_are_tried_at_once_five_are_looked_at_and_no_row_is_held_meanwhile(
    given: GivenCode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The very hash of the share is compared five times; the sixth try is not worth a comparison."""
    letters, code_hash = link_letters(given.share), row_of(given).code_hash
    compared: list[bool] = []

    def watched(code: str, encoded: str) -> bool:
        if encoded == code_hash:
            compared.append(connection.in_atomic_block)
        return check_password(code, encoded)

    monkeypatch.setattr(entering, "check_password", watched)
    wrong = [f"{number:08}" for number in range(12) if f"{number:08}" != given.code]
    at_once(*[lambda code=code: enter(letters, code) for code in wrong])
    assert compared == [False] * 5
    assert row_of(given).failed_attempts == 5


def test_a_try_that_nobody_settled_stays_counted_and_the_sender_sees_the_lock(
    cast: Cast, given: GivenCode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies while it compares: no try is won by that."""
    letters = link_letters(given.share)

    def dies(code: str, encoded: str) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(entering, "check_password", dies)
        for _ in range(5):
            with pytest.raises(KeyboardInterrupt):
                enter(letters, "00000000")
    with pytest.raises(CodeLockedError):
        enter(letters, given.code)
    assert open_share(cast.alice, given.share).standing is Standing.LOCKED
    assert enter(letters, renew_code(cast.alice, given.share).code)


def test_a_code_that_was_replaced_while_it_was_compared_is_wrong(
    cast: Cast, given: GivenCode, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replaced_meanwhile(code: str, encoded: str) -> bool:
        is_right = check_password(code, encoded)
        renew_code(cast.alice, given.share)
        return is_right

    monkeypatch.setattr(entering, "check_password", replaced_meanwhile)
    with pytest.raises(CodeRefusedError):
        enter(link_letters(given.share), given.code)
    assert Opening.objects.count() == 0


def test_a_right_code_forgets_the_tries_before_it_and_none_that_are_under_way(
    given: GivenCode, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = link_letters(given.share)
    others = iter(["00000000", "00000001"])

    def two_more_meanwhile(code: str, encoded: str) -> bool:
        if code == given.code:
            for other in others:
                with pytest.raises(CodeRefusedError):
                    enter(letters, other)
        return check_password(code, encoded)

    with pytest.raises(CodeRefusedError):
        enter(letters, "00000000")
    monkeypatch.setattr(entering, "check_password", two_more_meanwhile)
    assert enter(letters, given.code)
    assert row_of(given).failed_attempts == 2


def test_openings_that_are_used_at_once_are_no_more_than_were_given(
    cast: Cast, picture: UUID, visit: Visit
) -> None:
    given = shared(cast.alice, visit, [picture], openings=2)
    letters = link_letters(given.share)
    came = at_once(*[lambda: enter(letters, given.code)] * 5)
    assert sum(isinstance(item, ShareOverError) for item in came) == 3
    assert Opening.objects.count() == 2


def test_a_share_that_is_revoked_while_somebody_comes_in_shows_nothing_after(
    cast: Cast, given: GivenCode, picture: UUID
) -> None:
    letters = link_letters(given.share)
    secret, _ = at_once(lambda: enter(letters, given.code), lambda: revoke(cast.alice, given.share))
    if isinstance(secret, str):
        assert find_guest(secret) is None
    else:
        assert isinstance(secret, ShareOverError)


def is_shown(guest: Guest, picture: UUID) -> bool:
    try:
        return bool(show(guest, picture).content)
    except ShareOverError:
        return False


def test_mallory_revives_nothing_that_was_revoked(
    cast: Cast, given: GivenCode, picture: UUID
) -> None:
    guest = come_in(given)
    revoke(cast.alice, given.share)
    Share.objects.update(revoked_at=None, locked_at=None)
    Opening.objects.update(ended_at=None)
    assert not is_shown(guest, picture)
    with pytest.raises(CodeRefusedError):
        enter(link_letters(given.share), given.code)


def test_mallory_writes_a_code_and_a_cookie_that_open_nothing(
    given: GivenCode, picture: UUID
) -> None:
    Share.objects.update(code_hash=make_password("12345678"))
    with pytest.raises(CodeRefusedError):
        enter(link_letters(given.share), "12345678")
    now = timezone.now()
    # The digest needs a key that she does not have; were it to leak, the binding still would not fit.
    Opening.objects.create(
        id=uuid4(),
        share_id=given.share,
        number=1,
        key=digest("mallory"),
        started_at=now,
        last_active_at=now,
        expires_at=now + timedelta(hours=1),
        binding=b"\0" * 16,
    )
    assert find_guest("mallory") is None


@pytest.fixture
def gretas(cast: Cast) -> UUID:
    """A picture of another patient, who agreed to the very same recipient."""
    number = Identifier(IDENTIFIER_SYSTEM, "H-400100")
    greta, _ = admit(
        replace(PETRA, family="Lind", given="Greta", identifiers=(number,)),
        Department.objects.get(id=cast.dermatology),
    )
    photograph = take(cast.alice, greta)
    theirs = agreed(cast.alice, greta, [photograph])
    assert show(come_in(shared(cast.alice, theirs, [photograph])), photograph).content
    return photograph


def test_mallory_slips_in_no_picture_of_another_patient_with_the_same_recipient(
    given: GivenCode, picture: UUID, gretas: UUID
) -> None:
    guest = come_in(given)
    SharedPicture.objects.create(share_id=given.share, photograph_id=gretas, position=1)
    assert not is_shown(guest, gretas)
    assert not is_shown(guest, picture)


def test_even_a_list_that_is_bound_shows_nothing_under_another_patients_agreement(
    given: GivenCode, picture: UUID, gretas: UUID
) -> None:
    guest = come_in(given)
    SharedPicture.objects.create(share_id=given.share, photograph_id=gretas, position=1)
    Share.objects.filter(id=given.share).update(binding=share_binding(row_of(given)))
    assert not is_shown(guest, gretas)
    assert shown_now(guest) == (picture,)
    assert is_shown(guest, picture)


def test_no_verb_of_the_sender_makes_good_what_mallory_slipped_in(
    cast: Cast, given: GivenCode, gretas: UUID
) -> None:
    guest = come_in(given)
    SharedPicture.objects.create(share_id=given.share, photograph_id=gretas, position=1)
    with pytest.raises(ShareNotFoundError):
        extend(cast.alice, given.share, days=7, openings=20)
    with pytest.raises(ShareNotFoundError):
        renew_code(cast.alice, given.share)
    assert not is_shown(guest, gretas)
    revoke(cast.alice, given.share)


def test_what_was_asked_cannot_be_put_into_another_share(
    cast: Cast, given: GivenCode, picture: UUID, visit: Visit
) -> None:
    other = shared(cast.alice, visit, [picture], question="Something else?")
    stolen = bytes(row_of(given).sealed_words)
    Share.objects.filter(id=other.share).update(sealed_words=stolen)
    rhea = Client()
    rhea.post(reverse("shared:door", args=[link_letters(other.share)]), {"code": other.code})
    answer = rhea.get(reverse("shared:home"))
    assert (answer.status_code, answer["Location"]) == (302, reverse("shared:over"))


def test_neither_staff_nor_patients_nor_strangers_are_guests_by_their_own_cookies(
    cast: Cast, given: GivenCode, picture: UUID, visit: Visit
) -> None:
    come_in(given)
    petra, _ = enter_portal(cast.alice, visit.proposal)
    for browser in (browser_of(cast.alice), petra, Client()):
        path = reverse("shared:picture_bytes", args=[picture])
        assert browser.get(path).status_code == 404
        assert browser.get(reverse("shared:shown")).status_code == 404
        assert browser.get(reverse("shared:home")).status_code == 302


def test_a_guest_is_nobody_anywhere_else(cast: Cast, given: GivenCode, picture: UUID) -> None:
    rhea = Client()
    rhea.post(reverse("shared:door", args=[link_letters(given.share)]), {"code": given.code})
    for path in ("/clinic/", f"/clinic/patients/{cast.petra}/", "/sharing/", "/portal/mine/"):
        assert rhea.get(path).status_code == 302
    portal = reverse("portal:picture_bytes", args=[picture, "display"])
    assert rhea.get(portal).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "head", "options"])
def test_bytes_are_got_and_nothing_else(given: GivenCode, picture: UUID, method: str) -> None:
    rhea = Client()
    rhea.post(reverse("shared:door", args=[link_letters(given.share)]), {"code": given.code})
    answer = getattr(rhea, method)(reverse("shared:picture_bytes", args=[picture]))
    assert (answer.status_code, answer.content) == (404, b"")


def browser_of_rhea(given: GivenCode) -> Client:
    rhea = Client()
    rhea.post(reverse("shared:door", args=[link_letters(given.share)]), {"code": given.code})
    return rhea


@contextmanager
def all_slots_held() -> Iterator[None]:
    taken = [pictures._under_way.acquire(blocking=False) for _ in range(pictures.AT_ONCE)]
    try:
        assert all(taken)
        yield
    finally:
        for _ in taken:
            pictures._under_way.release()


def test_while_too_many_are_marked_the_next_is_put_off_and_the_lease_is_not(
    given: GivenCode, picture: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "LONGEST_WAIT", 0.05)
    rhea, path = browser_of_rhea(given), reverse("shared:picture_bytes", args=[picture])
    with all_slots_held():
        answer = rhea.get(path)
        assert (answer.status_code, answer["Retry-After"], answer.content) == (503, "1", b"")
        assert answer["Cache-Control"] == "no-store"
        assert rhea.get(reverse("shared:shown")).status_code == 200
        assert Client().get(path).status_code == 404
    assert rhea.get(path).status_code == 200


def test_a_picture_waits_for_its_turn_and_what_ended_meanwhile_is_not_shown(
    cast: Cast, given: GivenCode, picture: UUID
) -> None:
    rhea, path = browser_of_rhea(given), reverse("shared:picture_bytes", args=[picture])

    def ask() -> int:
        try:
            return rhea.get(path).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with all_slots_held():
            waiting = pool.submit(ask)
            with pytest.raises(TimeoutError):
                waiting.result(1)
        assert waiting.result(60) == 200
        with all_slots_held():
            waiting = pool.submit(ask)
            with pytest.raises(TimeoutError):
                waiting.result(1)
            revoke(cast.alice, given.share)
        assert waiting.result(60) == 404


def test_a_recipient_who_asks_without_end_is_put_off_and_nobody_else(
    cast: Cast, given: GivenCode, picture: UUID, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "PICTURES", 3)
    path = reverse("shared:picture_bytes", args=[picture])
    rhea = browser_of_rhea(given)
    other = browser_of_rhea(shared(cast.alice, visit, [picture]))
    assert [rhea.get(path).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert int(rhea.get(path)["Retry-After"]) > 0
    assert other.get(path).status_code == 200


def test_a_form_from_elsewhere_answers_nothing(given: GivenCode) -> None:
    rhea = Client(enforce_csrf_checks=True)
    secret = enter(link_letters(given.share), given.code)
    rhea.cookies["safelight-shared"] = secret
    assert rhea.post(reverse("shared:answer"), {"answer": "Yes"}).status_code == 403
    assert rhea.post(reverse("shared:close")).status_code == 403
    assert find_guest(secret)


def test_after_a_withdrawal_no_key_opens_what_was_asked_or_answered(
    given: GivenCode, visit: Visit
) -> None:
    row, agreement = row_of(given), agreement_to(visit, Purpose.SECOND_OPINION).id
    fields = agreement_fields(agreement)
    assert fields.unseal_data("share-words", row.id, row.sealed_words)["question"]
    withdraw(visit, agreement)
    with pytest.raises(Exception, match="key"):
        agreement_fields(agreement)


@pytest.mark.parametrize("letters", ["", "é", "\0", "A" * 5000, "../../admin", "<script>"])
def test_letters_that_are_none_are_refused_like_any_other(letters: str) -> None:
    with pytest.raises(CodeRefusedError):
        enter(letters, "12345678")
