"""From the first byte to the sealed record, and on to what screens show."""

import pytest
from tests.cast import Cast
from tests.pictures import Sending, jpeg

from safelight.capture.selectors import AnswerState
from safelight.capture.services.receiving import receive
from safelight.capture.verification import verify_waiting

pytestmark = pytest.mark.django_db(databases="__all__")


def test_a_picture_in_one_piece_is_sealed_and_then_verified(cast: Cast, stores):
    sending = Sending(jpeg(), cast.petra)
    answer = receive(cast.alice, sending.promise, 0, sending.pieces())
    assert answer.state is AnswerState.SEALED
    assert verify_waiting() == 1
