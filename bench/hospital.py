"""A small hospital in a temporary home, made by the real verbs, and the server that serves it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from bench.processes import Process, end, family, free_port, wait_until_listening
from safelight.engines.policy import SessionState
from safelight.institution.services import found_institution, open_department
from safelight.patients.rules import Identifier, Identity
from safelight.patients.services import begin_encounter, register_patient
from safelight.people.asker import Asker
from safelight.people.hiring import hire
from safelight.people.models import StaffMember
from safelight.people.presence import start_session
from safelight.people.sessions import SessionStore, digest
from safelight.project.demo.drawing import big_photograph
from safelight.project.starting import require_ready, set_up
from safelight.vocabulary.roles import Role

CSRF = "b" * 32
PATIENTS = 4


@dataclass(frozen=True)
class Site:
    """A running site: its port and its processes."""

    port: int
    web: list[Process]
    worker: Process

    @property
    def all(self) -> list[Process]:
        return [*self.web, self.worker]


@dataclass(frozen=True)
class Hospital:
    """Alice, who treats every patient here; the file of the picture that is taken of them."""

    home: Path
    alice: UUID
    patients: list[UUID]
    picture: Path

    def cookie(self) -> str:
        """Alice at a session of her own, as if she had signed in a moment ago."""
        return _sign_in(self.alice)

    @property
    def asker(self) -> Asker:
        """Alice, for verbs that are called without a browser."""
        return Asker(self.alice, Role.CLINICIAN, "Alice", "", SessionState.USABLE)


def found_hospital(home: Path) -> Hospital:
    """Keys, tables and people."""
    set_up()
    require_ready()
    found_institution(
        "Bench Hospital",
        time_zone="UTC",
        identifier_system="urn:bench:number",
        identifier_label="Number",
        is_test_data=True,
    )
    ward = open_department("Dermatology", actor=None, is_test_data=True)
    alice = hire(
        "alice",
        None,
        display_name="Alice",
        role=Role.CLINICIAN,
        departments=[ward],
        is_test_data=True,
    )
    picture = home / "picture.jpg"
    picture.write_bytes(big_photograph(megapixels=12, target_bytes=4_000_000, seed=1))
    return Hospital(home, alice, [_admit(number, ward) for number in range(PATIENTS)], picture)


def _admit(number: int, ward: UUID) -> UUID:
    identity = Identity(
        family="Okonjo",
        given="Petra",
        birth_date=date(1971, 3, 9),
        sex="female",
        identifiers=(Identifier("urn:bench:number", f"B-{number}"),),
    )
    patient = register_patient(identity, actor=None, is_test_data=True)
    begin_encounter(patient, ward, started_at=datetime.now(UTC) - timedelta(hours=1))
    return patient


def _sign_in(staff: UUID) -> str:
    member = StaffMember.objects.get(id=staff)
    session = SessionStore()
    session[SESSION_KEY] = str(member.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = member.get_session_auth_hash()
    session.create()
    cookie = str(session.session_key)
    auth_hash = member.get_session_auth_hash()
    start_session(digest(cookie), staff, auth_hash, has_second_factor=True)
    return cookie


@contextmanager
def serving() -> Iterator[Site]:
    """The site as `safelight serve` serves it, on a free port of this machine alone."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "safelight.project.cli", "serve", "--port", str(port)]
    )
    try:
        wait_until_listening(server, port)
        _wait_for_answer(port)
        yield _site(server.pid, port)
    finally:
        end(server)


def _wait_for_answer(port: int) -> None:
    """Web processes listen before they are ready; ask each for a page more than once."""
    for _ in range(8):
        with urlopen(f"http://127.0.0.1:{port}/accounts/login/", timeout=60) as answer:
            answer.read()


def _site(pid: int, port: int) -> Site:
    children = [one for one in family(pid) if one.pid != pid]
    worker = next(one for one in children if "cli worker" in one.command())
    return Site(port, [one for one in children if one.pid != worker.pid], worker)
