"""The demo's pictures: which there are, and drawing them with several processes.

Nothing of Django is imported here, because every drawing process imports this file.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from multiprocessing import get_context
from os import cpu_count, nice
from zoneinfo import ZoneInfo

from safelight.photos.rules import Label
from safelight.project.demo.drawing import (
    PictureSpec,
    Series,
    Skin,
    WristbandPicture,
    as_camera_jpeg,
    demo_series,
    draw,
)
from safelight.project.demo.hospital import BANDED, PATIENTS, TIME_ZONE, UNLABELLED, DemoPatient
from safelight.vocabulary.laterality import Laterality
from safelight.vocabulary.photograph import ImageView, Sensitivity

WRIST = "8205005"
FIRST_HOUR = 9
# Somewhere on the Atlantic: what a phone would write, and intake must take out.
POSITION = (38.2, -12.7)
SIDES = {"left": Laterality.LEFT, "right": Laterality.RIGHT, "unpaired": Laterality.NOT_APPLICABLE}


@dataclass(frozen=True)
class Shot:
    """One picture of the demo: what it shows, of whom, when, and its label if it gets one.

    `key` is the same in every run, so that a build that was interrupted goes on where it stopped.
    """

    key: str
    patient: str
    spec: PictureSpec
    taken_at: datetime
    sensitivity: Sensitivity
    label: Label | None

    def jpeg(self) -> bytes:
        """The file that the camera would have written."""
        return as_camera_jpeg(draw(self.spec), taken_at=self.taken_at, position=POSITION)


def shots(today: date) -> list[Shot]:
    """Every picture of the demo hospital, in the order in which they were taken."""
    by_key = {patient.key: patient for patient in PATIENTS}
    found = [shot for series in demo_series() for shot in _shots_of(series, today)]
    found += [_wristband(by_key[key], today) for key in sorted(BANDED)]
    return sorted(found, key=lambda shot: (shot.taken_at, shot.key))


def _shots_of(series: Series, today: date) -> Iterator[Shot]:
    label = Label(
        body_site=series.site,
        laterality=SIDES[series.laterality],
        view=ImageView(series.view),
        sensitivity=Sensitivity(series.sensitivity),
        description=series.description,
    )
    newest = min(visit.days for visit in series.visits)
    nags = series.patient in UNLABELLED and label.view is ImageView.OVERVIEW
    for visit in series.visits:
        yield Shot(
            key=f"{series.patient}/{series.site}/{series.view}/{visit.days}",
            patient=series.patient,
            spec=visit.spec,
            taken_at=_moment(today, visit.days, label.view),
            sensitivity=label.sensitivity,
            label=None if nags and visit.days == newest else label,
        )


def _moment(today: date, days: int, view: ImageView) -> datetime:
    """In the morning, the overview before the close-ups."""
    minute = 7 * list(ImageView).index(view)
    return datetime.combine(
        today - timedelta(days=days), time(FIRST_HOUR, minute), ZoneInfo(TIME_ZONE)
    )


def _wristband(patient: DemoPatient, today: date) -> Shot:
    spec = WristbandPicture(
        skin=Skin(tone=3, seed=7),
        name=patient.printed_name,
        born=patient.born.isoformat(),
        identifier=patient.number,
    )
    label = Label(WRIST, Laterality.LEFT, ImageView.IDENTIFICATION, Sensitivity.ORDINARY)
    return Shot(
        key=f"{patient.key}/wristband",
        patient=patient.key,
        spec=spec,
        taken_at=_moment(today, patient.stays[-1].since - 1, ImageView.IDENTIFICATION),
        sensitivity=Sensitivity.ORDINARY,
        label=label,
    )


def drawn(wanted: Sequence[Shot]) -> Iterator[tuple[Shot, bytes]]:
    """Each shot with its file, in order, drawn by as many processes as there are processors."""
    processes = max(1, min(cpu_count() or 1, len(wanted)))
    with ProcessPoolExecutor(processes, get_context("spawn"), initializer=_step_aside) as pool:
        yield from zip(wanted, pool.map(Shot.jpeg, wanted), strict=True)


def _step_aside() -> None:
    """Let intake, which waits for nobody else, go first."""
    nice(5)
