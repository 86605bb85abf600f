"""After a restore: what has no key is in force no longer, whatever an older record says."""

import pytest
from tests.cast import Cast
from tests.consenting import TEACHING, agreement_to, signed
from tests.sessions import sit_down
from tests.taking import take

from safelight.audit.models import Event
from safelight.consent.models import Agreement, AgreementImage
from safelight.consent.services.ending import end_without_keys, sweep_keys, withdraw
from safelight.consent.verification import differences
from safelight.consent.visits import is_alive
from safelight.engines.policy import AgreementStatus
from safelight.people.presence import presence_at
from safelight.project.backup.replaying import end_visits_and_sessions
from safelight.vault.custodians import agreements_with_keys
from safelight.vocabulary.events import EventTag

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]

ONE, LECTURE = TEACHING


def test_an_older_record_meets_the_present_keystore(cast: Cast) -> None:
    visit = signed(cast.alice, cast.petra, [take(cast.alice, cast.petra)], TEACHING)
    before = agreement_to(visit, ONE)
    withdraw(visit, before.id)
    Agreement.objects.filter(id=before.id).update(
        status=before.status, ended_at=None, ended_because=""
    )
    assert end_without_keys() == 1
    ended = agreement_to(visit, ONE)
    assert (ended.status, ended.ended_because) == (AgreementStatus.INACTIVE, "restored")
    assert agreement_to(visit, LECTURE).status == AgreementStatus.ACTIVE
    assert agreements_with_keys() == {agreement_to(visit, LECTURE).id}
    told = Event.objects.filter(tag=EventTag.CONSENT_AGREEMENT_KEY_LOST.value)
    assert told.count() == 1
    assert (end_without_keys(), sweep_keys()) == (0, 0)


def test_a_picture_that_a_newer_word_took_stays_taken(cast: Cast) -> None:
    first, second = take(cast.alice, cast.petra), take(cast.alice, cast.petra)
    old = agreement_to(signed(cast.alice, cast.petra, [first, second], [ONE]), ONE)
    newer = signed(cast.alice, cast.petra, [first], [], no=[ONE])
    AgreementImage.objects.filter(agreement=old).update(ended_at=None)  # as of old
    assert end_without_keys() == 2  # two sizes of one picture
    in_force = AgreementImage.objects.filter(agreement=old, ended_at=None)
    assert set(in_force.values_list("photograph", flat=True)) == {second}
    assert end_without_keys() == 0
    assert differences(newer.proposal) == []


def test_visits_and_sessions_of_then_are_over(cast: Cast) -> None:
    visit = signed(cast.alice, cast.petra, [take(cast.alice, cast.petra)], [ONE])
    alice, _ = sit_down(cast.alice)
    assert presence_at(alice.session_key) is not None
    assert is_alive(visit)
    assert end_visits_and_sessions() >= 2
    assert presence_at(alice.session_key) is None
    assert not is_alive(visit)
    assert end_visits_and_sessions() == 0


def test_what_was_refused_never_had_a_key_and_stays_refused(cast: Cast) -> None:
    visit = signed(cast.alice, cast.petra, [take(cast.alice, cast.petra)], [ONE], no=[LECTURE])
    assert end_without_keys() == 0
    assert agreement_to(visit, LECTURE).status == AgreementStatus.REJECTED
