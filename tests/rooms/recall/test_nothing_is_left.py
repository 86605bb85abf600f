"""After everything was taken back and carried out: files, databases and logs of the keystore are searched.

Whatever is looked for is found before, in the same places by the same search.
"""

import logging
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connections
from tests.cast import Cast
from tests.consenting import TEACHING, signed
from tests.keeping import erasing_rules
from tests.lecturing import deck_with
from tests.recalling import takes_back
from tests.scrubbing import scrubbed
from tests.sharing import agreed, shared
from tests.taking import forearm, jpeg, take

from safelight.photos.labels import label_photographs
from safelight.photos.models import Photograph, RenditionRow
from safelight.recall.services.cascade import carry_out_all
from safelight.vault.keystore.models import Custodian, Grant
from safelight.vault.ports import blob_store
from safelight.vocabulary.recall import WithdrawalScope

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
WORDS = "A canary sits on the left forearm"


class Traces:
    """What must be gone: of each picture its sealed bytes, its keys, and what rows said of it."""

    def __init__(self, photographs: list[UUID], agreements: list[UUID]) -> None:
        objects = list(
            RenditionRow.objects.filter(photograph__in=photographs).values_list("id", flat=True)
        )
        rows = Photograph.objects.filter(id__in=photographs)
        owners = Custodian.objects.filter(kind="agreement", owner__in=agreements)
        grants = Grant.objects.filter(object_id__in=objects)
        self.blobs = {str(item): bytes(blob_store().get(item))[64:128] for item in objects}
        self.keys = {
            f"key {number}": bytes(key)
            for number, key in enumerate(
                (*owners.values_list("wrapped_key", flat=True),
                 *grants.values_list("wrapped_key", flat=True))
            )
        }  # fmt: skip
        self.texts = {
            f"{row.id} {name}": bytes(getattr(row, name))
            for row in rows
            for name in ("sealed_description", "sealed_facts", "content_token")
        }


def database_files(alias: str) -> Iterator[Path]:
    connection = connections[alias]
    if connection.vendor == "sqlite":
        path = str(connection.settings_dict["NAME"])
        yield from (Path(path + end) for end in ("", "-wal", "-shm") if Path(path + end).exists())
        return
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SHOW data_directory")
        directory = Path(cursor.fetchone()[0])
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        yield from (directory / "base" / str(cursor.fetchone()[0])).iterdir()


def found(needles: dict[str, bytes], files: Iterator[Path]) -> set[str]:
    content = b"\0".join(path.read_bytes() for path in files if path.is_file())
    return {name for name, needle in needles.items() if needle and needle in content}


def stored(stores: Path) -> Iterator[Path]:
    return (path for path in stores.rglob("*") if path.is_file())


def test_no_byte_key_or_word_of_what_was_taken_back_is_left(
    cast: Cast, stores: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    erasing_rules()
    pictures = [take(cast.alice, cast.petra, jpeg(seed)) for seed in (1, 2)]
    label_photographs(cast.alice.staff, pictures, forearm(description=WORDS))
    visit = signed(cast.alice, cast.petra, pictures, TEACHING)
    sharing = agreed(cast.alice, cast.petra, pictures[:1])
    shared(cast.alice, sharing, pictures[:1])
    deck_with(cast.theo, tuple(pictures))
    agreements = list(Custodian.objects.filter(kind="agreement").values_list("owner", flat=True))
    traces = Traces(pictures, agreements)
    assert found(traces.blobs, stored(stores)) == set(traces.blobs)
    assert found(traces.keys, database_files("keystore")) == set(traces.keys)
    assert found(traces.texts, database_files("default")) == set(traces.texts)

    takes_back(visit, WithdrawalScope.EVERYTHING)
    carry_out_all()
    assert scrubbed()

    assert found(traces.blobs, stored(stores)) == set()
    assert found(traces.keys, database_files("keystore")) == set()
    if connections["default"].vendor == "sqlite":  # PostgreSQL keeps old rows until it vacuums
        assert found(traces.texts, database_files("default")) == set()
    plain = {"words": WORDS.encode(), "picture": jpeg(1)[200:260]}
    for files in (stored(stores), database_files("default"), database_files("keystore")):
        assert found(plain, files) == set()
    assert WORDS not in caplog.text
