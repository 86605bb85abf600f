"""A picture arrives once and whole, and the page lets go of it when the record has it."""

import time
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page
from tests.browser.modules.conftest import render
from tests.browser.modules.hospital import Fault, Hospital

PATIENCE_SECONDS = 30

pytestmark = pytest.mark.browser

MEGABYTE = 1_000_000
PREPARE = """async ([maxBytes]) => {
  const { Picture, UploadQueue } = await import('/static/safelight/js/upload-queue.js');
  window.queue = new UploadQueue({ uploadUrl: '/uploads/', statusUrl: '/states/', maxBytes });
  window.told = [];
  window.queue.addEventListener('change', ({ detail }) => {
    const last = window.told.at(-1);
    if (last !== detail.state) window.told.push(detail.state);
  });
  window.send = (size, seed = 7) => {
    const bytes = Uint8Array.from({ length: size }, (_, i) => (i * seed) % 251);
    const details = { taken_at: '2025-01-01T00:00:00Z', encounter: '', sensitivity: 'ordinary',
                      consent_to_take: 'verbal', source: 'camera' };
    const picture = new Picture(new Blob([bytes]), details);
    window.queue.add(picture);
    return picture;
  };
  window.states = () => window.queue.pictures.map((one) => one.state);
}"""


@pytest.fixture
def queue(page: Page, hospital: Hospital) -> Page:
    """A page with a queue: `send(size)` puts a picture in, `states()` tells how far each is."""
    words = render("words") + '<input type="hidden" name="csrfmiddlewaretoken" value="its-token">'
    page.goto(hospital.show("/page/", f"<!doctype html><html lang=en><body>{words}"))
    page.evaluate(PREPARE, [50 * MEGABYTE])
    return page


def first(queue: Page, name: str) -> Any:
    return queue.evaluate(f"queue.pictures[0].{name}")


