"""What must not come in: one clear sentence, an event, and nothing lost or half stored."""

import io
import resource
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.cast import Cast
from tests.pictures import Sending, encoded, jpeg, picture

from safelight.audit.models import Event
from safelight.capture.models import Upload, UploadState
from safelight.capture.selectors import Answer, AnswerState
from safelight.capture.services.receiving import receive
from safelight.capture.verification import verify_waiting
from safelight.connectors.keys.file import FileRootKey
from safelight.engines import envelope
from safelight.engines.imaging import TooLargeError, UnsupportedTypeError
from safelight.institution.models import PolicyVersion
from safelight.photos.models import Photograph
from safelight.photos.selectors import photograph
from safelight.vault.errors import StoreFullError, VaultLockedError
from safelight.vault.keystore.models import Custodian, Grant
from safelight.vault.kinds import CustodianKind
from safelight.vault.models import SealedObject
from safelight.vault.ports import wiring
from safelight.vocabulary.events import EventTag, Outcome
from safelight.vocabulary.photograph import PhotographState

pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("stores")]


def send(cast: Cast, data: bytes) -> Answer:
    sending = Sending(data, cast.petra)
    return receive(cast.alice, sending.promise, 0, sending.pieces())


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def bomb() -> bytes:
    """A few kilobytes that say they are a gigapixel."""
    header = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1_000_000), 9)
    parts = png_chunk(b"IHDR", header) + png_chunk(b"IDAT", body) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("payload.html", "<script>alert(1)</script>")
    return out.getvalue()


REFUSED: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "truncated": (lambda: jpeg()[:-3000], "imaging.truncated", "incomplete"),
    "windows-program": (
        lambda: b"MZ" + bytes(4000),
        "imaging.unsupported-type",
        "a Windows program",
    ),
    "renamed-program": (lambda: b"\x7fELF" + bytes(4000), "imaging.unsupported-type", "a program"),
    "svg": (
        lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
        "imaging.unsupported-type",
        "SVG",
    ),
    "web-page": (lambda: b"<!doctype html><script>", "imaging.unsupported-type", "web page"),
    "zip-first-polyglot": (lambda: archive() + jpeg(), "imaging.unsupported-type", "ZIP"),
    "pdf": (lambda: b"%PDF-1.7\n" + jpeg(), "imaging.unsupported-type", "PDF"),
    "bomb": (bomb, "imaging.too-many-pixels", "40000 by 40000"),
    "noise": (lambda: bytes(range(256)) * 20, "imaging.unsupported-type", "not a picture"),
    "jpeg-without-picture": (lambda: b"\xff\xd8\xff\xd9", "imaging", ""),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_is_refused_whole(cast: Cast, stores: Path, name: str):
    make, code, words = REFUSED[name]
    answer = send(cast, make())
    assert answer.state is AnswerState.REFUSED
    assert answer.code.startswith(code)
    assert words in answer.sentence
    assert answer.sentence.endswith(".")
    assert_nothing_is_left(stores)
    (event,) = Event.objects.filter(tag=EventTag.CAPTURE_UPLOAD_REFUSED)
    assert (event.subject, event.outcome) == (cast.petra, Outcome.FAILED)
    assert Upload.objects.get().state == UploadState.REFUSED


def assert_nothing_is_left(stores: Path) -> None:
    assert Photograph.objects.count() == SealedObject.objects.count() == 0
    assert Grant.objects.count() == 0
    assert not Custodian.objects.filter(kind=CustodianKind.INTAKE.value).exists()
    assert [path for path in stores.rglob("*") if path.is_file()] == []


def test_a_refused_picture_stays_refused(cast: Cast):
    sending = Sending(b"MZ" + bytes(100), cast.petra)
    first = receive(cast.alice, sending.promise, 0, sending.pieces())
    unread = iter([b"never read"])
    assert receive(cast.alice, sending.promise, 0, unread) == first
    assert next(unread) == b"never read"
    assert Event.objects.filter(tag=EventTag.CAPTURE_UPLOAD_REFUSED).count() == 1


def test_an_empty_file_is_refused_before_anything_is_made(cast: Cast, stores: Path):
    with pytest.raises(UnsupportedTypeError, match="empty"):
        send(cast, b"")
    assert Event.objects.filter(tag=EventTag.CAPTURE_UPLOAD_REFUSED).count() == 1
    assert_nothing_is_left(stores)


def test_a_file_larger_than_the_institution_allows_is_not_read(cast: Cast, stores: Path):
    PolicyVersion.objects.create(max_bytes=10_000)
    sending = Sending(jpeg(), cast.petra)
    unread = iter([b"never read"])
    with pytest.raises(TooLargeError, match=r"at most 0\.01 MB"):
        receive(cast.alice, sending.promise, 0, unread)
    assert next(unread) == b"never read"
    assert Event.objects.filter(tag=EventTag.CAPTURE_UPLOAD_REFUSED).count() == 1
    assert_nothing_is_left(stores)


def test_the_institution_says_how_many_pixels_are_too_many(cast: Cast):
    PolicyVersion.objects.create(max_pixels=100_000)
    assert send(cast, jpeg()).code == "imaging.too-many-pixels"


def gradient(dtype: type[np.generic], high: int) -> Image.Image:
    return Image.fromarray(np.linspace(0, high, 64 * 48).reshape(48, 64).astype(dtype))


