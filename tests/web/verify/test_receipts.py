"""Anybody may check a certificate, and reads what it proves; nothing of it stays with us."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.cast import Cast
from tests.certifying import certified
from tests.consenting import CONTACT, approved_form
from tests.unit.engines.test_receipts import RECEIPTS

from safelight.audit.models import Event, Tile
from safelight.engines.transparency import LARGEST_RECEIPT, parse_verifier_key, verify_receipt
from safelight.people.models import AttemptLimit

pytestmark = [
    pytest.mark.django_db(databases=["default", "keystore"]),
    pytest.mark.usefixtures("stores"),
]
URL = "/verify/receipt/"
YES = "This certificate is genuine"
NO = "This certificate does not match."
NONE = "This is not a receipt, or it was changed."
OURS = "We signed this certificate, but our record does not match it."


@pytest.fixture
def receipt(cast: Cast) -> str:
    return certified(cast.petra)


def pasted(text: str, **headers: str) -> Any:
    return Client(headers=headers).post(URL, {"receipt": text})


def uploaded(data: bytes) -> Any:
    return Client().post(URL, {"file": SimpleUploadedFile("certificate.json", data)})


def words(page: Any) -> str:
    return " ".join(page.content.decode().split())


def test_a_receipt_is_read_from_a_file_or_pasted(receipt: str) -> None:
    for page in (uploaded(receipt.encode()), pasted(receipt), pasted(f"  {receipt}\r\n")):
        assert page.status_code == 200
        told = words(page)
        assert YES in told
        assert "Two pictures: erased." in told
        assert "1 event that it names" in told
        assert '<time datetime="2026-03-09T14:05:00+00:00">' in told
        total = Event.objects.count()
        assert f"Entry {total} of {total} that were signed" in told


def test_what_is_told_was_recorded_then(receipt: str) -> None:
    at = verify_receipt(receipt, key_of_the_house()).certifying.leaf.recorded_at
    told = words(pasted(receipt))
    recorded = told.split("Recorded on</dt>")[1].split('datetime="')[1].split('"')[0]
    assert datetime.fromisoformat(recorded).timestamp() * 1000 == at


@pytest.mark.parametrize(
    "alter",
    [
        lambda text: text.replace("erased.", "sealed."),
        lambda text: text.replace("2026-03-09", "2026-03-08"),
        lambda text: RECEIPTS["a statement and the event it names"]["receipt"],
    ],
    ids=["line", "day", "of another institution"],
)
def test_what_does_not_match_is_told_with_whom_to_call(
    cast: Cast, receipt: str, alter: Callable[[str], str]
) -> None:
    approved_form()
    told = words(pasted(alter(receipt)))
    assert NO in told
    assert YES not in told
    assert "erased." not in told
    assert "sealed." not in told
    assert CONTACT.phone in told


@pytest.mark.parametrize(
    "data", [b"", b" ", b"Petra", b"{}", b"\xff\xfe\x00", b"[" * 100_000, b'{"a":' * 50_000]
)
def test_what_is_no_receipt_is_told_as_none(cast: Cast, data: bytes) -> None:
    assert NONE in words(uploaded(data))
    assert NONE in words(pasted(data.decode(errors="replace")))


@pytest.mark.parametrize("form", ["multipart", "urlencoded", "unread"])
def test_what_is_too_large_is_refused_without_being_read(cast: Cast, form: str) -> None:
    large = b"x" * (LARGEST_RECEIPT + 1)
    if form == "multipart":
        page = uploaded(large)
    elif form == "urlencoded":
        page = Client().generic("POST", URL, large, "application/x-www-form-urlencoded")
    else:
        page = Client().generic("POST", URL, b"", "text/plain", CONTENT_LENGTH="9" * 30)
    assert page.status_code == 413
    assert NONE in words(page)


def test_our_own_log_is_asked_too(receipt: str) -> None:
    Tile.objects.update(hashes=bytes(32) * 256)
    told = words(pasted(receipt))
    assert OURS in told
    assert YES not in told


def test_a_statement_of_another_shape_is_proven_and_not_shown(cast: Cast) -> None:
    told = words(pasted(certified(cast.petra, lines=["<script>", 5], effective_at="soon")))
    assert YES in told
    assert "This page cannot show its words." in told
    assert "script>alert" not in told


def test_what_a_statement_says_is_text(cast: Cast) -> None:
    line = {"line": "<script>alert(1)</script>"}
    told = words(pasted(certified(cast.petra, lines=[line], language='"><b>')))
    assert YES in told
    assert "&lt;script&gt;alert(1)" in told
    assert "<script>alert" not in told
    assert "<b>" not in told


def test_a_line_is_said_in_its_own_language(cast: Cast) -> None:
    told = words(pasted(certified(cast.petra, "ar"), **{"accept-language": "fr"}))
    assert "Cette attestation est authentique" in told
    assert '<ul class="verify__lines" lang="ar"><li dir="auto">صورتان: مُحيتا.</li>' in told


def test_nothing_of_a_check_is_recorded_or_logged(
    receipt: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    before = Event.objects.count()
    uploaded(receipt.encode())
    uploaded(receipt.replace("erased.", "sealed.").encode())
    assert Event.objects.count() == before
    assert AttemptLimit.objects.count() == 1
    logged = caplog.text
    assert "erased" not in logged
    assert "sealed." not in logged


def test_too_many_from_one_place_are_stopped(receipt: str) -> None:
    client = Client()
    statuses = [client.post(URL, {"receipt": "x"}).status_code for _ in range(20)]
    assert set(statuses) == {200}
    refused = client.post(URL, {"receipt": receipt})
    assert refused.status_code == 429
    assert YES not in words(refused)
    assert Client(REMOTE_ADDR="198.51.100.7").post(URL, {"receipt": "x"}).status_code == 200


def test_another_site_cannot_send_a_receipt_for_somebody(receipt: str) -> None:
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "es"})
    for form in ({"receipt": receipt}, {"file": SimpleUploadedFile("a", receipt.encode())}):
        refused = client.post(URL, form, headers={"origin": "https://evil.example"})
        assert refused.status_code == 403
        assert '<html lang="es"' in refused.content.decode()
    assert YES not in words(refused)


def test_the_form_of_the_page_itself_is_taken(receipt: str) -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.get(URL).content.decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    file = SimpleUploadedFile("certificate.json", receipt.encode())
    assert YES in words(client.post(URL, {"csrfmiddlewaretoken": token, "file": file}))


def key_of_the_house() -> str:
    answer = Client().get("/verify/key/")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    return answer.content.decode().removesuffix("\n")


def test_the_key_is_published_for_everybody(receipt: str) -> None:
    key = key_of_the_house()
    name, _ = parse_verifier_key(key)
    assert name.startswith("safelight/log/")
    assert verify_receipt(receipt, key).checkpoint.origin == name
    assert Client().post("/verify/key/").status_code == 405


def test_codes_and_certificates_lead_to_each_other(cast: Cast) -> None:
    assert f'href="{URL}"' in words(Client().get("/verify/"))
    assert 'href="/verify/"' in words(Client().get(URL))
    assert 'href="/verify/key/"' in words(Client().get(URL))


def test_a_page_that_is_not_there_is_told_in_the_readers_language(cast: Cast) -> None:
    page = Client(headers={"accept-language": "fr"}).get("/verify/nothing/")
    assert page.status_code == 404
    assert '<html lang="fr"' in page.content.decode()
