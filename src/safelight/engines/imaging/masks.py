"""What is to be covered and cut off: values, and their reading from data that a page sent."""

from dataclasses import dataclass
from typing import Any, Final, Self

from safelight.engines.imaging.errors import MalformedPlanError
from safelight.engines.imaging.probe import DEFAULT_BOUNDS
from safelight.vocabulary.identifiability import MOST_MASKS, Fill, MaskShape, Region

PLAN_KEYS: Final = frozenset({"masks", "crop"})
MASK_KEYS: Final = frozenset({"region", "fill", "shape"})
REGION_KEYS: Final = ("left", "top", "width", "height")
FURTHEST: Final = DEFAULT_BOUNDS.max_side


@dataclass(frozen=True, slots=True)
class Mask:
    """A region to cover, with what, and in which shape; an ellipse touches all four sides."""

    region: Region
    fill: Fill = Fill.SOLID
    shape: MaskShape = MaskShape.BOX

    def to_data(self) -> dict[str, Any]:
        """Plain values for JSON; `RedactionPlan.from_data` reads them back."""
        return {
            "region": _region_data(self.region),
            "fill": self.fill.value,
            "shape": self.shape.value,
        }


@dataclass(frozen=True, slots=True)
class RedactionPlan:
    """Masks and a crop, in pixels of the upright original. What lies outside the crop goes."""

    masks: tuple[Mask, ...] = ()
    crop: Region | None = None

    def to_data(self) -> dict[str, Any]:
        """Plain values for JSON; `from_data` reads them back."""
        return {
            "masks": [mask.to_data() for mask in self.masks],
            "crop": None if self.crop is None else _region_data(self.crop),
        }

    @classmethod
    def from_data(cls, data: object) -> Self:
        """Read what `to_data` wrote, and nothing else. Raises `MalformedPlanError`.

        Numbers are whole, not negative and at most 65 500; a region has at least one pixel; a
        plan has at most `MOST_MASKS` masks.
        """
        whole = _exactly(data, PLAN_KEYS)
        masks = whole["masks"]
        if not isinstance(masks, list) or len(masks) > MOST_MASKS:
            raise MalformedPlanError
        crop = whole["crop"]
        return cls(tuple(map(_mask, masks)), None if crop is None else _region(crop))


def fit(plan: RedactionPlan, width: int, height: int) -> RedactionPlan:
    """The plan clipped to a picture of `width` x `height` pixels; masks beside it are dropped.

    Raises `MalformedPlanError` if the crop leaves nothing of the picture.
    """
    whole = Region(0, 0, width, height)
    masks = (_clipped(mask, whole) for mask in plan.masks)
    kept = tuple(mask for mask in masks if mask is not None)
    if plan.crop is None:
        return RedactionPlan(kept)
    crop = plan.crop.within(whole)
    if crop is None:
        raise MalformedPlanError("Nothing of the picture would be left after cropping.")
    return RedactionPlan(kept, None if crop == whole else crop)


def _clipped(mask: Mask, whole: Region) -> Mask | None:
    region = mask.region.within(whole)
    if region is None or region == mask.region:
        return mask if region else None
    # INVARIANT: clipping never uncovers. The ellipse in what is left would cover less.
    return Mask(region, mask.fill, MaskShape.BOX)


def _mask(data: object) -> Mask:
    whole = _exactly(data, MASK_KEYS)
    fill, shape = whole["fill"], whole["shape"]
    if not (isinstance(fill, str) and isinstance(shape, str)):
        raise MalformedPlanError
    try:
        return Mask(_region(whole["region"]), Fill(fill), MaskShape(shape))
    except ValueError as error:
        raise MalformedPlanError from error


def _region(data: object) -> Region:
    whole = _exactly(data, frozenset(REGION_KEYS))
    left, top, width, height = (_number(whole[key]) for key in REGION_KEYS)
    if not (width and height):
        raise MalformedPlanError
    return Region(left, top, width, height)


def _region_data(region: Region) -> dict[str, int]:
    return {key: getattr(region, key) for key in REGION_KEYS}


def _exactly(data: object, keys: frozenset[str]) -> dict[str, Any]:
    if not isinstance(data, dict) or set(data) != keys:
        raise MalformedPlanError
    return data


def _number(value: object) -> int:
    # A Boolean is an int to Python, and nothing that a page would send for a number of pixels.
    if type(value) is not int or not 0 <= value <= FURTHEST:
        raise MalformedPlanError
    return value
