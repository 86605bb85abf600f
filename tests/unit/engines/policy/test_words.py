import pytest

from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.coded import Coded
from safelight.vocabulary.photograph import (
    BreakGlassReason,
    ImageView,
    OpeningReason,
    PhotographState,
    Rendition,
    Sensitivity,
)
from safelight.vocabulary.purposes import BY_AGREEMENT, NAMED, USUAL_AUDIENCE, Purpose
from safelight.vocabulary.relationships import Relationship
from safelight.vocabulary.roles import Role
from safelight.vocabulary.signers import SignerRole

WORDS = (
    Audience,
    BreakGlassReason,
    ImageView,
    OpeningReason,
    PhotographState,
    Purpose,
    Relationship,
    Rendition,
    Role,
    Sensitivity,
    SignerRole,
)


@pytest.mark.parametrize("words", WORDS, ids=lambda words: words.__name__)
def test_a_word_is_found_by_its_code_and_has_a_display_of_its_own(words: type[Coded]) -> None:
    for word in words:
        assert words(str(word)) is word
        assert word == word.value
        assert word.value == word.value.lower().replace("_", "-")
    displays = [word.display for word in words]
    assert all(displays)
    assert len(set(displays)) == len(displays)


@pytest.mark.parametrize(
    ("purpose", "code"),
    [
        (Purpose.TREATMENT, "TREAT"),
        (Purpose.LECTURE, "TRAIN"),
        (Purpose.RESEARCH, "HRESCH"),
        (Purpose.QUALITY_IMPROVEMENT, "HQUALIMP"),
        (Purpose.PATIENT_REQUEST, "PATRQT"),
        (Purpose.PRIVACY_OVERSIGHT, "HCOMPL"),
        (Purpose.CONFERENCE, None),
        (Purpose.SOCIAL_MEDIA, None),
        (Purpose.SOFTWARE_DEVELOPMENT, None),
    ],
)
def test_a_purpose_has_the_code_that_hl7_gives_it_or_none(
    purpose: Purpose, code: str | None
) -> None:
    assert purpose.act_reason == code


def test_refusing_a_second_opinion_cannot_read_as_refusing_treatment() -> None:
    assert Purpose.SECOND_OPINION.act_reason is None


def test_only_what_a_patient_can_agree_to_is_ever_named() -> None:
    assert NAMED < BY_AGREEMENT
    assert Purpose.TREATMENT not in BY_AGREEMENT


def test_every_purpose_a_patient_can_agree_to_has_a_usual_audience_beyond_care() -> None:
    assert set(USUAL_AUDIENCE) == BY_AGREEMENT
    assert {Audience.CARE_TEAM, Audience.PATIENT}.isdisjoint(USUAL_AUDIENCE.values())


@pytest.mark.parametrize(
    ("purpose", "audience"),
    [
        (Purpose.SECOND_OPINION, Audience.ONE_RECIPIENT),
        (Purpose.LECTURE, Audience.LECTURE_HALL),
        (Purpose.PRINT_PUBLICATION, Audience.READERSHIP),
        (Purpose.SOCIAL_MEDIA, Audience.PUBLIC),
        (Purpose.RESEARCH, Audience.PROJECT_TEAM),
    ],
)
def test_the_usual_audience_is_the_one_that_the_purpose_speaks_of(
    purpose: Purpose, audience: Audience
) -> None:
    assert USUAL_AUDIENCE[purpose] is audience
