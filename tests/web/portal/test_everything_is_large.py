"""A copy of a large record: however many pictures, one is held at a time, and nothing lies anywhere."""

import os
import tempfile
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import connections
from tests import settings as test_settings
from tests.cast import Cast
from tests.consenting import proposal_of, visit_to
from tests.taking import take

from safelight.engines.envelope import Kind
from safelight.photos.models import Photograph, RenditionRow
from safelight.release.own_copy import begin_copy
from safelight.vault.custodians import Holder
from safelight.vault.fields import patient_fields
from safelight.vault.kinds import CustodianKind
from safelight.vault.sealing import ToSeal, save_sealed, seal_objects
from safelight.web.own_copy.contents import everything

pytestmark = [pytest.mark.django_db(databases="__all__", transaction=True)]

PICTURES = 300
LARGE, SMALL = 120_000, 8_000
MARK = b"A-PICTURE-IN-CLEAR-"
BASE = "https://safelight.test/"


def kept_pictures(cast: Cast, count: int) -> None:
    """As if taken; the bytes are no picture, but sealed, granted and opened as one."""
    first = Photograph.objects.get(id=take(cast.alice, cast.petra))
    fields, holder = patient_fields(cast.petra), Holder(CustodianKind.CARE, cast.petra)
    for _ in range(count - 1):
        photograph = uuid4()
        row = Photograph.objects.get(id=first.id)
        row.id, row.upload = photograph, photograph
        row.sealed_facts = fields.seal_data("facts", photograph, {"sha256": ""})
        row.save(force_insert=True)
        forms = {"display": (Kind.DISPLAY, LARGE), "thumbnail": (Kind.THUMBNAIL, SMALL)}
        ids = {name: uuid4() for name in forms}
        save_sealed(seal_objects([sealed(ids[name], *forms[name]) for name in forms], [holder]))
        RenditionRow.objects.bulk_create(
            RenditionRow(
                id=ids[name],
                photograph=row,
                rendition=name,
                media_type="image/jpeg",
                width=9,
                height=6,
            )
            for name in forms
        )


def sealed(object_id: UUID, kind: Kind, size: int) -> ToSeal:
    return ToSeal(object_id, kind, MARK + os.urandom(size - len(MARK)))


def files_of(*folders: Path) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in folder.rglob("*") if path.is_file())


def test_memory_does_not_grow_with_the_record_and_nothing_is_left_in_clear(
    cast: Cast, stores: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temp = tmp_path / "temp"
    temp.mkdir()
    monkeypatch.setenv("TMPDIR", str(temp))
    monkeypatch.setattr(tempfile, "tempdir", None)
    kept_pictures(cast, PICTURES)
    visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, []))
    copy = begin_copy(visit)
    assert len(copy.pictures) == PICTURES
    total, marks, largest, seen = 0, 0, 0, set[Path]()
    tracemalloc.start()
    for number, piece in enumerate(everything(copy, BASE)):
        total, marks = total + len(piece), marks + (MARK in piece)
        if number % 20 == 0:
            largest = max(largest, tracemalloc.get_traced_memory()[1])
            seen |= set(files_of(temp))
    tracemalloc.stop()
    assert total > (PICTURES - 1) * LARGE
    assert marks == 2 * (PICTURES - 1)
    assert largest < 6_000_000, f"{largest / 1e6:.0f} MB for {total / 1e6:.0f} MB of pictures"
    assert seen == set()
    assert in_clear(stores) == []


def in_clear(stores: Path) -> list[Path]:
    """Files of the stores and the databases that hold the beginning of a picture."""
    for name in connections:
        connections[name].close()
    kept = files_of(stores, Path(test_settings.HOME))
    return [path for path in kept if MARK in path.read_bytes()]
