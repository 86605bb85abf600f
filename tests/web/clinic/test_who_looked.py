"""Who looked, as a clinician reads it."""

import pytest
from tests.cast import Cast
from tests.sessions import browser_of, sit_down
from tests.taking import take_labelled

from safelight.release.facts import Asked
from safelight.release.gate import open_photograph
from safelight.vocabulary.photograph import Rendition

pytestmark = [
    pytest.mark.django_db(databases=["default", "keystore"]),
    pytest.mark.usefixtures("stores"),
]


def test_the_same_look_again_is_told_in_one_line_with_its_number(cast: Cast) -> None:
    picture = take_labelled(cast.alice, cast.petra)
    alice, _ = sit_down(cast.alice)
    for _ in range(3):
        open_photograph(Asked(alice.session_key, picture, Rendition.DISPLAY))
    page = browser_of(cast.alice).get(f"/clinic/photographs/{picture}/looks/").content.decode()
    assert page.count("Opened it") == 1
    assert "3 times" in page
    assert "Took it" in page
