"""A copy for another system: Alice makes a link, a viewer on another site opens it, Alice revokes it."""

import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page
from tests.exporting import SYSTEM, Receiver, Reply, Wire, pictures_in
from tests.journeys.backstage import Backstage
from tests.journeys.browsing import DESKTOP, PHONE
from tests.journeys.clinicians import Clinician
from tests.journeys.conftest import Casting
from tests.journeys.fitness import grave, too_small, too_wide, zoomed
from tests.journeys.hospital import Hospital
from tests.journeys.people import Person

pytestmark = pytest.mark.browser

# As a viewer's script asks: the body makes Chromium ask beforehand whether it may.
_ASK = """async ([method, address, body]) => {
  const headers = method === "POST" ? { "Content-Type": "application/json" } : {};
  const answer = await fetch(address, { method, headers, body: body || undefined });
  return [answer.status, await answer.text(), answer.headers.get("Content-Type") ?? ""];
}"""


@pytest.fixture(scope="module")
def backstage(hospital: Hospital) -> Iterator[Backstage]:
    with Backstage(hospital) as backstage:
        backstage.cue("put_a_form_in_use")
        yield backstage


@pytest.fixture
def pictures(hospital: Hospital, backstage: Backstage) -> list[str]:
    petra = hospital.patients["petra"]
    taken: list[str] = backstage.cue("take", patient=petra, count=2)
    backstage.cue("agree_to_a_copy", patient=petra, photographs=taken)
    return taken


class _Viewer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>A viewer</title><link rel=icon href=data:,>")

    def log_message(self, *told: object) -> None:
        """Say nothing."""


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """A page of another origin than the hospital's, as viewers' pages are."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Viewer) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desk"])
def test_a_copy_for_their_own_system(
    casting: Casting, pictures: list[str], elsewhere: str, device: dict[str, Any]
) -> None:
    alice, viewer = casting("alice", Clinician, device), casting("viewer", Person, DESKTOP)
    alice.signs_in()
    link, passcode = makes_a_link(alice)
    viewer.page.goto(elsewhere)
    for status in ("401", "404"):
        viewer.ear.expect(status)
    receiver = Receiver(link, wire_of(viewer.page))
    assert receiver.ask("00000000").status == 401
    assert len(pictures_in(receiver.fetch(passcode))) == len(pictures)
    [file] = json.loads(receiver.ask(passcode, embeddedLengthMax=0).body)["files"]
    assert len(pictures_in(receiver.open(receiver.collect(file["location"])))) == len(pictures)
    alice.presses("They have it")
    alice.sees(SYSTEM)
    alice.sees("1 of 5")
    fit(alice)
    alice.page.locator("summary", has_text="Revoke").click()
    alice.presses("Revoke it now")
    alice.sees("Ask them to delete it.")
    fit(alice)
    alice.presses("I asked them to delete it")
    alice.sees("They were asked to delete it on")
    assert receiver.ask(passcode).status == 404
    viewer.page.goto(receiver.address)
    viewer.sees("This address is for record systems")
    fit(viewer)
    assert too_small(viewer.page) == []
    assert zoomed(viewer.page) == []


def makes_a_link(alice: Clinician) -> tuple[str, str]:
    """From the timeline to the page that shows it once; the link in its square code, and the passcode."""
    alice.opens_the_timeline_of("petra")
    alice.presses("Share")
    alice.presses("A copy for their own system")
    fit(alice)
    alice.presses("A copy for their own system")
    alice.chooses_whom(done_by="Make link and passcode")
    alice.sees("nobody can call a copy back")
    fit(alice)
    alice.presses("Make link and passcode")
    alice.page.wait_for_url("**/shown/")
    fit(alice)
    told = alice.page.locator("[data-health-link]").inner_text()
    code = Image.open(io.BytesIO(alice.page.locator(".invitation__qr").screenshot()))
    # Of this kind alone: among random squares there is now and then a line that reads as bars.
    square = zxingcpp.BarcodeFormat.QRCode
    assert [
        found.text
        for found in zxingcpp.read_barcodes(code, formats=zxingcpp.BarcodeFormats(square))
    ] == [told]
    passcode = alice.page.locator("[data-passcode]").inner_text()
    return told, "".join(letter for letter in passcode if letter.isdecimal())


def wire_of(page: Page) -> Wire:
    def wire(method: str, address: str, body: bytes) -> Reply:
        status, text, kind = page.evaluate(_ASK, [method, address, body.decode()])
        return Reply(status, text.encode(), kind)

    return wire


def fit(person: Person) -> None:
    assert grave(person.page) == []
    assert too_wide(person.page) == []
