"""Pictures that were taken back and are kept, by the real verbs."""

from datetime import timedelta
from uuid import UUID

from tests.cast import Cast
from tests.consenting import proposal_of, visit_to
from tests.taking import take_labelled

from safelight.consent.visits import Visit
from safelight.institution.retaining import decide_retention
from safelight.institution.retention import RetentionRule
from safelight.people.asker import Asker
from safelight.recall.fates import today_here
from safelight.recall.models import Withdrawal
from safelight.recall.services.cascade import carry_out
from safelight.recall.services.holding import place_hold
from safelight.recall.services.opening_custody import (
    NewRequest,
    confirm_opening,
    request_opening,
)
from safelight.recall.services.withdrawing import Order, withdraw, withdraw_for
from safelight.vocabulary.photograph import Sensitivity
from safelight.vocabulary.recall import CustodyGround, Fate, WithdrawalScope

REASON = "The regional court asked us to keep everything of this stay."
GROUND = "The hospital law of the land, section 12."
WORDS = "Order 14 of the regional court, of last Monday."
CALLED = "She called, and said her birth date and the code."


def erasing_rules(years: int = 10) -> int:
    """Ordinary pictures are erased at once; the number of the version."""
    rule = RetentionRule(Fate.ERASE, years, "Nothing makes us keep these pictures.")
    return decide_retention({Sensitivity.ORDINARY: rule}, actor=None)


def sealing_rules(years: int = 10) -> int:
    return decide_retention(
        {Sensitivity.ORDINARY: RetentionRule(Fate.SEAL, years, GROUND)}, actor=None
    )


def hold(asker: Asker, patient: UUID, encounter: UUID | None = None, days: int = 30) -> UUID:
    return place_hold(asker, patient, encounter, REASON, today_here() + timedelta(days=days))


def withdrawn(cast: Cast, photograph: UUID) -> UUID:
    """Taken out of the record by Petra herself, on her pages; the withdrawal's id."""
    order = Order(WithdrawalScope.PICTURE, photograph)
    return withdraw(visit_of_petra(cast, photograph), order)


def withdrawn_by_phone(cast: Cast, photograph: UUID) -> UUID:
    """The same, as staff note it on the telephone."""
    return withdraw_for(cast.alice, cast.petra, Order(WithdrawalScope.PICTURE, photograph), CALLED)


def settled(withdrawal: UUID) -> None:
    """The worker has carried everything out."""
    carry_out(withdrawal)
    assert Withdrawal.objects.get(id=withdrawal).closed_at is not None


def in_custody(cast: Cast, **details: object) -> UUID:
    """A picture of Petra's that was taken back and is under lock."""
    photograph = take_labelled(cast.alice, cast.petra, **details)
    settled(withdrawn(cast, photograph))
    return photograph


def requested(asker: Asker, patient: UUID, *photographs: UUID, minutes: int = 60) -> UUID:
    asked = NewRequest(patient, photographs, CustodyGround.COURT_ORDER, WORDS, minutes)
    return request_opening(asker, asked)


def opened_for(cast: Cast, *photographs: UUID) -> UUID:
    """Priya asked, and Ada confirmed."""
    request = requested(cast.priya, cast.petra, *photographs)
    confirm_opening(cast.ada, request)
    return request


def visit_of_petra(cast: Cast, photograph: UUID) -> Visit:
    """Petra on her own pages; the picture is asked about before it goes."""
    return visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [photograph]))