TAKEN: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "one-pixel": (lambda: encoded("PNG", picture(0, (1, 1))), "image/png", ""),
    "very-wide": (lambda: encoded("JPEG", picture(0, (30_000, 10))), "image/jpeg", ""),
    "very-high": (lambda: encoded("PNG", Image.new("1", (10, 30_000))), "image/png", ""),
    "cmyk": (lambda: encoded("JPEG", picture().convert("CMYK")), "image/jpeg", "decoded"),
    "sixteen-bit": (lambda: encoded("PNG", gradient(np.uint16, 65535)), "image/png", ""),
    "webp": (lambda: encoded("WEBP"), "image/jpeg", "WebP"),
    "tiff": (lambda: encoded("TIFF"), "image/png", "TIFF"),
    "zip-behind-the-picture": (lambda: jpeg() + archive(), "image/jpeg", ""),
    "page-behind-the-picture": (lambda: jpeg() + b"<script>", "image/jpeg", ""),
}


@pytest.mark.parametrize("name", TAKEN)
def test_an_unusual_picture_is_taken_and_shown(cast: Cast, name: str):
    make, media_type, note = TAKEN[name]
    answer = send(cast, make())
    assert answer.state is AnswerState.SEALED
    verify_waiting()
    row = Photograph.objects.get()
    assert (row.state, row.media_type) == (PhotographState.VERIFIED, media_type)
    assert row.renditions.count() == 3
    assert note in photograph(row.id).note


@contextmanager
def no_file_above(size: int) -> Iterator[None]:
    """A real limit of the operating system: a write beyond it fails as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


LARGE = (3000, 2000)
LIMIT = 4_000_000


def test_a_disk_that_fills_while_receiving_keeps_nothing(cast: Cast, stores: Path):
    sending = Sending(jpeg(size=LARGE), cast.petra)
    assert len(sending.data) > LIMIT
    with no_file_above(LIMIT), pytest.raises(StoreFullError):
        receive(cast.alice, sending.promise, 0, sending.pieces())
    assert [path for path in stores.rglob("*") if path.is_file()] == []
    assert Event.objects.filter(tag=EventTag.CAPTURE_UPLOAD_REFUSED).count() == 1
    answer = receive(cast.alice, sending.promise, 0, sending.pieces())
    assert answer.state is AnswerState.SEALED, "with room again, the same upload goes through"


def test_a_disk_that_fills_while_sealing_keeps_nothing(cast: Cast, stores: Path):
    """Eight chunks arrive; with them the file in quarantine is as large as the limit allows."""
    data = encoded("TIFF", picture(size=(1000, 1000)))
    sending = Sending(data, cast.petra)
    limit = envelope.sealed_size(len(data)) + 100
    with no_file_above(limit), pytest.raises(StoreFullError):
        receive(cast.alice, sending.promise, 0, sending.pieces())
    assert [path for path in stores.rglob("*") if path.is_file()] == []
    assert Photograph.objects.count() == Grant.objects.count() == 0
    assert receive(cast.alice, sending.promise, 0, sending.pieces()).state is AnswerState.SEALED


def test_a_disk_that_fills_while_verifying_loses_nothing(cast: Cast):
    send(cast, jpeg(size=(2500, 2000)))
    with no_file_above(300_000), pytest.raises(StoreFullError):
        verify_waiting()
    assert Photograph.objects.get().state == PhotographState.SEALED
    Upload.objects.update(verification_claimed_at=None)
    assert verify_waiting() == 1
    assert Photograph.objects.get().state == PhotographState.VERIFIED


def test_without_the_root_key_nothing_comes_in(
    cast: Cast, stores: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(wiring, "root", None)
    with pytest.raises(VaultLockedError, match="root key"):
        send(cast, jpeg())
    assert Upload.objects.count() == 0
    assert [path for path in stores.rglob("*") if path.is_file()] == []


def test_with_another_root_key_nothing_comes_in(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(wiring, "root", FileRootKey(envelope.new_key()))
    with pytest.raises(envelope.KeyUnwrapError):
        send(cast, jpeg())
    assert Upload.objects.count() == Photograph.objects.count() == 0


def test_a_root_key_that_goes_missing_under_way_loses_nothing(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    sending = Sending(jpeg(size=(1200, 900)), cast.petra)
    part = receive(cast.alice, sending.promise, 0, sending.pieces(end=300_000))
    with monkeypatch.context() as patch:
        patch.setattr(wiring, "root", None)
        with pytest.raises(VaultLockedError):
            receive(cast.alice, sending.promise, part.offset, sending.pieces(part.offset))
    answer = receive(cast.alice, sending.promise, part.offset, sending.pieces(part.offset))
    assert answer.state is AnswerState.SEALED


def test_a_picture_that_does_not_decode_is_kept_for_its_taker(cast: Cast):
    answer = send(cast, undecodable())
    assert answer.state is AnswerState.SEALED
    verify_waiting()
    row = Photograph.objects.get()
    assert row.state == PhotographState.UNREADABLE
    assert Event.objects.filter(tag=EventTag.PHOTOGRAPH_UNREADABLE, objects_told__object_id=row.id)


def undecodable() -> bytes:
    """A PNG whose structure is sound and whose rows name a filter that does not exist."""
    rows = b"".join(b"\x09" + bytes(3 * 8) for _ in range(8))
    header = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    parts = png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + parts + png_chunk(b"IEND", b"")


@pytest.mark.parametrize("data", [jpeg()[: 100 + 50 * step] for step in range(8)])
def test_a_picture_cut_anywhere_leaves_nothing(cast: Cast, stores: Path, data: bytes):
    assert send(cast, data).state is AnswerState.REFUSED
    assert_nothing_is_left(stores)
