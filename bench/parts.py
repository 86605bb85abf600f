"""The parts of the bench in their order; each leaves behind what the next one needs."""

from dataclasses import dataclass
from pathlib import Path

from bench import (
    consenting,
    intake,
    lectures,
    looking,
    orthanc,
    recall,
    references,
    search,
    stages,
    views,
)
from bench.hospital import Hospital, found_hospital, serving
from bench.report import Report

RECALLED, RECALLED_QUICK = (1_000, 200), (100, 20)
"""Pictures and shares of the patient who takes everything back."""
QUICK = 5


@dataclass(frozen=True)
class Wanted:
    """Which parts, how many seconds of each load, how many rounds, how many patients."""

    parts: frozenset[str]
    seconds: float
    rounds: int
    patients: int


def run(home: Path, wanted: Wanted) -> Report:
    report, hospital = Report(), found_hospital(home)
    if "references" in wanted.parts:
        references.measure(report, hospital, wanted.seconds)
    if wanted.parts & {"stages", "views", "consent", "lectures"}:
        # Whoever views needs pictures.
        stages.measure(report, hospital, max(wanted.rounds, views.PICTURES))
    if "consent" in wanted.parts:
        consenting.measure(report, hospital, wanted.rounds)
    if wanted.parts & {"intake", "views", "lectures"}:
        _through_the_server(report, hospital, wanted)
    if "orthanc" in wanted.parts:
        _beside_orthanc(report, hospital, wanted)
    if "looking" in wanted.parts:
        looking.measure(report, hospital, max(3, wanted.rounds // 5))
    if "recall" in wanted.parts:
        recall.measure(report, hospital, *(RECALLED if wanted.rounds > QUICK else RECALLED_QUICK))
    if "search" in wanted.parts:
        search.measure(report, hospital, wanted.patients, wanted.rounds * 4)
    return report


def _through_the_server(report: Report, hospital: Hospital, wanted: Wanted) -> None:
    with serving() as site:
        if "views" in wanted.parts:
            views.measure(report, hospital, site, wanted.seconds)
        if "lectures" in wanted.parts:
            lectures.measure(report, hospital, site, wanted.seconds)
        if "intake" in wanted.parts:
            intake.measure(report, hospital, site, wanted.seconds)


def _beside_orthanc(report: Report, hospital: Hospital, wanted: Wanted) -> None:
    if orthanc.is_here():
        orthanc.measure(report, hospital, wanted.seconds)
    else:
        print("\nOrthanc is not here (apt-get install orthanc), so nothing is compared with it")
