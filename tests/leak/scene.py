"""A journey with canaries through everything that a clinician does, until the patient takes it all back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, expect, sync_playwright
from tests.components import CHROMIUM
from tests.journeys.browsing import ARGUMENTS, DESKTOP
from tests.journeys.camera import FOREARM, FakeCamera, wristband
from tests.journeys.clinicians import TIMELINE, Clinician
from tests.journeys.hospital import Hospital
from tests.leak.canaries import Canaries, forms, pixel_runs
from tests.leak.taking_back import TakenBack, takes_everything_back

RENDITIONS = ("original", "display", "thumbnail")


@dataclass(frozen=True)
class Scene:
    """What is left when everybody has gone home, and what the home was while they were there."""

    canaries: Canaries
    pictures: list[bytes]
    cookies: list[str]
    hospital: Hospital
    while_open: Path
    profile: Path
    taken_back: TakenBack

    @property
    def needles(self) -> Mapping[str, bytes]:
        """Everything that must not be found, in every coding."""
        found = {
            f"{name} in {coding}": run
            for name, word in self.canaries.words.items()
            for coding, run in forms(word).items()
        }
        for number, picture in enumerate([*self.pictures, *self.taken_back.seen]):
            runs = pixel_runs(picture).items()
            found |= {f"picture {number}, {place}": run for place, run in runs}
        return found

    @property
    def databases(self) -> list[Path]:
        return sorted(self.hospital.home.glob("*.sqlite3"))


def play(root: Path) -> Scene:
    """All of them use one browser, which keeps its profile on the disk."""
    canaries = Canaries()
    profile, while_open = root / "profile", root / "while-open"
    with Hospital(root / "hospital", told=json.dumps(canaries.identity)) as hospital:
        camera = FakeCamera(root / "frames.mjpeg")
        with sync_playwright() as playwright:
            context = playwright.chromium.launch_persistent_context(
                profile,
                executable_path=CHROMIUM.find(),
                args=[*ARGUMENTS, *camera.arguments],
                **DESKTOP,
            )
            pictures, cookies = act(context, hospital, canaries, camera, root / "card")
            context.clear_cookies()
            taken_back = takes_everything_back(context, hospital, canaries, while_open)
            context.close()
    return Scene(canaries, pictures, cookies, hospital, while_open, profile, taken_back)


def act(
    context: BrowserContext,
    hospital: Hospital,
    canaries: Canaries,
    camera: FakeCamera,
    card: Path,
) -> tuple[list[bytes], list[str]]:
    """The pictures that were made, as they lie behind the gate, and the cookies of both sessions."""
    alice = Clinician.at("alice", hospital, context)
    alice.signs_in()
    takes_one(alice, canaries, camera)
    imports_one(alice, canaries, card)
    labels_both(alice, canaries)
    pictures = looks_at_everything(alice)
    alice.finds(canaries.search)
    alice.finds(canaries.family)
    cookies = [cookie_of(context)]
    context.clear_cookies()

    charlie = Clinician.at("charlie", hospital, context)
    charlie.signs_in()
    charlie.breaks_glass(canaries.identifier, "Another reason", canaries.break_glass_text)
    charlie.opens_the_picture()
    return pictures, [*cookies, cookie_of(context)]


def takes_one(alice: Clinician, canaries: Canaries, camera: FakeCamera) -> None:
    name = f"{canaries.given} {canaries.family}"
    camera.sees(wristband(name, canaries.born.isoformat(), canaries.identifier))
    alice.scans_a_wristband()
    camera.sees(FOREARM)
    alice.opens_the_camera()
    alice.takes_a_picture()
    alice.waits_until_verified(1)
    alice.page.go_back()


def imports_one(alice: Clinician, canaries: Canaries, card: Path) -> None:
    card.mkdir()
    (card / f"{canaries.file_name}.jpg").write_bytes(canaries.photograph())
    alice.opens_the_import()
    alice.hands_over(card)
    alice.waits_until_verified(1)
    alice.presses("Label these pictures")


def labels_both(alice: Clinician, canaries: Canaries) -> None:
    alice.taps_the_body("front-forearm", "left")
    alice.chooses("Close-up")
    alice.page.get_by_label("Description").fill(canaries.description)
    alice.saves_the_label()
    expect(alice.pictures).to_have_count(2)


def looks_at_everything(alice: Clinician) -> list[bytes]:
    """Both pictures in every size, their pages, and who looked; the bytes, as the gate gave them."""
    timeline, found = alice.path, []
    for number in range(2):
        alice.opens_the_picture(number)
        for rendition in RENDITIONS:
            answer = alice.context.request.get(f"{alice.page.url}bytes/{rendition}")
            assert answer.ok
            found.append(answer.body())
        alice.asks_who_looked()
        alice.goes_to(timeline)
        alice.page.wait_for_url(TIMELINE)
    return found


def cookie_of(context: BrowserContext) -> str:
    return next(item["value"] for item in context.cookies() if item["name"] == "safelight")
