"""A copy out of a lecture names the lecture."""

import io

import numpy as np
import pytest
from PIL import Image
from tests.cast import Cast
from tests.lecturing import PLACE, deck_with, lecture_on

from safelight.audit.models import Event
from safelight.engines.watermark import embed
from safelight.project import cli_watermark
from safelight.sharing.services.tracing import trace
from safelight.teaching.models import Lecture
from safelight.teaching.services.tracing import lecture_of_number
from safelight.vault.institution_keys import WATERMARKS, institution_key
from safelight.vocabulary.events import EventTag

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]


def test_the_number_in_a_copy_names_title_place_and_teacher(cast: Cast) -> None:
    row = Lecture.objects.get(id=lecture_on(cast.theo, deck_with(cast.theo)))
    grey = np.full((960, 1280, 3), 130, np.uint8)
    marked = embed(grey, row.number, institution_key(WATERMARKS))
    assert isinstance(marked, np.ndarray)
    kept = io.BytesIO()
    Image.fromarray(marked).save(kept, "JPEG", quality=85)
    found = trace(kept.getvalue())
    assert found.number == row.number
    lines, is_named = cli_watermark.told(found)
    said = "\n".join(lines)
    assert is_named
    assert "How wounds heal" in said
    assert PLACE in said
    assert cast.theo.display_name in said
    event = Event.objects.get(tag=EventTag.TEACHING_MARK_READ.value)
    assert event.actor is None
    assert [item.object_id for item in event.objects_told.order_by("position")] == [
        row.id,
        row.deck_id,
    ]


def test_a_number_of_no_lecture_names_none(cast: Cast) -> None:
    assert lecture_of_number(7) is None
    assert not Event.objects.filter(tag=EventTag.TEACHING_MARK_READ.value).exists()
