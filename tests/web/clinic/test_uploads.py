"""The door for pictures, through every middleware, as a page knocks at it."""

import base64
import hashlib
import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from tests.cast import Cast
from tests.pictures import jpeg
from tests.sessions import browser_of

from safelight.audit.models import Event
from safelight.capture.models import Upload
from safelight.capture.verification import verify_waiting
from safelight.photos.models import Photograph
from safelight.vault.ports import wiring
from safelight.vault.quarantine import CHUNK_SIZE
from safelight.vocabulary.events import EventTag

pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("stores")]

DETAILS = {
    "taken_at": "2026-03-09T11:59:58Z",
    "encounter": None,
    "sensitivity": "ordinary",
    "consent_to_take": "verbal",
    "source": "file",
}
STATES = "/clinic/uploads/states/"


@pytest.fixture
def alice(cast: Cast) -> Client:
    return browser_of(cast.alice)


def address(patient: UUID, upload: UUID) -> str:
    return f"/clinic/patients/{patient}/uploads/{upload}/"


def headers(data: bytes, **changes: str) -> dict[str, str]:
    digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
    whole = {
        "Upload-Length": str(len(data)),
        "Repr-Digest": f"sha-256=:{digest}:",
        "Safelight-Details": json.dumps(DETAILS),
    }
    return whole | {name.replace("_", "-"): value for name, value in changes.items()}


def put(
    client: Client,
    patient: UUID,
    data: bytes,
    upload: UUID | None = None,
    *,
    body: bytes | None = None,
    content_type: str = "application/octet-stream",
    **changes: str,
) -> Any:
    return client.put(
        address(patient, upload or uuid4()),
        data if body is None else body,
        content_type=content_type,
        headers=headers(data, **changes),
    )


def test_one_request_is_enough_when_nothing_goes_wrong(cast: Cast, alice: Client):
    data = jpeg()
    response = put(alice, cast.petra, data)
    assert response.status_code == 201
    told = response.json()
    assert told["state"] == "sealed"
    assert told["sha256"] == hashlib.sha256(data).hexdigest()
    assert Photograph.objects.get().id == UUID(told["photograph"])
    assert response["Cache-Control"] == "no-store"


def test_a_page_asks_until_the_picture_is_verified(cast: Cast, alice: Client):
    upload = uuid4()
    put(alice, cast.petra, jpeg(), upload)
    ask = {"uploads": [str(upload), str(uuid4())]}
    states = alice.post(STATES, ask, content_type="application/json").json()
    assert [answer["state"] for answer in states.values()] == ["sealed"]
    verify_waiting()
    states = alice.post(STATES, ask, content_type="application/json").json()
    assert states[str(upload)]["state"] == "verified"


def test_a_dropped_connection_resumes(cast: Cast, alice: Client):
    data, upload = jpeg(size=(1200, 900)), uuid4()
    answer = put(alice, cast.petra, data, upload, body=data[: CHUNK_SIZE + 77]).json()
    assert answer == {"state": "receiving", "offset": CHUNK_SIZE}
    head = alice.head(address(cast.petra, upload))
    assert head["Upload-Offset"] == str(CHUNK_SIZE)
    rest = put(
        alice,
        cast.petra,
        data,
        upload,
        body=data[CHUNK_SIZE:],
        Upload_Offset=head["Upload-Offset"],
    )
    assert rest.status_code == 201
    assert put(alice, cast.petra, data, upload).json() == rest.json(), "and asking again is safe"
    assert Photograph.objects.count() == 1


def test_a_wrong_offset_is_answered_with_the_right_one(cast: Cast, alice: Client):
    data, upload = jpeg(size=(1200, 900)), uuid4()
    put(alice, cast.petra, data, upload, body=data[:CHUNK_SIZE])
    wrong = put(alice, cast.petra, data, upload, body=b"", Upload_Offset=str(2 * CHUNK_SIZE))
    assert wrong.status_code == 409
    assert wrong["Upload-Offset"] == str(CHUNK_SIZE)
    assert wrong.json()["offset"] == CHUNK_SIZE


def test_a_browser_that_repeats_the_request_by_itself_takes_nothing_back(cast: Cast, alice: Client):
    """As Chromium does when a connection that was in use before breaks off."""
    data, upload = jpeg(size=(1200, 900)), uuid4()
    put(alice, cast.petra, data, upload, body=data[:CHUNK_SIZE])
    again = put(alice, cast.petra, data, upload, body=data[:77])
    assert again.json() == {"state": "receiving", "offset": CHUNK_SIZE}
    assert alice.head(address(cast.petra, upload))["Upload-Offset"] == str(CHUNK_SIZE)
    whole = put(alice, cast.petra, data, upload)
    assert whole.status_code == 201


def test_the_type_that_is_declared_does_not_count(cast: Cast, alice: Client):
    """Not even one that Django would take apart by itself."""
    for seed, declared in enumerate(["image/png", "text/html", "multipart/form-data; boundary=x"]):
        response = put(alice, cast.petra, jpeg(seed), content_type=declared)
        assert response.status_code == 201
    assert set(Photograph.objects.values_list("media_type", flat=True)) == {"image/jpeg"}


def test_a_duplicate_is_told_and_not_stored(cast: Cast, alice: Client):
    first = put(alice, cast.petra, jpeg()).json()
    again = put(alice, cast.petra, jpeg())
    assert again.status_code == 200
    assert again.json()["state"] == "duplicate"
    assert again.json()["photograph"] == first["photograph"]


