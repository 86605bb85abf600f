"""A prepared picture as the pages show it: before and after, what was decided, what is left."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from safelight.redaction.rules import Answer, Leftover
from safelight.redaction.selectors import Checked, DecidedFinding
from safelight.vocabulary.identifiability import MethodCode, Overlooked, Region
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.purposes import Purpose
from safelight.web.clinic.cards import record_context, rendition_url

METHODS = (MethodCode.CLEAN_PIXEL_DATA, MethodCode.CLEAN_RECOGNIZABLE_VISUAL_FEATURES)


@dataclass(frozen=True)
class FindingLine:
    """What was found, and what became of it. PHI: the reason."""

    number: int
    kind: str
    is_covered: bool
    reason: str


@dataclass(frozen=True)
class AnswerLine:
    """What a person said of something that no detector knows. PHI: the reason."""

    question: str
    answer: str
    reason: str
    is_visible: bool


@dataclass(frozen=True)
class LeftLine:
    """What is still found in the result, and where, in its own pixels. PHI: the reason."""

    id: str
    number: int
    kind: str
    region: Region
    reason: str


def result_context(found: Checked, typed: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What the pages of a result show; `typed` are reasons that were just written."""
    photograph = found.photograph.id
    return {
        **record_context(found.record),
        "photograph_id": photograph,
        "before_url": rendition_url(photograph, Rendition.DISPLAY),
        "after_url": rendition_url(photograph, found.rendition),
        "before": {"width": found.photograph.width, "height": found.photograph.height},
        "after": {"width": found.width, "height": found.height},
        "is_cropped": found.is_cropped,
        "seen": found.seen,
        "mask_count": found.masks,
        "findings": _findings(found.decided),
        "answers": _answers(found),
        "leftovers": _left(found.leftovers, typed or {}),
        "prepared_by": found.prepared_by,
        "approved_by": found.approved_by,
        "approved_at": found.approved_at,
        "second_for": purposes_in_words(found.needs_second_for),
        "methods": [{"code": item.value, "name": item.display} for item in METHODS],
        "version": found.version,
    }


def _findings(decided: Iterable[DecidedFinding]) -> list[FindingLine]:
    return [
        FindingLine(number, _(item.finding.kind.display), item.is_covered, item.reason)
        for number, item in enumerate(decided, start=1)
    ]


def _answers(found: Checked) -> list[AnswerLine]:
    said = [(asked, found.answers[asked]) for asked in Overlooked if asked in found.answers]
    return [
        AnswerLine(
            question=_(asked.display),
            answer=_(answered.answer.display),
            reason=answered.reason,
            is_visible=answered.answer is Answer.STAYS,
        )
        for asked, answered in said
    ]


def _left(leftovers: Sequence[Leftover], typed: Mapping[str, str]) -> list[LeftLine]:
    return [
        LeftLine(
            id=item.id,
            number=number,
            kind=_(item.kind.display),
            region=item.region,
            reason=typed.get(item.id) or item.reason,
        )
        for number, item in enumerate(leftovers, start=1)
    ]


def purposes_in_words(purposes: Iterable[Purpose]) -> str:
    return ", ".join(_(item.display) for item in purposes)
