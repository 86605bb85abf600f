"""The whole way with the real child and the real detectors: nothing found is still there."""

import io
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from skimage import data
from tests.cast import Cast
from tests.preparing import NOTHING_ELSE, seated
from tests.taking import take

from safelight.connectors.scanning.process import ChildScanner
from safelight.engines.imaging import Mask, RedactionPlan
from safelight.redaction.looking import look
from safelight.redaction.ports import Look, wiring
from safelight.redaction.rules import Draft
from safelight.redaction.selectors import checked
from safelight.redaction.services import approve, save_draft
from safelight.release.facts import Asked
from safelight.release.gate import open_photograph
from safelight.vocabulary.identifiability import Identifying
from safelight.vocabulary.photograph import Rendition

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
# The solid fill, with what JPEG makes of it; the portrait and its label are lighter there.
DARK = 80


@pytest.fixture
def real() -> Iterator[None]:
    before = wiring.scanner
    with ChildScanner(seconds=dict.fromkeys(Look, 120.0)) as scanner:
        wiring.scanner = scanner
        yield
    wiring.scanner = before


def portrait_with_a_label() -> bytes:
    """A public-domain portrait that comes with scikit-image, and an invented name burnt in."""
    image = Image.fromarray(data.astronaut()).resize((1024, 1024))
    draw = ImageDraw.Draw(image)
    draw.rectangle((40, 900, 560, 980), fill="white")
    draw.text((60, 915), "PETRA H-204817", fill="black", font=ImageFont.load_default(48))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=92)
    return out.getvalue()


@pytest.mark.usefixtures("real")
def test_what_was_found_is_covered_and_not_found_again(cast: Cast) -> None:
    picture, alice = take(cast.alice, cast.petra, portrait_with_a_label()), seated(cast.alice)
    findings = look(alice, picture)
    assert {Identifying.FACE, Identifying.TEXT} <= {item.kind for item in findings}
    save_draft(
        alice,
        picture,
        Draft(RedactionPlan(tuple(Mask(item.region) for item in findings)), (), NOTHING_ELSE),
    )
    result = checked(alice, picture)
    covered = {item.finding.kind for item in result.decided if item.is_covered}
    assert {Identifying.FACE, Identifying.TEXT} <= covered
    approve(
        alice, picture, result.version, {item.id: "nobody to be seen" for item in result.leftovers}
    )
    content = open_photograph(Asked(alice.session_key, picture, Rendition.REDACTED)).content
    with Image.open(io.BytesIO(content)) as shown:
        grey = np.asarray(shown.convert("L"))
    for finding in findings:
        region = finding.region
        down, across = region.top + region.height // 2, region.left + region.width // 2
        assert grey[down, across] < DARK
