"""The way in for whoever signs: by a link and two factors, by a tablet, by the copy."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from time import thread_time
from typing import Any
from uuid import UUID

import pytest
from django.test import override_settings
from django.utils import timezone
from tests.cast import PETRA, Cast
from tests.consenting import (
    TEACHING,
    approved_form,
    proposal_of,
    signed,
    visit_to,
)
from tests.sessions import sit_down
from tests.taking import take

from safelight.audit.models import Event
from safelight.consent.errors import (
    ProposalNotFoundError,
    ProposalRefusedError,
    VisitLockedError,
    VisitOverError,
    VisitRefusedError,
)
from safelight.consent.models import PatientAccess, PatientSession, Proposal
from safelight.consent.services import visiting
from safelight.consent.services.proposing import People, close_proposal
from safelight.consent.services.visiting import (
    LETTERS,
    Invitation,
    copy_letters,
    enter,
    hand_over,
    invite,
    leave,
    renew_copy_code,
    take_back,
)
from safelight.consent.visits import Visit, find_visit, is_alive, locked_accesses
from safelight.engines.policy import SessionState
from safelight.institution.models import Institution
from safelight.institution.services import decide_policy
from safelight.people.models import Presence
from safelight.people.sessions import digest as staff_digest
from safelight.vocabulary.agreements import AccessKind
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.signers import SignerRole

pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("stores")]

BORN = PETRA.birth_date
ONE, LECTURE = TEACHING


@pytest.fixture
def proposal(cast: Cast) -> UUID:
    return proposal_of(cast.alice, cast.petra, [take(cast.alice, cast.petra)])


@pytest.fixture
def invited(cast: Cast, proposal: UUID) -> Invitation:
    return invite(cast.alice, proposal)


def wrong_code(invited: Invitation) -> str:
    return f"{(int(invited.code) + 1) % 10**6:06}"


def told(tag: EventTag) -> int:
    return Event.objects.filter(tag=tag.value).count()


def come_in(invited: Invitation) -> Visit:
    visit = find_visit(enter(invited.letters, BORN, invited.code))
    assert visit is not None
    return visit


def at(monkeypatch: pytest.MonkeyPatch, **later: float) -> None:
    """Everybody's clock stands so much later (or, below nought, earlier)."""
    moment = timezone.now() + timedelta(**later)
    monkeypatch.setattr(timezone, "now", lambda: moment)


