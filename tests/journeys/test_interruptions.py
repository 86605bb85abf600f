"""What happens in the middle: the network goes, the nurse is called away, a file is broken."""

from pathlib import Path

import pytest
from playwright.sync_api import Request, Route, expect
from tests.journeys.browsing import DESKTOP, PHONE
from tests.journeys.camera import FOREARM, FakeCamera
from tests.journeys.clinicians import Clinician
from tests.journeys.conftest import Casting
from tests.journeys.hospital import Hospital
from tests.journeys.wire import Wire
from tests.pictures import encoded, jpeg, picture

from safelight.project.demo.drawing import big_photograph

pytestmark = pytest.mark.browser

HALF_OF_IT = 2_000_000
UPLOADS = "**/uploads/*-*/"


@pytest.fixture
def alice(casting: Casting) -> Clinician:
    alice = casting("alice", Clinician, PHONE)
    alice.signs_in()
    return alice


def test_a_dropped_connection_goes_on_where_it_stopped(
    hospital: Hospital, casting: Casting, tmp_path: Path
) -> None:
    (tmp_path / "large.jpg").write_bytes(big_photograph())
    with Wire(hospital.port) as wire:
        alice = casting("alice", Clinician, PHONE)
        alice.url = wire.url
        alice.ear.expect("net::ERR")
        starts = offsets_sent_by(alice)
        alice.signs_in()
        alice.opens_the_timeline_of("petra")
        before = alice.pictures.count()
        alice.opens_the_import()

        wire.bytes_per_second = 1_000_000
        others = uploads_at(hospital)
        alice.hands_over(tmp_path)
        line = alice.result_of("large.jpg")
        while sealed_so_far(uploads_at(hospital) - others) < HALF_OF_IT:
            alice.page.wait_for_timeout(50)
        wire.cut()
        expect(line).to_have_attribute("data-state", "waiting")
        wire.mend()
        alice.waits_until_verified(1)

        assert starts[0] == 0
        assert starts[-1] > 0
        alice.opens_the_timeline_of("petra")
        expect(alice.pictures).to_have_count(before + 1)


def uploads_at(hospital: Hospital) -> set[Path]:
    """Those that nobody has verified yet; other journeys may have left some."""
    return set((hospital.home / "quarantine").glob("*"))


def sealed_so_far(uploads: set[Path]) -> int:
    """Bytes that lie sealed at the server, whatever is still on its way."""
    return sum(path.stat().st_size for path in uploads)


def test_a_lost_answer_makes_no_second_picture(alice: Clinician, camera: FakeCamera) -> None:
    camera.sees(FOREARM)
    alice.ear.expect("net::ERR")
    alice.opens_the_timeline_of("pablo")
    before = alice.pictures.count()
    alice.opens_the_camera()
    answers = []

    def lose_the_first(route: Route) -> None:
        answers.append(route.fetch().status)
        route.abort("connectionreset") if len(answers) == 1 else route.continue_()

    alice.page.route(UPLOADS, lose_the_first)
    alice.takes_a_picture()
    alice.waits_until_verified(1)
    alice.page.unroute_all()

    assert answers[0] == 201
    alice.opens_the_timeline_of("pablo")
    expect(alice.pictures).to_have_count(before + 1)


def test_the_idle_lock_keeps_unsent_pictures(alice: Clinician, camera: FakeCamera) -> None:
    camera.sees(FOREARM)
    alice.ear.expect("net::ERR")
    alice.ear.expect("404")  # the server is asked what it has, and it has nothing yet
    alice.page.clock.install()
    alice.opens_the_timeline_of("petra")
    alice.opens_the_camera()
    alice.page.route(UPLOADS, lambda route: route.abort("internetdisconnected"))
    alice.takes_a_picture()
    alice.takes_a_picture()
    expect(alice.page.locator("[data-state='waiting']")).to_have_count(2)

    alice.page.clock.fast_forward("16:00")
    locked = alice.page.get_by_role("dialog", name="Locked while you were away")
    expect(locked).to_be_visible()
    expect(alice.page.get_by_text("Petra").first).not_to_be_visible()
    alice.waits_until_refused("/clinic/")  # the page hides first, and then tells the server

    alice.page.unroute_all()
    alice.presses("Unlock")
    expect(locked).not_to_be_visible()
    alice.page.clock.fast_forward("01:00")
    alice.waits_until_verified(2)


def test_a_folder_with_a_broken_file_gives_a_result_for_each(
    casting: Casting, tmp_path: Path
) -> None:
    card = a_camera_card(tmp_path / "DCIM")
    alice = casting("alice", Clinician, DESKTOP)
    alice.ear.expect("415")
    alice.ear.expect("422")
    alice.signs_in()
    alice.opens_the_timeline_of("pablo")
    before = alice.pictures.count()
    alice.opens_the_import()
    alice.hands_over(card)

    alice.waits_until_verified(3)
    for name in ("0001.jpg", "0002.png", "0003.webp"):
        expect(alice.result_of(name)).to_have_attribute("data-state", "verified")
    for name in ("program.jpg", "drawing.jpg", "empty.jpg", "cut.jpg"):
        expect(alice.result_of(name)).to_have_attribute("data-state", "failed")
        expect(alice.result_of(name).locator("[data-file-result]")).to_contain_text(".")
    expect(alice.page.locator("[data-import-summary]")).to_have_text("3 of 7 safe, 4 refused")

    alice.presses("Label these pictures")
    alice.opens_the_timeline_of("pablo")
    expect(alice.pictures).to_have_count(before + 3)


def a_camera_card(card: Path) -> Path:
    """Pictures of several kinds among what else a card may hold."""
    (card / "100").mkdir(parents=True)
    files = {
        "100/0001.jpg": jpeg(1),
        "100/0002.png": encoded("PNG", picture(2)),
        "100/0003.webp": encoded("WEBP", picture(3)),
        "100/program.jpg": b"\x7fELF\x02\x01\x01" + bytes(4000),
        "100/drawing.jpg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "100/empty.jpg": b"",
        "100/cut.jpg": jpeg(4)[:2000],
        "100/.hidden": b"of the operating system",
    }
    for name, content in files.items():
        (card / name).write_bytes(content)
    return card


def offsets_sent_by(person: Clinician) -> list[int]:
    """Where each piece begins in its picture; grows as they are sent."""
    seen: list[int] = []

    def note(request: Request) -> None:
        if request.method == "PUT":
            seen.append(int(request.headers["upload-offset"]))

    person.page.on("request", note)
    return seen
