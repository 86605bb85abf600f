"""The patient takes everything back, and the worker stops wherever it may: nothing is shown at any moment.

For every byte route that shows a picture of a patient, with everything still open: right after the
commit with nobody at work, with the consequences listed, after each of them, and at the end.
"""

from collections.abc import Iterator

import pytest
from tests.cast import Cast
from tests.conformance.judging import PLAIN, UNDER_LOCK, shows
from tests.conformance.product import Way
from tests.conformance.safelight import WAYS, Safelight
from tests.conformance.trying import tries
from tests.recalling import takes_back_by_phone

from safelight.photos.models import Photograph
from safelight.recall.models import Consequence, Withdrawal
from safelight.recall.reach import reach_of
from safelight.recall.services import withdrawing
from safelight.recall.services.cascade import carry_out_all, plan, settle
from safelight.recall.targets import TARGETS
from safelight.vocabulary.photograph import PhotographState
from safelight.vocabulary.recall import ConsequenceKind, ConsequenceState, WithdrawalScope

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
EVERYTHING = WithdrawalScope.EVERYTHING


def stages(withdrawals: list[Withdrawal]) -> Iterator[str]:
    """The cascade, stopped after each of its steps."""
    yield "committed, and nobody at work"
    for row in withdrawals:
        plan(row.id)
    yield "every consequence listed"
    for row in withdrawals:
        reach = reach_of(row)
        waiting = Consequence.objects.filter(
            withdrawal=row, state=ConsequenceState.WAITING.value
        ).order_by("kind", "id")
        for line in list(waiting):
            kind = ConsequenceKind(line.kind)
            settled = TARGETS[kind].settle(reach, line.target)
            yield f"{kind.value} done, and not written down"
            assert settle(line.id, settled)
            yield f"{kind.value} settled"
    carry_out_all()
    yield "all carried out"


def shown_by(way: Way, *, in_every_manner: bool) -> dict[str, int]:
    before = way.fetch("GET", PLAIN)
    asked = tries(way, before) if in_every_manner else [("plainly", before)]
    return {what: answer.status for what, answer in asked if shows(answer)}


@pytest.mark.parametrize(
    "name", [name for name in WAYS if name.partition(" ")[0] not in UNDER_LOCK]
)
def test_at_no_moment_of_the_cascade_anything_is_shown(
    cast: Cast, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withdrawing, "_begin", lambda _withdrawal: None)  # the worker is stopped
    way = Safelight(cast).open(name)
    assert shows(way.fetch("GET", PLAIN)), f"{name} shows nothing to begin with"
    withdrawals = [
        takes_back_by_phone(cast.alice, patient, EVERYTHING) for patient in (cast.petra, cast.pablo)
    ]
    shown = {
        stage: found
        for number, stage in enumerate(stages(withdrawals))
        if (found := shown_by(way, in_every_manner=number < 2))
    }
    assert shown == {}
    assert shown_by(way, in_every_manner=True) == {}
    gone = {PhotographState.LEGAL_CUSTODY.value, PhotographState.ERASED.value}
    left = Photograph.objects.exclude(state__in=gone).exclude(
        state=PhotographState.ENTERED_IN_ERROR.value
    )
    assert not left.exists()
