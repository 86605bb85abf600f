"""What left and is chased, by the real verbs; and the days that pass."""

from datetime import timedelta
from uuid import UUID

from tests.cast import Cast
from tests.exporting import agreed_to_a_copy, made, receiver_of
from tests.publishing import agreed_work
from tests.recalling import takes_back
from tests.taking import take_labelled

from safelight.publishing.services import release_file
from safelight.recall.models import Consequence, Withdrawal
from safelight.recall.services.chasing import today
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.recall import CHASING, WithdrawalScope

ASKED = "Wrote to the editor with the text from this page."


def a_copy_that_left(cast: Cast) -> Consequence:
    """Petra took back a copy that Rhea's system had fetched: the line that is to be chased."""
    picture = take_labelled(cast.alice, cast.petra)
    visit = agreed_to_a_copy(cast.alice, cast.petra, [picture])
    link = made(cast.alice, visit, [picture])
    receiver_of(link).fetch(link.passcode)
    return chased_line(takes_back(visit, WithdrawalScope.ALL_USES))


def a_publication_that_left(
    cast: Cast, purpose: Purpose = Purpose.PRINT_PUBLICATION
) -> Consequence:
    work, picture, visit = agreed_work(cast, purpose)
    release_file(cast.alice, work, picture)
    return chased_line(takes_back(visit, WithdrawalScope.ALL_USES))


def chased_line(withdrawal: Withdrawal) -> Consequence:
    states = [item.value for item in CHASING]
    return Consequence.objects.get(withdrawal=withdrawal, state__in=states)


def the_day_to_answer_passes(line: UUID) -> None:
    yesterday = today() - timedelta(days=1)
    Consequence.objects.filter(id=line).update(due_on=yesterday)