def wait_for(queue: Page, state: str) -> None:
    """The page's policy forbids the scripts by which Playwright itself would wait."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while not queue.evaluate("(state) => states().every((one) => one === state)", state):
        assert time.monotonic() < ends, queue.evaluate("states()")
        queue.wait_for_timeout(50)


def test_a_picture_is_sealed_then_verified(queue: Page, hospital: Hospital) -> None:
    queue.evaluate("send(300000), null")
    wait_for(queue, "verified")
    assert queue.evaluate("window.told") == ["hand", "sending", "sealed", "verified"]
    assert [len(kept) for kept in hospital.kept] == [300_000]


def test_a_picture_carries_its_details_hash_and_the_pages_token(
    queue: Page, hospital: Hospital
) -> None:
    queue.evaluate("send(1000), null")
    wait_for(queue, "verified")
    (put,) = hospital.asks("PUT")
    assert put.headers["X-CSRFToken"] == "its-token"
    assert put.headers["Upload-Length"] == "1000"
    (upload,) = hospital.uploads.values()
    assert upload.details["consent_to_take"] == "verbal"


def test_a_dropped_connection_goes_on_where_the_server_stands(
    queue: Page, hospital: Hospital
) -> None:
    hospital.faults.extend([Fault(cut_after=400_000), Fault(cut_after=500_000)])
    queue.evaluate("send(2000000), null")
    wait_for(queue, "verified")
    assert [len(kept) for kept in hospital.kept] == [2_000_000]
    taken_up = [int(put.headers["Upload-Offset"]) for put in hospital.asks("PUT")]
    assert taken_up[0] == 0
    assert taken_up[-1] == 900_000
    assert len({put.path for put in hospital.asks("PUT")}) == 1


def test_an_answer_that_is_lost_makes_no_second_picture(queue: Page, hospital: Hospital) -> None:
    hospital.faults.append(Fault(cut_after=-1))
    queue.evaluate("send(50000), null")
    wait_for(queue, "verified")
    assert [len(kept) for kept in hospital.kept] == [50_000]
    assert hospital.asks("PUT")[-1].headers["Content-Length"] == "0"


def test_a_refusal_says_why_and_the_page_keeps_the_picture(queue: Page, hospital: Hospital) -> None:
    hospital.faults.append(
        Fault(status=415, body={"code": "imaging.unsupported-type", "sentence": "Not a picture."})
    )
    queue.evaluate("send(1000), null")
    wait_for(queue, "failed")
    assert first(queue, "sentence") == "Not a picture."
    assert first(queue, "blob.size") == 1000
    assert len(hospital.asks("PUT")) == 1


def test_a_refusal_that_cuts_the_bytes_off_is_heard_all_the_same(
    queue: Page, hospital: Hospital
) -> None:
    hospital.refuses_early = "This record was merged."
    queue.evaluate("send(3000000), null")
    wait_for(queue, "failed")
    assert first(queue, "sentence") == "This record was merged."


def test_a_refused_picture_can_be_sent_again_as_a_new_one(queue: Page, hospital: Hospital) -> None:
    hospital.faults.append(Fault(status=422, body={"sentence": "No."}))
    queue.evaluate("send(1000), null")
    wait_for(queue, "failed")
    queue.evaluate("queue.retry(queue.pictures[0])")
    wait_for(queue, "verified")
    assert len({put.path for put in hospital.asks("PUT")}) == 2


def test_another_hash_is_never_called_sealed(queue: Page, hospital: Hospital) -> None:
    hospital.faults.append(Fault(claims_sha256="0" * 64))
    queue.evaluate("send(1000), null")
    wait_for(queue, "failed")
    assert "sealed" not in queue.evaluate("window.told")
    assert first(queue, "blob.size") == 1000
    assert "holds something else" in first(queue, "sentence")


def test_a_locked_session_waits_until_it_is_unlocked(queue: Page, hospital: Hospital) -> None:
    hospital.faults.append(Fault(status=423, body={"sentence": "Locked."}))
    queue.evaluate("addEventListener('safelight:refused', () => (window.isTold = true))")
    queue.evaluate("send(1000), null")
    wait_for(queue, "waiting")
    assert queue.evaluate("window.isTold")
    queue.wait_for_timeout(700)
    assert len(hospital.asks("PUT")) == 1
    queue.evaluate("dispatchEvent(new Event('safelight:unlocked'))")
    wait_for(queue, "verified")


def test_a_full_store_is_said_and_tried_again(queue: Page, hospital: Hospital) -> None:
    hospital.faults.append(Fault(status=507, body={"sentence": "The store is full."}))
    queue.evaluate("send(1000), null")
    wait_for(queue, "waiting")
    assert first(queue, "sentence") == "The store is full."
    wait_for(queue, "verified")
    assert first(queue, "sentence") == ""


def test_a_sign_in_page_in_place_of_an_answer_is_no_success(
    queue: Page, hospital: Hospital
) -> None:
    hospital.faults.append(Fault(status=200, body={}))
    queue.evaluate("send(1000), null")
    wait_for(queue, "failed")


def test_the_bytes_are_let_go_of_only_when_verified(queue: Page, hospital: Hospital) -> None:
    hospital.is_verifying = False
    queue.evaluate("(window.ref = new WeakRef(send(100000).blob)), null")
    wait_for(queue, "sealed")
    queue.wait_for_timeout(1200)
    assert hospital.asks("POST", "/states/")
    assert first(queue, "blob.size") == 100_000
    hospital.is_verifying = True
    wait_for(queue, "verified")
    queue.wait_for_timeout(50)
    queue.request_gc()
    assert first(queue, "blob") is None
    assert queue.evaluate("ref.deref() === undefined")


def test_an_unreadable_picture_is_safe_and_said_so(queue: Page, hospital: Hospital) -> None:
    hospital.outcome = "unreadable"
    queue.evaluate("send(1000), null")
    wait_for(queue, "unreadable")
    assert first(queue, "sentence") == "It will not decode."
    assert queue.evaluate("queue.unsafe.length") == 0


def test_a_duplicate_is_told_and_not_asked_about_again(queue: Page, hospital: Hospital) -> None:
    hospital.faults.append(
        Fault(status=200, body={"state": "duplicate", "photograph": "x", "sentence": "There."})
    )
    queue.evaluate("send(1000), null")
    wait_for(queue, "duplicate")
    assert first(queue, "sentence") == "There."
    assert not hospital.asks("POST")


def test_offline_waits_and_online_goes_on(
    queue: Page, hospital: Hospital, context: BrowserContext
) -> None:
    context.set_offline(True)
    queue.evaluate("send(1000), null")
    wait_for(queue, "waiting")
    assert "No connection" in first(queue, "sentence")
    assert not hospital.asks("PUT")
    context.set_offline(False)
    wait_for(queue, "verified")
    assert len(hospital.kept) == 1


@pytest.mark.parametrize(("size", "why"), [(0, "empty"), (3000, "larger than 0 MB")])
def test_what_cannot_be_a_picture_is_not_sent(
    queue: Page, hospital: Hospital, size: int, why: str
) -> None:
    queue.evaluate("queue.maxBytes = 2000")
    queue.evaluate(f"send({size}), null")
    wait_for(queue, "failed")
    assert why in first(queue, "sentence")
    assert not hospital.asks("PUT")


def test_at_most_two_are_sent_at_a_time(queue: Page, hospital: Hospital) -> None:
    queue.evaluate("for (let i = 1; i <= 30; i += 1) send(60000, i)")
    wait_for(queue, "verified")
    assert len(hospital.kept) == 30
    assert hospital.most_at_once <= 2


def test_a_picture_discarded_in_hand_is_never_sent(queue: Page, hospital: Hospital) -> None:
    queue.evaluate("queue.running = 2; send(1000); queue.discard(queue.pictures[0])")
    queue.evaluate("queue.running = 0; queue.fill()")
    assert first(queue, "state") == "discarded"
    assert first(queue, "blob") is None
    assert not hospital.asks("PUT")


def test_spoilt_bytes_are_sent_anew_before_anybody_is_troubled(
    queue: Page, hospital: Hospital
) -> None:
    hospital.faults.append(Fault(status=422, body={"code": "upload-digest", "sentence": "Again."}))
    queue.evaluate("send(1000), null")
    wait_for(queue, "verified")
    assert len(hospital.kept) == 1
