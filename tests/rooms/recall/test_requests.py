"""The letter to whoever is responsible for a work: what it names, and what it asks for."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from safelight.publishing.rules import PUBLISHED
from safelight.recall.requests import ADVICE, Copy, Work, to_publisher, to_recipient
from safelight.vocabulary.purposes import Purpose

ASKED_FOR = {
    Purpose.PRINT_PUBLICATION: "do not print",
    Purpose.ONLINE_PUBLICATION: "search engines",
    Purpose.SOCIAL_MEDIA: "every post",
}
WITHDRAWN, ANSWER_BY = date(2026, 3, 9), date(2026, 3, 23)


@pytest.mark.parametrize("purpose", PUBLISHED)
def test_each_kind_of_publication_is_asked_for_in_its_own_words(purpose: Purpose) -> None:
    work = Work("Contact dermatitis", "The Invented Journal", "Rhea, editor", purpose)
    letter = to_publisher(work, "Test Hospital", WITHDRAWN, ANSWER_BY)
    assert [item for item in PUBLISHED if ASKED_FOR[item] in letter] == [purpose]
    for told in (work.named, work.where, work.responsible, "9 March 2026", "23 March 2026"):
        assert told in letter
    assert letter.endswith("Test Hospital")
    assert len({ADVICE[item] for item in PUBLISHED}) == len(PUBLISHED)


def test_whoever_fetched_a_copy_learns_which_and_by_when() -> None:
    copy = Copy("Rhea", UUID(int=7), WITHDRAWN)
    letter = to_recipient(copy, "Test Hospital", WITHDRAWN, ANSWER_BY)
    assert f"has the id {UUID(int=7)}" in letter
    assert "fetched on 9 March 2026" in letter
    assert "by 23 March 2026" in letter
    assert "fetched" not in to_recipient(
        replace(copy, fetched_on=None), "Test Hospital", WITHDRAWN, ANSWER_BY
    )
