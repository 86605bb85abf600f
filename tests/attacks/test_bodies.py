"""Bodies that are too large, or that carry files where none belongs."""

import io
import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.cast import Cast
from tests.sessions import browser_of

pytestmark = pytest.mark.django_db(databases=["default", "keystore"])
MEGABYTE = 1_000_000


class Endless(io.RawIOBase):
    """A body of which nothing should be asked for."""

    was_asked = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.was_asked = True
        return len(buffer)


@pytest.mark.parametrize(
    "content_type", ["multipart/form-data; boundary=edge", "application/x-www-form-urlencoded"]
)
def test_a_form_of_a_gigabyte_is_refused_before_it_is_read(content_type: str) -> None:
    body = Endless()
    sent: dict[str, Any] = {
        "wsgi.input": body,
        "CONTENT_LENGTH": str(1000 * MEGABYTE),
        "CONTENT_TYPE": content_type,
        "HTTP_COOKIE": "csrftoken=" + "a" * 32,
    }
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", **sent)
    assert answer.status_code == 400
    assert not body.was_asked


def test_a_file_in_a_form_is_kept_nowhere(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    page = browser_of(cast.alice).post(
        "/clinic/find/",
        {"query": "petra", "file": SimpleUploadedFile("petra.jpg", bytes(MEGABYTE // 2))},
        follow=True,
    )
    assert page.status_code == 200
    assert page.wsgi_request.FILES == {}
    assert list(tmp_path.iterdir()) == []