class TestByLink:
    def test_letters_birth_date_and_code_open_the_proposal(
        self, cast: Cast, proposal: UUID, invited: Invitation
    ) -> None:
        visit = come_in(invited)
        assert (visit.proposal, visit.patient, visit.kind) == (
            proposal,
            cast.petra,
            AccessKind.LINK,
        )
        assert told(EventTag.PORTAL_SESSION_STARTED) == 1

    def test_the_rows_hold_neither_letters_nor_code_nor_cookie(self, invited: Invitation) -> None:
        cookie = enter(invited.letters, BORN, invited.code)
        rows = repr([*PatientAccess.objects.values(), *PatientSession.objects.values()])
        for secret in (invited.letters, invited.code, cookie):
            assert secret not in rows

    @pytest.mark.parametrize(
        "typed",
        [str.lower, lambda text: f" {text[:4]}-{text[4:8]} {text[8:]} ", lambda text: text + "  "],
    )
    def test_letters_may_be_typed_as_people_type(self, invited: Invitation, typed: Any) -> None:
        assert enter(typed(invited.letters), BORN, invited.code)

    def test_letters_that_are_easily_misread_are_put_right(self) -> None:
        assert visiting.read_letters("oil-0U") == "0110V"
        assert not set("ILOU") & set(LETTERS)

    @pytest.mark.parametrize("zero", [0x660, 0x6F0, 0x966], ids=["ar", "fa", "hi"])
    def test_the_code_may_be_typed_in_the_readers_own_digits(
        self, invited: Invitation, zero: int
    ) -> None:
        code = "".join(chr(zero + int(digit)) for digit in invited.code)
        assert enter(invited.letters, BORN, f"{code[:3]} {code[3:]}")

    @pytest.mark.parametrize("born", [None, date(1971, 9, 3), date(1, 1, 1), date(9999, 12, 31)])
    def test_a_wrong_birth_date_is_refused(self, invited: Invitation, born: date | None) -> None:
        with pytest.raises(VisitRefusedError):
            enter(invited.letters, born, invited.code)

    @pytest.mark.parametrize("code", ["", "1", "x" * 6, "½" * 6, "²" * 6, "1" * 100_000, "\x00"])
    def test_a_wrong_code_is_refused(self, invited: Invitation, code: str) -> None:
        with pytest.raises(VisitRefusedError):
            enter(invited.letters, BORN, code)

    @pytest.mark.parametrize(
        "letters",
        ["", "0" * 12, "../" * 4, "%00", "é" * 12, "\x00", "x" * 100_000, "' OR 1=1 --", "\ud800"],
    )
    def test_an_unknown_link_is_refused_in_the_same_words(
        self, invited: Invitation, letters: str
    ) -> None:
        with pytest.raises(VisitRefusedError) as unknown:
            enter(letters, BORN, invited.code)
        with pytest.raises(VisitRefusedError) as wrong:
            enter(invited.letters, BORN, wrong_code(invited))
        assert type(unknown.value) is type(wrong.value) is VisitRefusedError
        assert str(unknown.value) == str(wrong.value)

    def test_an_unknown_link_takes_as_long_as_a_wrong_code(self, invited: Invitation) -> None:
        """The processor time of the slow hash, which is far more than all the rest."""
        argon2 = "django.contrib.auth.hashers.Argon2PasswordHasher"
        with override_settings(PASSWORD_HASHERS=[argon2]):
            visiting._nobodys_code.cache_clear()
            invited = self.anew(invited)
            known = self.seconds(invited.letters, wrong_code(invited))
            self.seconds("0" * 12, "000000")  # makes the hash that nothing matches
            unknown = self.seconds("0" * 12, "000000")
        visiting._nobodys_code.cache_clear()
        assert known > 0.005, "the hash is not slow enough to tell"
        assert 1 / 3 < unknown / known < 3

    def anew(self, invited: Invitation) -> Invitation:
        row = PatientAccess.objects.get(id=invited.access).proposal
        return visiting.give_link(row, AccessKind.LINK, invited.expires_at, created_by=None)

    def seconds(self, letters: str, code: str) -> float:
        started = thread_time()
        with pytest.raises(VisitRefusedError):
            enter(letters, BORN, code)
        return thread_time() - started

    def test_a_new_link_ends_the_one_before_and_who_came_by_it(
        self, cast: Cast, proposal: UUID, invited: Invitation
    ) -> None:
        cookie = enter(invited.letters, BORN, invited.code)
        newer = invite(cast.alice, proposal)
        assert find_visit(cookie) is None
        with pytest.raises(VisitOverError):
            enter(invited.letters, BORN, invited.code)
        assert enter(newer.letters, BORN, newer.code)

    def test_a_link_runs_out(self, invited: Invitation, monkeypatch: pytest.MonkeyPatch) -> None:
        at(monkeypatch, hours=73)
        with pytest.raises(VisitOverError):
            enter(invited.letters, BORN, invited.code)
        assert told(EventTag.PORTAL_ACCESS_REFUSED) == 1

    def test_the_institution_says_how_long_a_link_is_good(self, cast: Cast, proposal: UUID) -> None:
        decide_policy({"portal_link_hours": 1}, actor=None)
        left = invite(cast.alice, proposal).expires_at - timezone.now()
        assert timedelta(minutes=59) < left <= timedelta(hours=1)

    @pytest.mark.parametrize("name", ["bob", "charlie", "theo", "priya", "ada"])
    def test_who_does_not_treat_the_patient_invites_nobody(
        self, cast: Cast, proposal: UUID, name: str
    ) -> None:
        for act in (invite, hand_over):
            with pytest.raises(ProposalNotFoundError):
                act(getattr(cast, name), proposal)
        assert not PatientAccess.objects.exists()

    def test_nobody_is_invited_to_what_is_closed(self, cast: Cast, proposal: UUID) -> None:
        close_proposal(cast.alice, proposal)
        for act in (invite, hand_over):
            with pytest.raises(ProposalRefusedError):
                act(cast.alice, proposal)

    def test_leaving_ends_the_visit_and_not_the_link(self, invited: Invitation) -> None:
        visit = come_in(invited)
        leave(visit)
        assert not is_alive(visit)
        assert is_alive(come_in(invited))


