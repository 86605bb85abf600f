"""Pictures per second through the real server: sealed, and verified."""

import json
import time
from datetime import UTC, datetime
from typing import Any

from bench import load
from bench.hospital import CSRF, Hospital, Site
from bench.report import Figure, Report
from safelight.photos.models import Photograph

CLIENTS = (1, 4, 8)
SEALED = "Pictures sealed"
VERIFIED = "Pictures sealed and verified"
LONGEST_SECONDS = 300
CREATED = 201


def measure(report: Report, hospital: Hospital, site: Site, seconds: float) -> None:
    """Once with the worker held back, to see sealing alone, and once with it at work."""
    site.worker.pause()
    try:
        rows = {_clients(n): _seal(hospital, site, n, seconds) for n in CLIENTS}
    finally:
        site.worker.go_on()
    report.table(SEALED, rows, "the worker held back; CPU and memory of the web processes")
    report.table("Backlog", {"verified": {"per second": _drain()}}, "nothing beside it")
    rows = {_clients(n): _seal_and_verify(hospital, site, n, seconds) for n in CLIENTS}
    report.table(VERIFIED, rows, "the worker beside it; verified: until the last one was")


def _clients(number: int) -> str:
    return f"{number} client{'s' if number > 1 else ''}"


def _seal(hospital: Hospital, site: Site, clients: int, seconds: float) -> dict[str, Figure]:
    cookie = hospital.cookie()
    for process in site.all:
        process.forget_peak()
    before = sum(process.cpu_seconds() for process in site.web)
    plans = [_plan(hospital, site, cookie, number) for number in range(clients)]
    done = load.run(plans, expect=CREATED, seconds=seconds)
    cpu = sum(process.cpu_seconds() for process in site.web) - before
    return {
        "per second": done.rate,
        "p50 ms": done.latency(0.5),
        "p95 ms": done.latency(0.95),
        "CPU ms each": cpu / done.count * 1000,
        "web peak MB": max(process.peak_megabytes() for process in site.web),
    }


def _plan(hospital: Hospital, site: Site, cookie: str, number: int) -> dict[str, Any]:
    patient = hospital.patients[number % len(hospital.patients)]
    details = {
        "taken_at": datetime.now(UTC).isoformat(),
        "encounter": None,
        "sensitivity": "ordinary",
        "consent_to_take": "verbal",
        "source": "file",
    }
    headers = {
        "Cookie": f"safelight={cookie}; csrftoken={CSRF}",
        "X-CSRFToken": CSRF,
        "Content-Type": "application/octet-stream",
        "Upload-Offset": "0",
        "Safelight-Details": json.dumps(details),
    }
    prefix = f"/clinic/patients/{patient}/uploads/"
    file = str(hospital.picture)
    return {
        "kind": "uploads",
        "port": site.port,
        "file": file,
        "prefix": prefix,
        "headers": headers,
    }


def _seal_and_verify(
    hospital: Hospital, site: Site, clients: int, seconds: float
) -> dict[str, Figure]:
    before, since = verified(), time.perf_counter()
    sealed = _seal(hospital, site, clients, seconds)
    _drain()
    rate = (verified() - before) / (time.perf_counter() - since)
    return {
        "sealed/s": sealed["per second"],
        "p50 ms": sealed["p50 ms"],
        "p95 ms": sealed["p95 ms"],
        "verified/s": rate,
        "worker MB": site.worker.peak_megabytes(),
    }


def _drain() -> float:
    """Wait until every sealed picture is verified; how many there were in a second."""
    before, since = verified(), time.perf_counter()
    ends = since + LONGEST_SECONDS
    while waiting() and time.perf_counter() < ends:
        time.sleep(0.05)
    return (verified() - before) / (time.perf_counter() - since)


def waiting() -> int:
    return _count("sealed")


def verified() -> int:
    return _count("verified")


def _count(state: str) -> int:
    return Photograph.objects.filter(state=state).count()