REFUSALS: dict[str, tuple[dict[str, Any], int, str]] = {
    "a program": ({"data": b"MZ" + bytes(100)}, 415, "imaging.unsupported-type"),
    "nothing": ({"data": b""}, 415, "imaging.unsupported-type"),
    "half a picture": ({"data": jpeg()[:-2000]}, 422, "imaging.truncated"),
    "other bytes": ({"body": jpeg(1)[: len(jpeg())].ljust(len(jpeg()))}, 422, "upload-digest"),
    "no length": ({"Upload_Length": ""}, 422, "upload-malformed"),
    "a length in words": ({"Upload_Length": "many"}, 422, "upload-malformed"),
    "a length of other digits": ({"Upload_Length": "٣"}, 422, "upload-malformed"),
    "an endless length": ({"Upload_Length": "9" * 4000}, 422, "upload-malformed"),
    "a negative offset": ({"Upload_Offset": "-1"}, 422, "upload-malformed"),
    "too much": ({"Upload_Length": "50000001"}, 413, "imaging.too-large"),
    "no digest": ({"Repr_Digest": ""}, 422, "upload-malformed"),
    "another digest": ({"Repr_Digest": "sha-512=:AAAA:"}, 422, "upload-malformed"),
    "a torn digest": ({"Repr_Digest": "sha-256=:AAA:"}, 422, "upload-malformed"),
    "no details": ({"Safelight_Details": ""}, 422, "upload-malformed"),
    "no consent": (
        {"Safelight_Details": json.dumps(DETAILS | {"consent_to_take": ""})},
        422,
        "consent-to-take-missing",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_every_refusal_is_a_code_and_a_sentence(cast: Cast, alice: Client, name: str):
    wrong, status, code = REFUSALS[name]
    response = put(alice, cast.petra, **{"data": jpeg()} | wrong)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.json()["sentence"].endswith(".")
    assert Photograph.objects.count() == 0


def test_a_locked_vault_is_the_servers_fault(
    cast: Cast, alice: Client, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(wiring, "quarantine", None)
    response = put(alice, cast.petra, jpeg())
    assert (response.status_code, response.json()["code"]) == (503, "vault-locked")


def test_missing_forbidden_and_anothers_look_the_same(cast: Cast, alice: Client):
    upload = uuid4()
    put(alice, cast.petra, jpeg(), upload)
    stranger = browser_of(cast.bob)
    forbidden = put(stranger, cast.petra, jpeg())
    missing = put(stranger, uuid4(), jpeg())
    assert forbidden.status_code == missing.status_code == 404
    assert forbidden.content == missing.content
    anothers = put(stranger, cast.petra, jpeg(), upload)
    assert (anothers.status_code, anothers.json()["code"]) == (404, "upload-not-found")
    assert stranger.head(address(cast.petra, upload)).status_code == 404
    ask = {"uploads": [str(upload)]}
    assert stranger.post(STATES, ask, content_type="application/json").json() == {}


@pytest.mark.parametrize("name", ["theo", "priya", "ada"])
def test_other_roles_find_no_door(cast: Cast, name: str):
    response = put(browser_of(getattr(cast, name)), cast.petra, jpeg())
    assert response.status_code == 404
    assert Upload.objects.count() == 0


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b'{"uploads": 1}', b'{"uploads": ["x"]}', b'{"uploads": [1]}', b"\xff"],
)
def test_states_that_are_asked_for_in_another_way_are_refused(alice: Client, body: bytes):
    response = alice.generic("POST", STATES, body, content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (422, "upload-malformed")


def test_states_of_too_many_uploads_are_refused(alice: Client):
    ask = {"uploads": [str(uuid4()) for _ in range(101)]}
    assert alice.post(STATES, ask, content_type="application/json").status_code == 422


@pytest.mark.parametrize("method", ["get", "post", "delete", "patch"])
def test_no_other_method_is_answered(cast: Cast, alice: Client, method: str):
    assert getattr(alice, method)(address(cast.petra, uuid4())).status_code == 405


def test_another_site_cannot_send_pictures(cast: Cast, alice: Client):
    alice.handler.enforce_csrf_checks = True
    assert put(alice, cast.petra, jpeg()).status_code == 403
    assert Upload.objects.count() == 0


class Breaking(BytesIO):
    """A body whose connection breaks after two pieces."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() > CHUNK_SIZE:
            raise ConnectionResetError
        return super().read(size)


def test_a_connection_that_breaks_keeps_what_arrived(cast: Cast, alice: Client):
    data, upload = jpeg(size=(1200, 900)), uuid4()
    environ: dict[str, Any] = {"wsgi.input": Breaking(data), "CONTENT_LENGTH": str(len(data))}
    response = alice.generic(
        "PUT", address(cast.petra, upload), b"", headers=headers(data), **environ
    )
    assert response.json()["state"] == "receiving"
    assert alice.head(address(cast.petra, upload))["Upload-Offset"] == str(2 * CHUNK_SIZE)


def test_the_body_is_never_held_whole_by_django(
    cast: Cast, alice: Client, monkeypatch: pytest.MonkeyPatch
):
    def forbidden(_request: HttpRequest) -> HttpResponse:
        raise AssertionError("the body was read into memory")

    monkeypatch.setattr(HttpRequest, "body", property(forbidden))
    assert put(alice, cast.petra, jpeg()).status_code == 201


def test_every_refusal_of_a_picture_is_in_the_record(cast: Cast, alice: Client):
    put(alice, cast.petra, b"MZ" + bytes(100))
    put(browser_of(cast.bob), cast.petra, jpeg())
    events: Iterator[Event] = Event.objects.filter(tag=EventTag.CAPTURE_UPLOAD_REFUSED).iterator()
    assert sorted(event.outcome for event in events) == ["denied", "failed"]
