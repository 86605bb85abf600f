"""What is decided about a picture before it is covered, as plain values. No row, no clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

from safelight.engines.imaging import ImagingError, Mask, RedactionPlan
from safelight.engines.recognition import Detection
from safelight.engines.recognition.boxes import are_one_place, joined
from safelight.redaction.errors import MalformedDraftError, UndecidedError
from safelight.vocabulary.coded import Coded
from safelight.vocabulary.identifiability import Identifying, MaskShape, Overlooked, Region

SHORTEST_REASON: Final = 3
LONGEST_REASON: Final = 300
# A finding counts as covered when at least this part of its box is; the second look tells the rest.
COVERED_ENOUGH: Final = 0.5
# A box is judged by so many points across and down.
GRID: Final = 12
# What is found in a result is what a reason was given for when so much of it lies where that was.
SAME_THING: Final = 0.5


class Answer(Coded):
    """What a person says of something that no detector knows."""

    NONE = "none", "Not in the picture"
    COVERED = "covered", "Covered"
    STAYS = "stays", "Stays visible"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a detector proposes to cover, in pixels of the upright original."""

    id: str
    kind: Identifying
    region: Region
    confidence: float
    detector: str

    def to_data(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "kind": self.kind.value,
            "region": region_data(self.region),
            "confidence": self.confidence,
            "detector": self.detector,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            data["id"],
            Identifying(data["kind"]),
            Region(*data["region"]),
            float(data["confidence"]),
            data["detector"],
        )


@dataclass(frozen=True, slots=True)
class Kept:
    """A finding that stays visible, and why."""

    finding: str
    reason: str


