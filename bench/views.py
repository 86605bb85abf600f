"""Views per second through the real server, each with its decision and its durable event."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bench import load
from bench.hospital import Hospital, Site
from bench.report import Figure, Report
from safelight.release.access import view_timeline

CLIENTS = (1, 8)
PICTURES = 24
TITLE = "Views"
THUMBNAIL, DISPLAY, ORIGINAL = "thumbnail", "display", "original"
COVERED = "thumbnail, told by its gallery"


@dataclass(frozen=True)
class Wanted:
    """What is asked for: which rendition, and whether from a page whose event lists it."""

    name: str
    rendition: str
    from_gallery: bool = False


WANTED = (
    Wanted(COVERED, THUMBNAIL, from_gallery=True),
    Wanted(THUMBNAIL, THUMBNAIL),
    Wanted(DISPLAY, DISPLAY),
    Wanted(ORIGINAL, ORIGINAL),
)


def measure(report: Report, hospital: Hospital, site: Site, seconds: float) -> None:
    rows = {
        f"{wanted.name}, {clients} client{'s' if clients > 1 else ''}": _view(
            hospital, site, wanted, clients, seconds
        )
        for wanted in WANTED
        for clients in CLIENTS
    }
    report.table(TITLE, rows, "CPU and memory of the web processes; the log is written beside it")


def _view(
    hospital: Hospital, site: Site, wanted: Wanted, clients: int, seconds: float
) -> dict[str, Figure]:
    paths, cookie = _paths(hospital, wanted), hospital.cookie()
    plan: dict[str, Any] = {"kind": "views", "port": site.port, "paths": paths}
    plan["headers"] = {"Cookie": f"safelight={cookie}"}
    for process in site.web:
        process.forget_peak()
    before = sum(process.cpu_seconds() for process in site.web)
    done = load.run([plan] * clients, expect=200, seconds=seconds)
    cpu = sum(process.cpu_seconds() for process in site.web) - before
    return {
        "per second": done.rate,
        "p50 ms": done.latency(0.5),
        "p95 ms": done.latency(0.95),
        "CPU ms each": cpu / done.count * 1000,
        "KB each": done.received / done.count / 1000,
        "web peak MB": max(process.peak_megabytes() for process in site.web),
    }


def _paths(hospital: Hospital, wanted: Wanted) -> list[str]:
    timeline = view_timeline(hospital.asker, hospital.patients[0])
    pictures: list[UUID] = [item.id for item in timeline.photographs[:PICTURES]]
    query = f"?gallery={timeline.gallery}" if wanted.from_gallery else ""
    return [f"/clinic/photographs/{item}/bytes/{wanted.rendition}{query}" for item in pictures]