class TestGuessing:
    def guess(self, invited: Invitation, times: int) -> list[type[VisitRefusedError]]:
        found = []
        for _ in range(times):
            with pytest.raises(VisitRefusedError) as refused:
                enter(invited.letters, BORN, wrong_code(invited))
            found.append(type(refused.value))
        return found

    def test_the_fifth_wrong_attempt_locks_the_link(self, invited: Invitation) -> None:
        assert self.guess(invited, 5) == [VisitRefusedError] * 4 + [VisitLockedError]
        with pytest.raises(VisitLockedError):
            enter(invited.letters, BORN, invited.code)

    def test_the_lock_is_told_once_and_each_guess_before_it(self, invited: Invitation) -> None:
        self.guess(invited, 7)
        assert told(EventTag.PORTAL_ACCESS_REFUSED) == 4
        assert told(EventTag.PORTAL_ACCESS_LOCKED) == 1

    def test_the_clinician_sees_the_lock_until_a_new_link_is_given(
        self, cast: Cast, proposal: UUID, invited: Invitation
    ) -> None:
        assert not locked_accesses().exists()
        self.guess(invited, 5)
        assert [row.id for row in locked_accesses()] == [invited.access]
        invite(cast.alice, proposal)
        assert not locked_accesses().exists()

    def test_a_right_one_in_time_counts_from_nought_again(self, invited: Invitation) -> None:
        self.guess(invited, 4)
        come_in(invited)
        assert self.guess(invited, 4) == [VisitRefusedError] * 4

    def test_a_wrong_birth_date_counts_like_a_wrong_code(self, invited: Invitation) -> None:
        for _ in range(5):
            with pytest.raises(VisitRefusedError):
                enter(invited.letters, date(1999, 1, 1), invited.code)
        with pytest.raises(VisitLockedError):
            enter(invited.letters, BORN, invited.code)

    def test_one_locked_link_locks_no_other(self, cast: Cast, invited: Invitation) -> None:
        other = invite(
            cast.alice, proposal_of(cast.alice, cast.petra, [take(cast.alice, cast.petra)])
        )
        self.guess(invited, 5)
        assert is_alive(come_in(other))


