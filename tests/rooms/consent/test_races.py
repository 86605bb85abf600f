"""Two devices at once: exactly one of them wins, and the keys are those of the winner."""

from collections.abc import Callable
from uuid import UUID

import pytest
from tests.at_once import at_once
from tests.cast import PETRA, Cast
from tests.consenting import (
    SIGNATURE,
    TEACHING,
    agreement_to,
    answer_all,
    look_at_all,
    proposal_of,
    signed,
    version,
    visit_to,
)
from tests.looking import asks, opens
from tests.taking import take

from safelight.audit.models import Event
from safelight.consent.errors import ConsentError, VisitLockedError, VisitRefusedError
from safelight.consent.models import Agreement, PatientAccess, Proposal
from safelight.consent.services.ending import enter_in_error, sweep_keys, withdraw
from safelight.consent.services.proposing import close_proposal, remove_picture
from safelight.consent.services.signing import Signed, sign
from safelight.consent.services.visiting import enter, invite, take_back
from safelight.consent.verification import differences
from safelight.consent.visits import Visit
from safelight.release.signers import show_to_signer
from safelight.vault.custodians import agreements_with_keys, granted_objects
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import Rendition

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]

ONE, LECTURE = TEACHING


@pytest.fixture
def picture(cast: Cast) -> UUID:
    return take(cast.alice, cast.petra)


@pytest.fixture
def ready(cast: Cast, picture: UUID) -> Visit:
    """Everything is answered, and the signature is all that is missing."""
    visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
    look_at_all(visit)
    answer_all(visit, [ONE])
    return visit


def keys_are_what_rows_say() -> bool:
    active = set(Agreement.objects.filter(status="active").values_list("id", flat=True))
    listed = set(
        Agreement.objects.filter(status="active", images__ended_at=None).values_list(
            "id", "images__object_id"
        )
    )
    return agreements_with_keys() == active and granted_objects(active) == listed


def test_of_two_devices_that_sign_at_once_one_wins(ready: Visit, cast: Cast, picture: UUID) -> None:
    seen = version(ready)
    outcomes = at_once(*[lambda: sign(ready, SIGNATURE, seen)] * 3)
    assert sum(isinstance(item, Signed) for item in outcomes) == 1
    assert {item.code for item in outcomes if isinstance(item, ConsentError)} == {"already-signed"}
    assert Event.objects.filter(tag=EventTag.CONSENT_PROPOSAL_SIGNED.value).count() == 1
    assert differences(ready.proposal) == []
    assert keys_are_what_rows_say()
    assert opens(asks(cast.theo, picture, ONE))


def test_signing_while_the_sweep_runs_keeps_the_key(ready: Visit) -> None:
    seen = version(ready)
    outcomes = at_once(lambda: sign(ready, SIGNATURE, seen), *[sweep_keys] * 3)
    assert isinstance(outcomes[0], Signed)
    assert keys_are_what_rows_say()


@pytest.mark.parametrize(
    "rival",
    [
        lambda cast, visit, _: close_proposal(cast.alice, visit.proposal),
        lambda cast, visit, picture: remove_picture(cast.alice, visit.proposal, picture),
        lambda cast, visit, _: enter_in_error(cast.alice, agreement_to(visit, ONE).id),
        lambda _, visit, __: take_back(f"tablet-{visit.proposal}"),
    ],
    ids=["closed", "picture taken out", "entered in error", "device taken back"],
)
def test_whoever_is_first_nothing_is_half_signed(
    cast: Cast, ready: Visit, picture: UUID, rival: Callable[..., None]
) -> None:
    seen = version(ready)
    at_once(lambda: sign(ready, SIGNATURE, seen), lambda: rival(cast, ready, picture))
    row = Proposal.objects.get(id=ready.proposal)
    assert (row.signed_at is not None) == bool(row.sealed_record) == (row.state == "signed")
    if row.signed_at is not None:
        assert differences(ready.proposal) == []
    else:
        assert not Agreement.objects.filter(status="active").exists()
    assert keys_are_what_rows_say()


def test_two_words_about_one_picture_leave_one_in_force(cast: Cast, picture: UUID) -> None:
    """Two proposals about the same picture and use, both yes, signed at once."""
    visits = []
    for _ in range(2):
        visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture], [ONE]))
        look_at_all(visit)
        answer_all(visit, [ONE])
        visits.append((visit, version(visit)))
    outcomes = at_once(
        *[lambda visit=visit, seen=seen: sign(visit, SIGNATURE, seen) for visit, seen in visits]
    )
    assert all(isinstance(item, Signed) for item in outcomes)
    assert Agreement.objects.filter(status="active").count() == 1
    assert keys_are_what_rows_say()


def test_withdrawn_twice_at_once_is_withdrawn_once(cast: Cast, picture: UUID) -> None:
    visit = signed(cast.alice, cast.petra, [picture], [ONE])
    agreement = agreement_to(visit, ONE).id
    assert at_once(*[lambda: withdraw(visit, agreement)] * 3) == [None] * 3
    assert Event.objects.filter(tag=EventTag.CONSENT_AGREEMENT_WITHDRAWN.value).count() == 1
    assert keys_are_what_rows_say()


def test_guesses_at_once_are_counted_each(cast: Cast, ready: Visit) -> None:
    invited = invite(cast.alice, ready.proposal)
    wrong = f"{(int(invited.code) + 1) % 10**6:06}"
    outcomes = at_once(*[lambda: enter(invited.letters, PETRA.birth_date, wrong)] * 8)
    assert sum(type(item) is VisitRefusedError for item in outcomes) == 4
    assert sum(type(item) is VisitLockedError for item in outcomes) == 4
    assert PatientAccess.objects.get(id=invited.access).failed_attempts == 5


def test_looking_while_signing_breaks_nothing(cast: Cast, ready: Visit, picture: UUID) -> None:
    seen = version(ready)
    outcomes = at_once(
        lambda: sign(ready, SIGNATURE, seen),
        *[lambda: show_to_signer(ready, picture, Rendition.DISPLAY)] * 2,
    )
    assert isinstance(outcomes[0], Signed)
    assert differences(ready.proposal) == []
