"""Screens that live by leases: how many two cores carry, and whether one ever runs out."""

import json
import subprocess
import sys
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from bench.consenting import agreed, pictures_of
from bench.hospital import Hospital, Site
from bench.load import ROOT
from bench.report import Figure, Report, percentile
from safelight.institution.selectors import current_policy
from safelight.teaching.models import Lecture, Slide
from safelight.teaching.rules import Plan, Words
from safelight.teaching.services.decks import make_deck
from safelight.teaching.services.lectures import plan_lecture
from safelight.teaching.services.screens import find_screen, let_in, open_screen
from safelight.teaching.services.slides import add_slide, refer_to
from safelight.vocabulary.purposes import Purpose

DISPLAYS, VIEWERS, HALLS = 50, 200, 5
EVERY = 1.5  # seconds, as lease.js asks
SHORTEST = 12.0  # seconds: several leases of each screen
TITLE = "Leases"


def measure(report: Report, hospital: Hospital, site: Site, seconds: float) -> None:
    """All screens ask; those of the displays fetch a picture at one moment in between."""
    pictures = pictures_of(hospital)[:2]
    agreed(hospital, pictures)
    cookies = [cookie for _ in range(HALLS) for cookie in _hall(hospital, pictures)]
    lasts = max(SHORTEST, 3 * seconds)
    rows = {}
    for name, count, fetching in (
        (f"{DISPLAYS} displays", DISPLAYS, 0),
        (f"{DISPLAYS} displays and {VIEWERS} viewers", DISPLAYS + VIEWERS, 0),
        ("the same, and 50 fetch the picture at once", DISPLAYS + VIEWERS, DISPLAYS),
    ):
        plan = {
            "port": site.port,
            "cookies": cookies[:count],
            "every": EVERY,
            "seconds": lasts,
            "turn_after": lasts / 3,
            "fetching": fetching,
        }
        rows[name] = _run(site, plan)
    lease = current_policy().lease_seconds
    report.table(
        TITLE,
        rows,
        f"each lease decides about {len(pictures)} pictures; missed: a lease of {lease} s that "
        "ran out before the next one was there",
    )


def _hall(hospital: Hospital, pictures: list[UUID]) -> list[str]:
    """A lecture that is on, at the slide with the pictures; the cookies of its screens."""
    now = timezone.now()
    deck = make_deck(hospital.asker, "Bench", Purpose.LECTURE)
    slide = add_slide(hospital.asker, deck, Words("Bench"))
    for picture in pictures:
        refer_to(hospital.asker, deck, slide, picture)
    plan = Plan(Purpose.LECTURE, None, now, now + timedelta(hours=1), "Hall")
    lecture = plan_lecture(hospital.asker, deck, plan)
    Lecture.objects.filter(id=lecture).update(slide=Slide.objects.get(id=slide))
    return [_screen(hospital, lecture) for _ in range((DISPLAYS + VIEWERS) // HALLS)]


def _screen(hospital: Hospital, lecture: UUID) -> str:
    opened = open_screen()
    found = find_screen(hospital.asker, lecture, opened.code)
    let_in(hospital.asker, lecture, found.id, opened.code)
    return opened.secret


def _run(site: Site, plan: dict[str, Any]) -> dict[str, Figure]:
    before = sum(process.cpu_seconds() for process in site.web)
    done = subprocess.run(
        [sys.executable, "-m", "bench.screens"],
        input=json.dumps(plan) + "\n",
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        check=True,
    )
    cpu = sum(process.cpu_seconds() for process in site.web) - before
    seen = json.loads(done.stdout)
    count, lease = len(seen["milliseconds"]), current_policy().lease_seconds
    return {
        "per second": count / plan["seconds"],
        "p50 ms": percentile(seen["milliseconds"], 0.5),
        "p95 ms": percentile(seen["milliseconds"], 0.95),
        "longest ms": max(seen["milliseconds"]),
        "missed": sum(gap > lease for gap in seen["gaps"]),
        "refused": seen["refused"],
        "CPU ms each": cpu / count * 1000,
        "last s": max(seen["pictures"], default=None),
    }
