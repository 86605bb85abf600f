"""A copy that turned up somewhere: whom it was shown to."""

import io
from uuid import UUID

import numpy as np
import pytest
from PIL import Image
from tests.cast import Cast
from tests.pictures import jpeg
from tests.sharing import RHEA, agreed, row_of, shared
from tests.taking import take

from safelight.audit.models import Event
from safelight.consent.visits import Visit
from safelight.engines.imaging import ImagingError
from safelight.engines.watermark import TooSmall, embed
from safelight.project import cli_watermark
from safelight.sharing.services.giving import GivenCode
from safelight.sharing.services.tracing import trace
from safelight.vault.institution_keys import WATERMARKS, institution_key
from safelight.vocabulary.events import EventTag

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]


@pytest.fixture
def picture(cast: Cast) -> UUID:
    return take(cast.alice, cast.petra)


@pytest.fixture
def visit(cast: Cast, picture: UUID) -> Visit:
    return agreed(cast.alice, cast.petra, [picture])


@pytest.fixture
def given(cast: Cast, picture: UUID, visit: Visit) -> GivenCode:
    return shared(cast.alice, visit, [picture])


def copy_of(number: int | None, *, scale: float = 1.0, quality: int = 75) -> bytes:
    """As somebody might have taken it from a screen: smaller, and pressed into a JPEG."""
    plain = Image.open(io.BytesIO(jpeg(7, (1200, 900)))).convert("RGB")
    plain = plain.resize((60, 45)).resize((1200, 900), Image.Resampling.BICUBIC)
    if number is not None:
        marked = embed(np.asarray(plain, np.uint8), number, institution_key(WATERMARKS))
        assert not isinstance(marked, TooSmall)
        plain = Image.fromarray(marked)
    written = io.BytesIO()
    size = int(plain.width * scale), int(plain.height * scale)
    plain.resize(size).save(written, "JPEG", quality=quality)
    return written.getvalue()


@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_a_copy_names_the_share_its_recipient_and_its_sender(
    cast: Cast, given: GivenCode, scale: float
) -> None:
    found = trace(copy_of(row_of(given).mark_number, scale=scale))
    assert (found.share, found.recipient) == (given.share, RHEA)
    assert found.given_by == cast.alice.display_name
    assert Event.objects.filter(tag=EventTag.SHARING_MARK_READ).count() == 1


def test_the_command_names_it_to_whoever_runs_the_server(given: GivenCode) -> None:
    lines, is_named = cli_watermark.told(trace(copy_of(row_of(given).mark_number)))
    said = "\n".join(lines)
    assert is_named
    assert f"Shared with: {RHEA}" in said
    assert str(given.share) in said


def test_a_picture_without_a_mark_names_nobody(given: GivenCode) -> None:
    found = trace(copy_of(None))
    assert (found.number, found.share) == (None, None)
    lines, is_named = cli_watermark.told(found)
    assert not is_named
    assert "No mark" in lines[0]
    assert not Event.objects.filter(tag=EventTag.SHARING_MARK_READ).exists()


def test_a_number_of_no_share_names_nobody(given: GivenCode) -> None:
    found = trace(copy_of((row_of(given).mark_number + 1) % 2**32))
    assert found.number is not None
    assert found.share is None
    lines, is_named = cli_watermark.told(found)
    assert not is_named
    assert "no share, copy, lecture or member of staff has this number" in lines[1]


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(ImagingError):
        trace(b"no picture")