@dataclass(frozen=True, slots=True)
class Answered:
    answer: Answer
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What one person wants covered, and what they say of the rest. PHI: the reasons."""

    plan: RedactionPlan = field(default_factory=RedactionPlan)
    kept: tuple[Kept, ...] = ()
    answers: Mapping[Overlooked, Answered] = field(default_factory=dict)

    def to_data(self) -> dict[str, Any]:
        return {
            **self.plan.to_data(),
            "kept": [{"finding": item.finding, "reason": item.reason} for item in self.kept],
            "answers": {
                asked.value: {"answer": said.answer.value, "reason": said.reason}
                for asked, said in self.answers.items()
            },
        }

    @classmethod
    def from_data(cls, data: Any) -> Self:  # noqa: ANN401 - whatever a browser sent
        """Raises MalformedDraftError for anything that is not exactly a draft."""
        try:
            if set(data) != {"masks", "crop", "kept", "answers"}:
                raise MalformedDraftError
            return cls(
                RedactionPlan.from_data({"masks": data["masks"], "crop": data["crop"]}),
                tuple(_kept(item) for item in data["kept"]),
                {Overlooked(key): _answered(item) for key, item in data["answers"].items()},
            )
        except (TypeError, ValueError, KeyError, AttributeError, ImagingError) as error:
            raise MalformedDraftError from error

    def reason_for(self, finding: str) -> str:
        return next((item.reason for item in self.kept if item.finding == finding), "")


def region_data(region: Region) -> list[int]:
    return [region.left, region.top, region.width, region.height]


def said(text: Any) -> str:  # noqa: ANN401 - whatever a browser sent
    """A reason with its blanks tidied; MalformedDraftError for one that is none or too long.

    Half a character (a lone surrogate, which JSON can spell) is none: no page could show it.
    """
    if not isinstance(text, str) or len(text) > LONGEST_REASON:
        raise MalformedDraftError
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise MalformedDraftError from error
    return " ".join(text.split())


def says_something(reason: str) -> bool:
    return len(reason) >= SHORTEST_REASON


def _kept(item: Mapping[str, Any]) -> Kept:
    if set(item) != {"finding", "reason"} or not isinstance(item["finding"], str):
        raise MalformedDraftError
    return Kept(item["finding"], said(item["reason"]))


def _answered(item: Mapping[str, Any]) -> Answered:
    if set(item) != {"answer", "reason"}:
        raise MalformedDraftError
    return Answered(Answer(item["answer"]), said(item["reason"]))


def findings_of(detections: Iterable[Detection]) -> tuple[Finding, ...]:
    """Numbered from the top of the picture down, so that a list beside it can be followed."""
    ordered = sorted(detections, key=lambda item: (item.region.top, item.region.left, item.kind))
    return tuple(
        Finding(str(number), item.kind, item.region, round(item.confidence, 3), item.detector)
        for number, item in enumerate(ordered, start=1)
    )


@dataclass(frozen=True, slots=True)
class Sought:
    """What was found so far; `is_done` once writing and small faces were looked for as well."""

    findings: tuple[Finding, ...] = ()
    is_done: bool = False

    def further(self, detections: Iterable[Detection], *, is_done: bool) -> "Sought":
        """With what another look found.

        INVARIANT: what was proposed keeps its number and shrinks nowhere, since somebody may be
        deciding about it. What turns out to reach further than was seen at first grows.
        """
        findings = list(self.findings)
        for item in findings_of(detections):
            known = next((at for at, one in enumerate(findings) if _is_same(one, item)), None)
            if known is None:
                findings.append(replace(item, id=str(len(findings) + 1)))
            else:
                region = joined(findings[known].region, item.region)
                findings[known] = replace(findings[known], region=region)
        return Sought(tuple(findings), self.is_done or is_done)


def _is_same(one: Finding, other: Finding) -> bool:
    return one.kind is other.kind and are_one_place(one.region, other.region)


def require_decided(draft: Draft, findings: Sequence[Finding]) -> None:
    """UndecidedError while a finding is neither covered nor kept for a reason, or a question open."""
    for finding in findings:
        is_kept = says_something(draft.reason_for(finding.id))
        if not is_kept and not is_covered(finding.region, draft.plan):
            raise UndecidedError
    for asked in Overlooked:
        answered = draft.answers.get(asked)
        if answered is None or (
            answered.answer is Answer.STAYS and not says_something(answered.reason)
        ):
            raise UndecidedError


def is_covered(region: Region, plan: RedactionPlan) -> bool:
    """Whether most of a region is masked or cropped away, by the centres of a grid of its parts."""
    points = [
        (
            region.left + region.width * (x + 0.5) / GRID,
            region.top + region.height * (y + 0.5) / GRID,
        )
        for x in range(GRID)
        for y in range(GRID)
    ]
    hidden = sum(_is_hidden(x, y, plan) for x, y in points)
    return hidden >= COVERED_ENOUGH * len(points)


def _is_hidden(x: float, y: float, plan: RedactionPlan) -> bool:
    if plan.crop and not _is_in(x, y, plan.crop):
        return True
    return any(_is_under(x, y, mask) for mask in plan.masks)


def _is_under(x: float, y: float, mask: Mask) -> bool:
    box = mask.region
    if mask.shape is MaskShape.BOX:
        return _is_in(x, y, box)
    across, down = 2 * (x - box.left) / box.width - 1, 2 * (y - box.top) / box.height - 1
    return across**2 + down**2 <= 1


def _is_in(x: float, y: float, box: Region) -> bool:
    return box.left <= x < box.right and box.top <= y < box.bottom


@dataclass(frozen=True, slots=True)
class Leftover:
    """What was found in the result, in its own pixels. It blocks until a reason is given."""

    id: str
    kind: Identifying
    region: Region
    detector: str
    reason: str = ""

    def to_data(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "kind": self.kind.value,
            "region": region_data(self.region),
            "detector": self.detector,
            "reason": self.reason,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            data["id"],
            Identifying(data["kind"]),
            Region(*data["region"]),
            data["detector"],
            data["reason"],
        )


@dataclass(frozen=True, slots=True)
class Placed:
    """How a result lies in the original: what is left after cropping, and how it was scaled."""

    seen: Region
    scale: float

    def in_result(self, region: Region) -> Region | None:
        """Where a region of the original lies in the result; None if it was cropped away."""
        part = region.within(self.seen)
        if part is None:
            return None
        return Region(
            int((part.left - self.seen.left) * self.scale),
            int((part.top - self.seen.top) * self.scale),
            max(1, round(part.width * self.scale)),
            max(1, round(part.height * self.scale)),
        )


def leftovers_of(
    detections: Iterable[Detection], draft: Draft, findings: Sequence[Finding], placed: Placed
) -> tuple[Leftover, ...]:
    """What is still found; where a finding was kept for a reason, that reason is taken along."""
    kept = [
        (item.kind, found, draft.reason_for(item.id))
        for item in findings
        if draft.reason_for(item.id) and (found := placed.in_result(item.region))
    ]
    return tuple(
        Leftover(item.id, item.kind, item.region, item.detector, _reason(item, kept))
        for item in findings_of(detections)
    )


def _reason(item: Finding, kept: Sequence[tuple[Identifying, Region, str]]) -> str:
    faces = {Identifying.FACE, Identifying.EYES}
    for kind, region, reason in kept:
        is_same_kind = kind is item.kind or {kind, item.kind} <= faces
        if is_same_kind and _is_of(item.region, region):
            return reason
    return ""


def _is_of(found: Region, kept: Region) -> bool:
    """INVARIANT: a reason for something small is none for something large around it."""
    part = found.within(kept)
    return part is not None and part.area >= SAME_THING * found.area


def with_reasons(leftovers: Sequence[Leftover], reasons: Mapping[str, str]) -> tuple[Leftover, ...]:
    """The leftovers with what was said of each now; what was said before stays."""
    return tuple(
        Leftover(
            item.id, item.kind, item.region, item.detector, reasons.get(item.id) or item.reason
        )
        for item in leftovers
    )
