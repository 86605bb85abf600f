"""What is destroyed is remembered in the same commit, told to the journal, and can be done again."""

from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from safelight.connectors.journal.file import FileJournal
from safelight.engines import envelope
from safelight.vault import orphans
from safelight.vault.custodians import Holder, agreements_with_keys, establish, shred_agreement
from safelight.vault.destructions import Destruction
from safelight.vault.keystore.models import Destroyed, Grant
from safelight.vault.kinds import CustodianKind
from safelight.vault.ports import wiring
from safelight.vault.sealing import ToSeal, seal_objects
from safelight.vault.tombstones import (
    destroy_again,
    destroy_grants,
    destroyed,
    destroyed_agreement_grants,
    destroyed_agreements,
    keep_journal,
    over,
    remember_over,
)

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]

CARE, AGREEMENT = CustodianKind.CARE, CustodianKind.AGREEMENT


def agreement_with_a_picture() -> tuple[UUID, UUID]:
    agreement, thing = uuid4(), uuid4()
    establish(AGREEMENT, agreement)
    seal_objects([ToSeal(thing, envelope.Kind.DISPLAY, b"plain")], [Holder(AGREEMENT, agreement)])
    return agreement, thing


def told() -> list[Destruction]:
    assert wiring.journal is not None
    return list(wiring.journal.read().destructions)


def test_a_shredded_agreement_is_remembered_once() -> None:
    agreement, _ = agreement_with_a_picture()
    for _ in range(2):
        shred_agreement(agreement)
    assert destroyed_agreements() == {agreement}
    assert destroyed() == told()
    assert len(told()) == 1


def test_what_never_had_a_key_leaves_no_tombstone() -> None:
    shred_agreement(uuid4())
    assert destroyed() == told() == []


def test_key_and_tombstone_commit_together_or_not_at_all() -> None:
    agreement, _ = agreement_with_a_picture()
    with transaction.atomic(using="keystore"):
        shred_agreement(agreement)
        assert destroyed_agreements() == {agreement}
        transaction.set_rollback(True, using="keystore")
    assert (agreements_with_keys(), destroyed(), told()) == ({agreement}, [], [])


def test_a_destroyed_grant_is_remembered_with_its_object() -> None:
    agreement, thing = agreement_with_a_picture()
    assert destroy_grants([thing, uuid4()], (AGREEMENT, agreement)) == 1
    assert destroyed_agreement_grants() == {(agreement, thing)}
    assert (destroyed_agreements(), agreements_with_keys()) == (set(), {agreement})


def test_discarded_objects_are_remembered_under_every_custodian() -> None:
    agreement, thing, petra = uuid4(), uuid4(), uuid4()
    establish(AGREEMENT, agreement)
    establish(CARE, petra)
    holders = [Holder(AGREEMENT, agreement), Holder(CARE, petra)]
    seal_objects([ToSeal(thing, envelope.Kind.DISPLAY, b"plain")], holders)
    orphans.discard([thing])
    assert {(item.kind, item.owner, item.object_id) for item in told()} == {
        (AGREEMENT, agreement, thing),
        (CARE, petra, thing),
    }


def test_a_full_disk_of_the_journal_keeps_nobody_from_shredding(stores: Path) -> None:
    wiring.journal = FileJournal(Path("/dev/full/withdrawals.jsonl"))
    agreement, _ = agreement_with_a_picture()
    shred_agreement(agreement)
    assert destroyed_agreements() == {agreement}
    wiring.journal = FileJournal(stores / "withdrawals.jsonl")
    assert (keep_journal(), keep_journal()) == (1, 0)
    assert told() == destroyed()


def test_a_damaged_journal_is_set_aside_and_written_anew(stores: Path) -> None:
    agreement, _ = agreement_with_a_picture()
    shred_agreement(agreement)
    (stores / "withdrawals.jsonl").write_text("a hole in the disk\n")
    assert keep_journal() == 1
    assert told() == destroyed()
    (kept,) = stores.glob("withdrawals.jsonl.damaged-*")
    assert kept.read_text() == "a hole in the disk\n"


def test_the_worker_says_how_far_the_journal_reaches() -> None:
    agreement, _ = agreement_with_a_picture()
    shred_agreement(agreement)
    assert wiring.journal is not None
    keep_journal()
    journal = wiring.journal.read()
    assert journal.until is not None
    assert journal.until >= destroyed()[0].at


def test_keys_that_came_back_are_destroyed_again_and_remembered_as_of_old() -> None:
    agreement, thing = agreement_with_a_picture()
    other, kept = agreement_with_a_picture()
    shred_agreement(agreement)
    destroy_grants([kept], (AGREEMENT, other))
    items = destroyed()
    Destroyed.objects.all().delete()  # as an older keystore knows nothing of it
    establish(AGREEMENT, agreement)
    seal_objects([ToSeal(kept, envelope.Kind.DISPLAY, b"plain")], [Holder(AGREEMENT, other)])
    assert destroy_again(items) == 2
    assert destroyed() == items
    assert not Grant.objects.filter(object_id__in=[thing, kept]).exists()
    assert destroy_again(items) == 0
    assert destroyed() == items


def test_what_a_journal_tells_twice_is_remembered_once() -> None:
    agreement, _ = agreement_with_a_picture()
    shred_agreement(agreement)
    (told_of,) = destroyed()
    Destroyed.objects.all().delete()
    destroy_again([told_of, told_of])
    assert destroyed() == [told_of]


def test_what_holds_no_key_is_remembered_as_over_once() -> None:
    left = uuid4()
    assert remember_over(CustodianKind.ACCOUNT, [left]) == 1
    assert remember_over(CustodianKind.ACCOUNT, [left]) == 0
    assert over(CustodianKind.ACCOUNT) == {left}
    assert [item.owner for item in told()] == [left]
