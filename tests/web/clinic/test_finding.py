"""Finding a patient through the page and the camera, as the browser asks for it."""

import io
import json
from pathlib import Path
from typing import Literal

import pytest
from django.test import Client
from PIL import Image
from tests.cast import Cast
from tests.sessions import browser_of
from tests.taking import take_labelled

from safelight.audit.models import Event
from safelight.engines.recognition.codes import MAX_FRAME_BYTES
from safelight.people.models import AttemptLimit
from safelight.project.demo.drawing import barcode_png

Symbology = Literal["Code128", "DataMatrix", "QRCode"]
pytestmark = pytest.mark.django_db(databases=["default", "keystore"])


def frame(png: bytes) -> bytes:
    """What the camera sees: the code on a grey field, as a small JPEG."""
    code = Image.open(io.BytesIO(png)).convert("L")
    field = Image.new("L", (code.width + 200, code.height + 200), 150)
    field.paste(code, (100, 100))
    out = io.BytesIO()
    field.save(out, "JPEG", quality=70)
    return out.getvalue()


def shown(client: Client, body: bytes, content_type: str = "image/jpeg") -> dict[str, object]:
    answer = client.post("/clinic/scan/", body, content_type=content_type)
    data: dict[str, object] = json.loads(answer.content)
    return data | {"status": answer.status_code}


@pytest.mark.parametrize("symbology", ["Code128", "DataMatrix", "QRCode"])
def test_a_wristband_leads_to_its_patient(cast: Cast, symbology: Symbology) -> None:
    answer = shown(browser_of(cast.alice), frame(barcode_png("H-204817", symbology)))
    assert answer["location"] == f"/clinic/patients/{cast.petra}/"


def test_without_a_relationship_it_leads_to_the_glass(cast: Cast) -> None:
    answer = shown(browser_of(cast.bob), frame(barcode_png("H-204817", "QRCode")))
    assert answer["location"] == f"/clinic/patients/{cast.petra}/break-glass/"


def test_a_code_that_the_browser_read_is_posted_and_not_in_an_address(cast: Cast) -> None:
    body = json.dumps({"text": "H-204817"}).encode()
    answer = shown(browser_of(cast.alice), body, "application/json")
    assert answer["found"] is True


def test_an_unknown_code_is_said_to_be_unknown_and_no_code_is_nothing(cast: Cast) -> None:
    client = browser_of(cast.alice)
    assert shown(client, frame(barcode_png("X-000000", "QRCode")))["sentence"]
    out = io.BytesIO()
    Image.new("L", (320, 240), 90).save(out, "JPEG")
    assert shown(client, out.getvalue()) == {"found": False, "sentence": "", "status": 200}


def test_frames_without_a_code_do_not_use_up_the_searches(cast: Cast) -> None:
    client = browser_of(cast.alice)
    out = io.BytesIO()
    Image.new("L", (320, 240), 90).save(out, "JPEG")
    for _ in range(70):
        assert shown(client, out.getvalue())["status"] == 200
    assert not AttemptLimit.objects.exists()
    assert Event.objects.filter(tag="patient:index:searched").count() == 0


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "image/jpeg"),
        (b"not a picture", "image/jpeg"),
        (b"\xff" * (MAX_FRAME_BYTES + 1), "image/jpeg"),
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b'{"text": ' + b"[" * 100_000, "application/json"),
    ],
)
def test_a_frame_that_is_none_gets_a_sentence(cast: Cast, body: bytes, content_type: str) -> None:
    answer = shown(browser_of(cast.alice), body, content_type)
    assert answer["status"] == 422
    assert answer["sentence"]


def test_searching_too_often_is_slowed_down(cast: Cast) -> None:
    client = browser_of(cast.alice)
    client.post("/clinic/find/", {"query": "petra"})
    statuses = [client.get("/clinic/find/?found").status_code for _ in range(65)]
    assert statuses[0] == 200
    assert statuses[-1] == 429


def test_the_words_are_shown_to_the_searcher_and_stand_in_no_address(cast: Cast) -> None:
    client = browser_of(cast.alice)
    answer = client.post("/clinic/find/", {"query": "petra okonjo"}, follow=True)
    page = answer.content.decode()
    assert "Petra Okonjo-Müller" in page
    assert "H-204817" in page
    assert answer.redirect_chain == [("/clinic/find/?found", 302)]


def test_who_was_found_is_told_with_their_pictures(cast: Cast, stores: Path) -> None:
    take_labelled(cast.alice, cast.petra)
    client = browser_of(cast.alice)
    page = client.post("/clinic/find/", {"query": "petra"}, follow=True).content.decode()
    assert "1 picture" in page
    assert "No pictures yet" not in page


@pytest.mark.parametrize(
    "typed", ["1971-03-09", "9.3.1971", "09.03.1971", "9/3/1971", "9-3-1971", " 9.3.1971 "]
)
def test_a_birth_date_is_understood_as_people_type_it(cast: Cast, typed: str) -> None:
    page = (
        browser_of(cast.alice).post("/clinic/find/", {"query": typed}, follow=True).content.decode()
    )
    assert "Petra Okonjo-Müller" in page


@pytest.mark.parametrize("typed", ["9.13.1971", "31.2.1971", "99.99.9999", "1.1.71", "9.3.1971x"])
def test_what_is_no_date_of_hers_does_not_find_her(cast: Cast, typed: str) -> None:
    page = browser_of(cast.alice).post("/clinic/find/", {"query": typed}, follow=True)
    assert page.status_code == 200
    assert "Petra Okonjo-Müller" not in page.content.decode()