class TestTime:
    def test_a_visit_falls_asleep(
        self, invited: Invitation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cookie = enter(invited.letters, BORN, invited.code)
        at(monkeypatch, minutes=29)
        assert find_visit(cookie)
        at(monkeypatch, minutes=31)
        assert find_visit(cookie) is None

    def test_a_visit_ends_however_busy(
        self, invited: Invitation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cookie = enter(invited.letters, BORN, invited.code)
        for _ in range(11):
            at(monkeypatch, minutes=20)
            assert find_visit(cookie)
        at(monkeypatch, minutes=25)
        assert find_visit(cookie) is None

    @pytest.mark.parametrize("minutes", [-1, -60, -60 * 24 * 400])
    def test_a_clock_that_went_back_shuts_the_door(
        self, invited: Invitation, monkeypatch: pytest.MonkeyPatch, minutes: int
    ) -> None:
        cookie = enter(invited.letters, BORN, invited.code)
        at(monkeypatch, minutes=minutes)
        assert find_visit(cookie) is None

    @pytest.mark.parametrize("cookie", ["", "x", "\x00", "é", "'", "a" * 100_000, "\ud800"])
    def test_any_other_cookie_is_nobodys(self, invited: Invitation, cookie: str) -> None:
        enter(invited.letters, BORN, invited.code)
        assert find_visit(cookie) is None


class TestByTablet:
    def test_the_staff_session_is_locked_before_the_visit_begins(
        self, cast: Cast, proposal: UUID
    ) -> None:
        alice, cookie = sit_down(cast.alice)
        assert find_visit(hand_over(alice, proposal))
        assert Presence.objects.get(session_key=staff_digest(cookie)).locked_at is not None

    def test_taking_the_device_back_ends_the_visit_for_good(
        self, cast: Cast, proposal: UUID
    ) -> None:
        alice, _ = sit_down(cast.alice)
        cookie = hand_over(alice, proposal)
        visit = find_visit(cookie)
        assert visit is not None
        take_back(alice.session_key)
        assert find_visit(cookie) is None
        assert not is_alive(visit)
        assert not PatientAccess.objects.filter(ended_at=None).exists()

    def test_taking_back_ends_nobody_elses_visit(
        self, cast: Cast, proposal: UUID, invited: Invitation
    ) -> None:
        by_link = enter(invited.letters, BORN, invited.code)
        alice, _ = sit_down(cast.alice)
        by_tablet = hand_over(alice, proposal)
        for session in ("", "somebody-else", PatientSession.objects.first().key):  # type: ignore[union-attr] # there are two
            take_back(session)
        assert find_visit(by_link)
        assert find_visit(by_tablet)

    def test_leaving_a_tablet_ends_the_way_in(self, cast: Cast, proposal: UUID) -> None:
        visit = visit_to(cast.alice, proposal)
        leave(visit)
        assert PatientAccess.objects.get(id=visit.access).ended_at is not None

    def test_a_session_that_is_not_usable_hands_nothing_over(
        self, cast: Cast, proposal: UUID
    ) -> None:
        with pytest.raises(ProposalNotFoundError):
            hand_over(replace(cast.alice, session=SessionState.LOCKED), proposal)


class TestByTheCopy:
    @pytest.fixture
    def visit(self, cast: Cast) -> Visit:
        return signed(cast.alice, cast.petra, [take(cast.alice, cast.petra)], [ONE])

    def test_the_letters_are_the_same_whenever_the_copy_is_made(self, visit: Visit) -> None:
        letters = copy_letters(visit.proposal)
        assert renew_copy_code(visit).letters == letters == copy_letters(visit.proposal)
        assert re.fullmatch(f"[{LETTERS}]{{12}}", letters)
        assert letters != copy_letters(visit.access)

    def test_a_new_code_voids_the_one_before(self, visit: Visit) -> None:
        first, second = renew_copy_code(visit), renew_copy_code(visit)
        with pytest.raises(VisitRefusedError):
            enter(first.letters, BORN, first.code if first.code != second.code else "")
        found = find_visit(enter(second.letters, BORN, second.code))
        assert found is not None
        assert (found.kind, found.proposal) == (AccessKind.COPY, visit.proposal)

    def test_a_new_code_opens_a_locked_copy_again(self, visit: Visit) -> None:
        first = renew_copy_code(visit)
        for _ in range(5):
            with pytest.raises(VisitRefusedError):
                enter(first.letters, None, "")
        second = renew_copy_code(visit)
        assert enter(second.letters, BORN, second.code)

    def test_nobody_gets_a_code_before_signing_or_after_leaving(
        self, cast: Cast, proposal: UUID, visit: Visit
    ) -> None:
        with pytest.raises(VisitOverError):
            renew_copy_code(visit_to(cast.alice, proposal))
        leave(visit)
        with pytest.raises(VisitOverError):
            renew_copy_code(visit)

    def test_the_copy_outlives_the_link(
        self, visit: Visit, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        invited = renew_copy_code(visit)
        at(monkeypatch, days=3 * 365)
        assert enter(invited.letters, BORN, invited.code)


class TestAGuardian:
    """Speaks for the child until the child comes of age, on the institution's calendar."""

    @pytest.fixture
    def invited(self, cast: Cast) -> Invitation:
        approved_form()
        return invite(
            cast.alice,
            proposal_of(
                cast.alice,
                cast.pablo,
                [take(cast.alice, cast.pablo)],
                signer_role=SignerRole.GUARDIAN,
                people=People(signer="Greta Serrano", authority="Mother"),
            ),
        )

    @pytest.mark.parametrize(
        ("zone", "hour", "is_in"),
        [
            # Pablo is 18 on 30 November 2034; it is the 29th everywhere at noon in London.
            ("Europe/London", "2034-11-29T12:00", True),
            ("Pacific/Kiritimati", "2034-11-29T12:00", False),
            ("America/Los_Angeles", "2034-11-30T07:59", True),
            ("America/Los_Angeles", "2034-11-30T08:01", False),
        ],
    )
    def test_until_the_birthday_there_and_no_longer(
        self,
        invited: Invitation,
        monkeypatch: pytest.MonkeyPatch,
        zone: str,
        hour: str,
        is_in: bool,  # noqa: FBT001 - a row of the table
    ) -> None:
        Institution.objects.update(time_zone=zone)
        moment = datetime.fromisoformat(f"{hour}+00:00")
        later = moment + timedelta(days=1)
        PatientAccess.objects.update(created_at=moment, expires_at=later)
        monkeypatch.setattr(timezone, "now", lambda: moment)
        cookie = enter(invited.letters, date(2016, 11, 30), invited.code)
        assert (find_visit(cookie) is not None) is is_in

    def test_the_child_is_who_the_birth_date_is_of(self, invited: Invitation) -> None:
        assert find_visit(enter(invited.letters, date(2016, 11, 30), invited.code))
        assert Proposal.objects.get().signer_role == "guardian"
