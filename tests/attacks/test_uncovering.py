"""Ways round the reason that a protected picture asks for each time."""

from uuid import UUID

import pytest
from tests.cast import Cast
from tests.sessions import browser_of, sit_down
from tests.taking import FOREARM, forearm, take

from safelight.people.asker import Asker
from safelight.photos.errors import LabelRefusedError
from safelight.photos.models import Photograph
from safelight.release.changes import label
from safelight.release.errors import AccessRefusedError
from safelight.release.facts import Asked
from safelight.release.gate import open_photograph
from safelight.release.reasons import state_reason
from safelight.vocabulary.photograph import OpeningReason, Rendition, Sensitivity

pytestmark = [
    pytest.mark.django_db(databases=["default", "keystore"]),
    pytest.mark.usefixtures("stores"),
]


def opens(asker: Asker, photograph: UUID) -> bool:
    try:
        return bool(open_photograph(Asked(asker.session_key, photograph, Rendition.DISPLAY)))
    except AccessRefusedError:
        return False


@pytest.mark.parametrize("protection", [Sensitivity.INTIMATE, Sensitivity.FORENSIC])
def test_a_label_takes_no_protection_away_without_a_reason(
    cast: Cast, protection: Sensitivity
) -> None:
    alice, _ = sit_down(cast.alice)
    photograph = take(cast.alice, cast.petra, sensitivity=protection)
    with pytest.raises(LabelRefusedError):
        label(alice, [photograph], forearm(Sensitivity.ORDINARY))
    assert Photograph.objects.get(id=photograph).sensitivity == protection
    assert not opens(alice, photograph)


def test_a_batch_uncovers_none_because_of_one(cast: Cast) -> None:
    alice, _ = sit_down(cast.alice)
    intimate = take(cast.alice, cast.petra, sensitivity=Sensitivity.INTIMATE)
    batch = [take(cast.alice, cast.petra), intimate]
    with pytest.raises(LabelRefusedError):
        label(alice, batch, forearm(Sensitivity.ORDINARY))
    assert not Photograph.objects.exclude(body_site="").exists()


def test_the_page_says_what_to_do_instead(cast: Cast) -> None:
    photograph = take(cast.alice, cast.petra, sensitivity=Sensitivity.INTIMATE)
    answer = browser_of(cast.alice).post(
        f"/clinic/patients/{cast.petra}/label/",
        {
            "photograph": str(photograph),
            "body_site": FOREARM,
            "laterality": "left",
            "view": "close-up",
            "sensitivity": "ordinary",
        },
    )
    assert answer.status_code == 422
    assert "give a reason first" in answer.content.decode()


def test_with_a_reason_stated_a_mistaken_protection_is_taken_back(cast: Cast) -> None:
    alice, _ = sit_down(cast.alice)
    photograph = take(cast.alice, cast.petra, sensitivity=Sensitivity.INTIMATE)
    state_reason(alice, photograph, OpeningReason.EXAMINATION)
    assert label(alice, [photograph], forearm(Sensitivity.ORDINARY)) == 1


def test_a_protected_picture_is_labelled_as_such_without_a_reason(cast: Cast) -> None:
    alice, _ = sit_down(cast.alice)
    photograph = take(cast.alice, cast.petra, sensitivity=Sensitivity.INTIMATE)
    assert label(alice, [photograph], forearm(Sensitivity.FORENSIC)) == 1
