"""Whatever is taken, agreed to, shared, merged, taken back or run out, in any order: release agrees.

The model beside it is as simple as what a patient is told: a picture is in the record until it is
taken out; a use is permitted by the last word about it until that is taken back or runs out. A
backup may be put back at any time, with the journal of today: its record, its keystore, or both.
What was given since is lost then, what was over is over, and whoever was shown something outside
is shown it no more. Between any two steps the worker may have been there or not.

Seen to fail without the replay, and without each of its steps that are about keys, pictures,
agreements without a key, and shares.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.cast import PETRA, Cast, admit
from tests.consenting import TEACHING, as_if_signed, signed
from tests.looking import asks, opens
from tests.recalling import takes_back, takes_back_by_phone
from tests.restoring import Copied, copied
from tests.sharing import agreed, come_in, shared
from tests.taking import take

from safelight.consent.models import Agreement
from safelight.consent.services.ending import expire_due, sweep_keys
from safelight.consent.visits import Visit, is_alive
from safelight.engines.policy import AgreementStatus, Provision
from safelight.institution.models import Department, RetentionVersion
from safelight.people.merging import merge_patients
from safelight.photos.models import Photograph, RenditionRow
from safelight.photos.tombstones import originals_of
from safelight.recall.models import Withdrawal
from safelight.recall.services import withdrawing
from safelight.recall.services.cascade import carry_out_all
from safelight.release.errors import AccessRefusedError
from safelight.release.gate import open_photograph
from safelight.sharing.guests import Guest
from safelight.sharing.looks import show as show_shared
from safelight.sharing.services.giving import revoke
from safelight.vault.custodians import agreements_with_keys, opened_by
from safelight.vault.errors import KeyMissingError
from safelight.vault.keystore.models import Grant
from safelight.vault.kinds import CustodianKind
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.recall import WithdrawalScope

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]

WHICH = st.integers(0, 3)
STEPS = st.one_of(
    st.tuples(st.just("take"), st.booleans()),
    st.tuples(st.just("sign"), WHICH, st.sets(st.sampled_from(TEACHING), min_size=1)),
    st.tuples(st.just("sign"), WHICH, st.sets(st.sampled_from(TEACHING), min_size=1)),
    st.tuples(st.just("share"), WHICH),
    st.tuples(st.just("revoke"), WHICH),
    st.tuples(st.just("withdraw_use"), st.sampled_from(TEACHING), WHICH),
    st.tuples(st.just("withdraw_picture"), WHICH, st.booleans()),
    st.tuples(st.just("withdraw_all"), st.booleans()),
    st.tuples(st.just("expire"), st.sampled_from(TEACHING), WHICH),
    st.tuples(st.just("merge")),
    st.tuples(st.just("work")),
    st.tuples(st.just("back_up")),
    st.tuples(st.just("restore"), st.sampled_from(["record", "keystore", "both"])),
)
FEW = st.lists(STEPS, min_size=1, max_size=3)
HISTORIES = st.one_of(
    st.lists(STEPS, min_size=3, max_size=8),
    st.builds(
        lambda before, since, what, after: [
            *before,
            ("back_up",),
            *since,
            ("restore", what),
            *after,
        ],
        FEW,
        FEW,
        st.sampled_from(["record", "keystore", "both"]),
        FEW,
    ),
)


@dataclass(frozen=True)
class Backup:
    """A copy of the site, and what there was when it was made."""

    site: Copied
    is_merged: bool
    pictures: list[UUID]
    of_double: list[UUID]
    signed: list[Visit]
    word: dict[tuple[UUID, Purpose], UUID | None]
    guests: list[Guest]

    def knows(self, word: UUID | None) -> bool:
        """Whether this word of the patient was given before."""
        return word in {visit.proposal for visit in self.signed}


class World:
    """Petra, a second record of hers that somebody opened by mistake, and what is known of both."""

    def __init__(self, cast: Cast, stores: Path) -> None:
        self.cast, self.stores = cast, stores
        self.double, _ = admit(PETRA, Department.objects.get(id=cast.dermatology))
        self.is_merged = False
        self.pictures: list[UUID] = []
        self.of_double: list[UUID] = []
        self.in_record: dict[UUID, bool] = {}
        self.signed: list[Visit] = []
        # The last word about a picture and a use is known by the proposal that was signed.
        self.word: dict[tuple[UUID, Purpose], UUID | None] = {}
        self.over: set[tuple[UUID, Purpose, UUID | None]] = set()
        self.shares: dict[UUID, Guest] = {}
        self.guests: list[tuple[Guest, UUID]] = []
        self.backup: Backup | None = None
        self.lost: set[UUID] = set()
        self.take(of_double=False)

    def take(self, of_double: bool) -> None:  # noqa: FBT001 - a drawn step
        is_apart = of_double and not self.is_merged
        picture = take(self.cast.alice, self.double if is_apart else self.cast.petra)
        (self.of_double if is_apart else self.pictures).append(picture)
        self.in_record[picture] = True

    def chosen(self, which: int) -> UUID | None:
        here = [item for item in self.pictures if self.in_record[item]]
        return here[which % len(here)] if here else None

    def sign(self, which: int, yes: set[Purpose]) -> None:
        if (picture := self.chosen(which)) is None:
            return
        visit = signed(self.cast.alice, self.cast.petra, [picture], sorted(yes))
        self.signed.append(visit)
        for purpose in yes:
            self.over.add((picture, purpose, self.word.get((picture, purpose))))
            self.word[picture, purpose] = visit.proposal

    def share(self, which: int) -> None:
        if (picture := self.chosen(which)) is None:
            return
        visit = agreed(self.cast.alice, self.cast.petra, [picture])
        guest = come_in(shared(self.cast.alice, visit, [picture]))
        self.guests.append((guest, picture))
        # A second agreement about the same picture and the same recipient replaces the first.
        self.shares[picture] = guest

    def revoke(self, which: int) -> None:
        """Whoever gave it takes a share back."""
        if not self.shares:
            return
        picture = list(self.shares)[which % len(self.shares)]
        revoke(self.cast.alice, self.shares.pop(picture).share)

    def withdraw_use(self, purpose: Purpose, which: int) -> None:
        if not self.signed:
            return
        visit = self.signed[which % len(self.signed)]
        found = Agreement.objects.filter(proposal=visit.proposal, purpose=purpose.value).first()
        if found is not None:
            # A restore ends visits: whoever was on a page of theirs calls.
            if is_alive(visit):
                takes_back(visit, WithdrawalScope.USE, found.id)
            else:
                petra = self.cast.petra
                takes_back_by_phone(self.cast.alice, petra, WithdrawalScope.USE, found.id)
            self.end(lambda key, word: key[1] is purpose and word == visit.proposal)

    def withdraw_picture(self, which: int, from_care: bool) -> None:  # noqa: FBT001
        if (picture := self.chosen(which)) is None:
            return
        scope = WithdrawalScope.PICTURE if from_care else WithdrawalScope.PICTURE_USES
        takes_back_by_phone(self.cast.alice, self.cast.petra, scope, picture)
        self.end(lambda key, _word: key[0] == picture)
        self.shares.pop(picture, None)
        self.in_record[picture] = self.in_record[picture] and not from_care

    def withdraw_all(self, from_care: bool) -> None:  # noqa: FBT001
        scope = WithdrawalScope.EVERYTHING if from_care else WithdrawalScope.ALL_USES
        takes_back_by_phone(self.cast.alice, self.cast.petra, scope)
        self.end(lambda _key, _word: True)
        self.shares.clear()
        if from_care:
            self.in_record |= dict.fromkeys(self.pictures, False)

    def expire(self, purpose: Purpose, which: int) -> None:
        if not self.signed:
            return
        proposal = self.signed[which % len(self.signed)].proposal
        found = Agreement.objects.filter(
            proposal=proposal,
            purpose=purpose.value,
            status=AgreementStatus.ACTIVE.value,
        ).first()
        if found is not None:
            as_if_signed(found, ends_on=timezone.localdate() - timedelta(days=1))
            expire_due()
            self.end(lambda key, word: key[1] is purpose and word == proposal)

    def merge(self) -> None:
        if not self.is_merged:
            merge_patients(self.double, self.cast.petra, actor=self.cast.alice.staff)
            self.is_merged = True
            self.pictures += self.of_double

    def work(self) -> None:
        carry_out_all()
        sweep_keys()

    def back_up(self) -> None:
        if self.backup is not None:
            self.backup.site.forget()
        self.backup = Backup(
            copied(self.stores),
            self.is_merged,
            list(self.pictures),
            list(self.of_double),
            list(self.signed),
            dict(self.word),
            [guest for guest, _ in self.guests],
        )

    def restore(self, what: str) -> None:
        if (old := self.backup) is None:
            return
        if what != "keystore":
            # A record is lost with what the worker had not come to of a picture's end.
            self.work()
        old.site.restore(record=what != "keystore", keystore=what != "record")
        in_force = Agreement.objects.filter(
            status=AgreementStatus.ACTIVE.value, provision=Provision.PERMIT.value
        )
        assert agreements_with_keys() == set(in_force.values_list("id", flat=True))
        self.lost |= set(self.in_record) - {*old.pictures, *old.of_double}
        self.in_record |= dict.fromkeys(self.lost, False)
        self.end(lambda _key, word: not old.knows(word))
        if what != "keystore":
            self.go_back(old)
        self.shares = {
            picture: guest for picture, guest in self.shares.items() if guest in old.guests
        }

    def go_back(self, old: Backup) -> None:
        """The record is of then: what was permitted and is not over is permitted as it was."""
        self.is_merged, self.signed = old.is_merged, list(old.signed)
        self.pictures, self.of_double = list(old.pictures), list(old.of_double)
        self.word = {
            key: None if (*key, word) in self.over else word for key, word in old.word.items()
        }
        self.shares.clear()

    def end(self, does: Any) -> None:
        for key, word in self.word.items():
            if does(key, word):
                self.over.add((*key, word))
                self.word[key] = None

    def check(self) -> None:
        for picture, is_here in self.in_record.items():
            if picture in self.lost and self.is_dark(picture):
                continue
            assert opens(asks(self.cast.alice, picture, Purpose.TREATMENT)) is is_here
            for purpose in TEACHING:
                expected = is_here and self.word.get((picture, purpose)) is not None
                assert opens(asks(self.cast.theo, picture, purpose)) is expected, purpose

        for guest, picture in self.guests:
            assert shows(guest, picture) is (self.shares.get(picture) is guest)

    def is_dark(self, picture: UUID) -> bool:
        """Its row is there, and its key came after the old keystore: an error, and no refusal.

        With a record of before it was taken there is no row either, and so a refusal.
        """
        try:
            open_photograph(asks(self.cast.alice, picture, Purpose.TREATMENT))
        except KeyMissingError:
            return True
        except AccessRefusedError:
            return False
        return False

    def check_end(self) -> None:
        """Nobody is left at work: no key of anything that was taken out, but in legal custody."""
        gone = [item for item, is_here in self.in_record.items() if not is_here]
        gone = [item for item in gone if item not in self.lost]
        objects = RenditionRow.objects.filter(photograph__in=gone).values_list("id", flat=True)
        kinds = Grant.objects.filter(object_id__in=list(objects)).values_list("custodian__kind")
        assert {kind for (kind,) in kinds} <= {"legal"}
        states = Photograph.objects.filter(id__in=gone).values_list("state", flat=True)
        assert set(states) <= {"erased", "legal-custody"}
        assert not Withdrawal.objects.filter(closed_at=None).exists()
        kept = Photograph.objects.filter(id__in=gone, state="legal-custody")
        originals = originals_of(list(kept.values_list("id", flat=True)))
        assert opened_by(CustodianKind.LEGAL, originals) == set(originals), "the law can open them"


def shows(guest: Guest, picture: UUID) -> bool:
    """Whether Rhea, who has the share open, is shown the picture."""
    try:
        return bool(show_shared(guest, picture).content)
    except SafelightError:
        return False


EVERYTHING: Any = ("withdraw_all", True)
ONE: Any = ("sign", 0, {TEACHING[0]})


@given(steps=HISTORIES, is_idle=st.booleans(), is_kept=st.booleans())
@example(
    steps=[ONE, EVERYTHING, ("take", False), ("sign", 0, set(TEACHING))],
    is_idle=True,
    is_kept=True,
)
@example(steps=[("take", True), ("merge",), EVERYTHING, ("work",)], is_idle=True, is_kept=False)
@example(
    steps=[("take", True), EVERYTHING, ("merge",), ("withdraw_picture", 0, True)],
    is_idle=False,
    is_kept=True,
)
@example(steps=[ONE, ONE, ("withdraw_use", TEACHING[0], 0), ("work",)], is_idle=True, is_kept=False)
@example(
    steps=[ONE, ("back_up",), EVERYTHING, ("restore", "keystore")], is_idle=False, is_kept=True
)
@example(
    steps=[ONE, ("back_up",), ("withdraw_picture", 0, True), ("restore", "keystore"), ("work",)],
    is_idle=True,
    is_kept=False,
)
@example(
    steps=[("back_up",), ("take", False), ("restore", "keystore")], is_idle=False, is_kept=False
)
@example(
    steps=[ONE, ("share", 0), ("back_up",), ("withdraw_all", False), ("restore", "keystore")],
    is_idle=True,
    is_kept=True,
)
@example(
    steps=[ONE, ("back_up",), ("withdraw_picture", 0, True), ("restore", "record")],
    is_idle=False,
    is_kept=True,
)
@example(
    steps=[("share", 0), ("back_up",), ("revoke", 0), ONE, ("restore", "record"), ONE],
    is_idle=True,
    is_kept=False,
)
@example(
    steps=[ONE, ("back_up",), ("take", True), ("merge",), EVERYTHING, ("restore", "both")],
    is_idle=True,
    is_kept=True,
)
@example(steps=[ONE, ("back_up",), ONE, ("restore", "record")], is_idle=True, is_kept=False)
@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_release_agrees_with_what_the_patient_was_told(
    cast: Cast,
    stores: Path,
    monkeypatch: pytest.MonkeyPatch,
    steps: list[tuple[Any, ...]],
    *,
    is_idle: bool,
    is_kept: bool,
) -> None:
    fate = "seal" if is_kept else "erase"
    rule = {"fate": fate, "years": 5, "ground": "The law of this invented place says so."}
    RetentionVersion.objects.create(rules={"ordinary": rule})
    with monkeypatch.context() as patch:
        if is_idle:  # the process dies right after each commit, and the worker comes when it comes
            patch.setattr(withdrawing, "_begin", lambda _withdrawal: None)
        world = World(cast, stores)
        for verb, *said in steps:
            getattr(world, verb)(*said)
            world.check()
    world.work()
    world.check()
    world.check_end()
