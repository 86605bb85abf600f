"""How far a publication has come. Pure functions on what is known of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from safelight.engines.policy import AgreementStatus
from safelight.vocabulary.coded import Coded
from safelight.vocabulary.purposes import Purpose

PUBLISHED: Final = (
    Purpose.PRINT_PUBLICATION,
    Purpose.ONLINE_PUBLICATION,
    Purpose.SOCIAL_MEDIA,
)
"""Always for one named work, with its final layout before the patient's eyes."""

TIMES_ASKED: Final = {Purpose.SOCIAL_MEDIA: 2}
"""How often the patient says yes, on occasions of their own; once where nothing is said here."""


class PublicationStage(Coded):
    """What has to be done next, or what became of it."""

    LAYOUT_MISSING = "layout-missing", "The final layout is missing"
    TO_ASK = "to-ask", "The patient is to be asked"
    TO_ASK_AGAIN = "to-ask-again", "The patient is to be asked once more"
    AGREED = "agreed", "The patient agreed; the file can be released"
    FILE_OUT = "file-out", "The file was released"
    APPEARED = "appeared", "It appeared"
    STOPPED = "stopped", "The patient took it back before it left"
    TO_RECALL = "to-recall", "The patient took it back; those who have it are to be asked"
    DROPPED = "dropped", "Given up"


@dataclass(frozen=True, slots=True)
class Yes:
    """One agreement of the patient to this very work, and the pictures that it lists."""

    agreement: UUID
    status: AgreementStatus
    photographs: frozenset[UUID]
    was_agreed: bool
    """Whether the patient said yes to it once, whatever became of it."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What is known of a publication: its pictures, its layout, what left and what appeared."""

    purpose: Purpose
    pictures: frozenset[UUID]
    layouts: frozenset[UUID]
    has_left: bool
    has_appeared: bool
    is_dropped: bool


def confirmation(progress: Progress, answers: Collection[Yes]) -> UUID | None:
    """The agreement in force that lists every page of the layout and at least one picture.

    None while there is none, and where the patient has to be asked more than once and was not.
    """
    if not progress.layouts or times_agreed(answers) < times_asked(progress.purpose):
        return None
    fitting = [
        item.agreement
        for item in answers
        if item.status is AgreementStatus.ACTIVE
        and progress.layouts <= item.photographs
        and progress.pictures & item.photographs
    ]
    return min(fitting, default=None)


def times_agreed(answers: Collection[Yes]) -> int:
    return sum(item.was_agreed for item in answers)


def times_asked(purpose: Purpose) -> int:
    return TIMES_ASKED.get(purpose, 1)


def stage(progress: Progress, answers: Sequence[Yes]) -> PublicationStage:
    """Where it stands. What left and is agreed to no more comes before everything else."""
    is_confirmed = confirmation(progress, answers) is not None
    if progress.has_left and not is_confirmed:
        return PublicationStage.TO_RECALL
    if progress.is_dropped:
        return PublicationStage.DROPPED
    if progress.has_appeared:
        return PublicationStage.APPEARED
    if is_confirmed:
        return PublicationStage.FILE_OUT if progress.has_left else PublicationStage.AGREED
    return _before_it_is_agreed(progress, answers)


def _before_it_is_agreed(progress: Progress, answers: Sequence[Yes]) -> PublicationStage:
    is_active = any(item.status is AgreementStatus.ACTIVE for item in answers)
    if times_agreed(answers) and not is_active:
        return PublicationStage.STOPPED
    if not progress.layouts:
        return PublicationStage.LAYOUT_MISSING
    return PublicationStage.TO_ASK_AGAIN if times_agreed(answers) else PublicationStage.TO_ASK
