"""Finding one patient among very many, by the real verb: tokens, opening, relationship, event."""

import random
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, connections, transaction

from bench.hospital import Hospital
from bench.report import Figure, Report, percentile
from safelight.engines import envelope
from safelight.patients.rules import Identifier, Identity, token_words
from safelight.patients.services import _identity_data
from safelight.people.searching import search
from safelight.vault.custodians import _context
from safelight.vault.fields import SealedFields
from safelight.vault.institution_keys import search_token
from safelight.vault.ports import root_key

BATCH = 20_000
FIRST_DAY = date(1930, 1, 1)
DAYS = 34_000
# Syllables make names whose beginnings meet as often as people's do; the first ones are commoner.
STARTS = (
    "ma",
    "sa",
    "mi",
    "be",
    "da",
    "jo",
    "an",
    "ka",
    "li",
    "pe",
    "ro",
    "el",
    "ha",
    "ni",
    "to",
    "ch",
    "st",
    "ga",
    "mo",
    "al",
    "de",
    "fr",
    "wi",
    "os",
    "ul",
)
MIDDLES = ("ri", "na", "la", "ne", "ta", "mi", "lo", "se", "ba", "du", "ko", "ve")
ENDS = ("n", "s", "r", "a", "e", "o", "l", "m", "d", "t", "y", "ski", "sen", "ova", "ez")


def measure(report: Report, hospital: Hospital, patients: int, rounds: int) -> None:
    """Seed the record with `patients`, then search for random ones of them in every way."""
    since = time.perf_counter()
    picked = _seed(patients)
    connection.cursor().execute("ANALYZE")
    note = f"{patients:,} patients, seeded in {time.perf_counter() - since:.0f} s"
    rows = {name: _timed(hospital, queries, rounds) for name, queries in _queries(picked).items()}
    report.table("Patient search, ms", rows, note)


def _timed(
    hospital: Hospital, queries: list[tuple[str, date | None]], rounds: int
) -> dict[str, Figure]:
    asker, times, found = hospital.asker, [], 0
    for text, birth_date in queries[:rounds]:
        since = time.perf_counter()
        found += bool(search(asker, text, birth_date).matches)
        times.append((time.perf_counter() - since) * 1000)
    share = found / len(times)
    return {"p50": percentile(times, 0.5), "p95": percentile(times, 0.95), "found": share}


def _queries(picked: list[Identity]) -> dict[str, list[tuple[str, date | None]]]:
    return {
        "identifier": [(one.identifiers[0].value, None) for one in picked],
        "birth date": [("", one.birth_date) for one in picked],
        "2 letters": [(one.family[:2], None) for one in picked],
        "3 letters": [(one.family[:3], None) for one in picked],
        "two words": [(f"{one.given} {one.family}", None) for one in picked],
        "2 + 2 letters": [(f"{one.given[:2]} {one.family[:2]}", None) for one in picked],
        "name and birth date": [(one.family[:3], one.birth_date) for one in picked],
        "nobody's two names": [(one.given + " qu", None) for one in picked],
    }


def _seed(patients: int) -> list[Identity]:
    """Insert invented patients in bulk, as `register_patient` would one by one; some of them."""
    rng, picked = random.Random(1), []  # noqa: S311 - the same invented names in every run
    with _loading():
        for start in range(0, patients, BATCH):
            batch = [_identity(rng, start + i) for i in range(min(BATCH, patients - start))]
            _insert([(uuid4(), identity) for identity in batch])
            picked += rng.sample(batch, max(1, len(batch) * 200 // patients))
    return picked


def _identity(rng: random.Random, number: int) -> Identity:
    return Identity(
        family=_name(rng).capitalize(),
        given=_name(rng).capitalize(),
        birth_date=FIRST_DAY + timedelta(days=rng.randrange(DAYS)),
        sex="unknown",
        identifiers=(Identifier("urn:bench:number", f"N{number:07d}"),),
    )


def _name(rng: random.Random) -> str:
    start = STARTS[int(len(STARTS) * rng.random() ** 2)]
    middles = "".join(rng.choices(MIDDLES, k=rng.choice((1, 1, 2))))
    return start + middles + rng.choice(ENDS)


def _insert(people: list[tuple[UUID, Identity]]) -> None:
    custodians, patients = _sealed(people)
    with transaction.atomic(using="keystore"):
        _many(connections["keystore"], "INSERT INTO keystore_custodian "
              "(id, kind, owner, wrapped_key, created_at) VALUES (%s, 'care', %s, %s, %s)",
              custodians)  # fmt: skip
    with transaction.atomic():
        _many(connections["default"], "INSERT INTO patients_patient "
              "(id, sealed_identity, is_test_data, created_at) VALUES (%s, %s, %s, %s)",
              patients)  # fmt: skip
        bulk = "INSERT INTO bulk (patient_id, token) VALUES (%s, %s)"
        _many(connections["default"], bulk, _tokens(people))


def _many(connection: Any, sql: str, rows: Iterable[Any]) -> None:  # noqa: ANN401 - Django's
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)


def _sealed(people: list[tuple[UUID, Identity]]) -> tuple[list[Any], list[Any]]:
    """The rows of the keystore and of the record, sealed as the rooms seal them."""
    now, custodians, patients = datetime.now(UTC), [], []
    for patient, identity in people:
        key = envelope.new_key()
        wrapped = root_key().wrap(_context("care", patient), key)
        sealed = SealedFields(key).seal_data("identity", patient, _identity_data(identity))
        custodians.append((uuid4().hex, patient.hex, wrapped, now))
        patients.append((patient.hex, sealed, True, now))
    return custodians, patients


def _tokens(people: list[tuple[UUID, Identity]]) -> Iterator[tuple[str, bytes]]:
    for patient, identity in people:
        for kind, word in token_words(identity):
            yield patient.hex, _token(kind, word)


@cache
def _token(kind: str, word: str) -> bytes:
    return search_token(kind, word)


@contextmanager
def _loading() -> Iterator[None]:
    """Within this block rows go in as fast as they can, since nobody minds losing them.

    Tokens wait in memory and go in by their own order at its end: an index that grows at its end
    is made in seconds, one that grows everywhere in many minutes.
    """
    _run("PRAGMA synchronous=OFF", "PRAGMA foreign_keys=OFF", "PRAGMA cache_size=-500000")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bulk (patient_id TEXT, token BLOB)")
        yield
        cursor.execute(
            "INSERT INTO patients_patienttoken (patient_id, token) "
            "SELECT patient_id, token FROM bulk ORDER BY token, patient_id"
        )
        cursor.execute("DROP TABLE bulk")
    connections.close_all()  # and every setting with them


def _run(*statements: str) -> None:
    for name in ("default", "keystore"):
        with connections[name].cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
