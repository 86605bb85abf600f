"""One half of the system is of before a patient took a picture back: its keystore, or its record."""

from datetime import timedelta
from uuid import UUID

import pytest
from tests.cast import Cast
from tests.consenting import TEACHING, signed
from tests.keeping import erasing_rules, settled, withdrawn_by_phone
from tests.recalling import takes_back
from tests.taking import take, take_labelled

from safelight.audit.models import Event
from safelight.institution.models import RetentionVersion
from safelight.photos.models import Photograph
from safelight.photos.moving import MoveReason, move_photograph
from safelight.photos.tombstones import originals_of
from safelight.recall.fates import AFTER_CALL, today_here
from safelight.recall.models import (
    Certificate,
    Consequence,
    LegalCustody,
    Withdrawal,
    WithdrawnAgreement,
)
from safelight.recall.replaying import lock_again, take_out_again
from safelight.recall.services.keeping import erase_due_custody
from safelight.vault.custodians import Holder, can_open
from safelight.vault.keystore.models import Destroyed, Grant
from safelight.vault.kinds import CustodianKind
from safelight.vault.tombstones import destroy_again, destroyed
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import Sensitivity
from safelight.vocabulary.recall import Fate, WithdrawalScope

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]


def taken_back_after_a_move(cast: Cast, fate: Fate) -> UUID:
    """Its original, whose keys are as they were when it lay in Pablo's record."""
    rule = {"fate": fate.value, "years": 10, "ground": "Law of the test"}
    RetentionVersion.objects.create(rules={item.value: rule for item in Sensitivity})
    wrong = take(cast.alice, cast.pablo)
    [original] = originals_of([wrong])
    before = list(Grant.objects.filter(object_id=original))
    moved = move_photograph(
        wrong, cast.petra, actor=cast.alice.staff, reason=MoveReason.WRONG_PATIENT_OPEN
    )
    visit = signed(cast.alice, cast.petra, [moved], TEACHING)
    takes_back(visit, WithdrawalScope.PICTURE, moved)
    Grant.objects.filter(object_id=original).delete()
    Grant.objects.bulk_create(before)
    return original


def replayed() -> None:
    """With the journal of what was destroyed, of which an old keystore knows nothing."""
    told = destroyed()
    Destroyed.objects.all().delete()
    lock_again()
    destroy_again(told)


def test_a_key_that_was_destroyed_comes_back_under_no_other_record(cast: Cast) -> None:
    original = taken_back_after_a_move(cast, Fate.ERASE)
    replayed()
    assert not Grant.objects.filter(object_id=original).exists()


def test_what_the_law_keeps_is_locked_again_and_not_lost(cast: Cast) -> None:
    original = taken_back_after_a_move(cast, Fate.SEAL)
    replayed()
    assert can_open(original, Holder(CustodianKind.LEGAL, cast.petra))
    assert Grant.objects.filter(object_id=original).count() == 1


def older_record(photograph: UUID, before: Photograph) -> None:
    """The record as it was before anybody took the picture back."""
    LegalCustody.objects.all().delete()
    Certificate.objects.all().delete()
    Consequence.objects.all().delete()
    WithdrawnAgreement.objects.all().delete()
    Withdrawal.objects.all().delete()
    before.save()


def test_what_an_older_record_finds_locked_waits_a_week_and_is_then_erased_with_its_words(
    cast: Cast,
) -> None:
    erasing_rules()
    photograph = take_labelled(cast.alice, cast.petra)
    before = Photograph.objects.get(id=photograph)
    settled(withdrawn_by_phone(cast, photograph))
    older_record(photograph, before)
    assert take_out_again() == 1
    assert LegalCustody.objects.get().keep_until == today_here() + AFTER_CALL
    assert erase_due_custody() == 0
    LegalCustody.objects.update(keep_until=today_here() - timedelta(days=1))
    assert erase_due_custody() == 1
    about = Event.objects.filter(objects_told__object_id=photograph)
    assert about.filter(tag=EventTag.PHOTOGRAPH_ERASED.value).count() == 1
    assert not about.filter(tag=EventTag.PHOTOGRAPH_LABELLED.value).exclude(sealed_details=b"")
