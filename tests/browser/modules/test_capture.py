"""The page that takes pictures, with the camera that Chromium draws itself."""

import pytest
from playwright.sync_api import Page, expect
from tests.browser.modules.conftest import INTAKE, jpeg, render
from tests.browser.modules.hospital import Fault, Hospital

pytestmark = pytest.mark.browser

MESSAGE = "[data-capture-message]"
GHOSTS = [{"id": 1, "label": "Forearm", "thumbnail_url": "/ghost.jpg", "image_url": "/ghost.jpg"}]
WITHOUT_CAMERA = (
    "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', '%s') }"
)
WITHOUT_PHOTOS = "ImageCapture.prototype.takePhoto = async () => { throw new Error('driver') }"
LARGE_SENSOR = """
  ImageCapture.prototype.getPhotoCapabilities = async () =>
    ({ imageWidth: { max: 8000 }, imageHeight: { max: 6000 } });
  const own = ImageCapture.prototype.takePhoto;
  ImageCapture.prototype.takePhoto = function (size) {
    window.asked = size;
    return own.call(this);
  };
"""
WITH_TORCH = """
  const own = MediaStreamTrack.prototype.getCapabilities;
  MediaStreamTrack.prototype.getCapabilities = function () {
    return { ...own.call(this), torch: true };
  };
  window.asked = [];
  MediaStreamTrack.prototype.applyConstraints = async (wanted) => window.asked.push(wanted);
"""
KEPT_ON_DEVICE = """async () => ({
  storage: localStorage.length + sessionStorage.length,
  databases: (await indexedDB.databases()).length,
  caches: (await caches.keys()).length,
  workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""


def open_page(page: Page, hospital: Hospital, **context: object) -> Page:
    hospital.show_image("/ghost.jpg", jpeg())
    page.goto(hospital.show("/capture/", render("capture", **(INTAKE | context))))
    return page


@pytest.fixture
def capture(page: Page, hospital: Hospital) -> Page:
    open_page(page, hospital, ghosts=GHOSTS)
    page.wait_for_selector("[data-capture-shutter]:enabled")
    return page


def take(page: Page, verdict: str = "keep") -> None:
    page.click("[data-capture-shutter]:enabled")
    page.click(f"dialog[open] [data-capture-{verdict}]")


def test_a_kept_picture_becomes_verified_and_leads_to_its_label(
    capture: Page, hospital: Hospital
) -> None:
    take(capture)
    capture.wait_for_selector(".shot[data-state='verified']")
    assert len(hospital.kept) == 1
    (upload,) = hospital.uploads.values()
    assert upload.details["source"] == "camera"
    assert upload.details["sensitivity"] == "ordinary"
    assert capture.inner_text("[data-capture-done]") == "Label it"
    capture.click("[data-capture-done]")
    capture.wait_for_url("**/after/")


def test_the_next_step_is_to_label_only_while_all_is_safe(
    capture: Page, hospital: Hospital
) -> None:
    done = capture.locator("[data-capture-done]")
    expect(done).to_have_text("Done")
    take(capture)
    expect(done).to_have_text("Label it")
    hospital.is_verifying = False
    take(capture)
    expect(done).to_have_text("Done")
    hospital.is_verifying = True
    expect(done).to_have_text("Label 2")


def test_nothing_is_left_on_the_device(capture: Page) -> None:
    take(capture)
    capture.wait_for_selector(".shot[data-state='verified']")
    nothing = {"storage": 0, "databases": 0, "caches": 0, "workers": 0}
    assert capture.evaluate(KEPT_ON_DEVICE) == nothing
    assert capture.locator(".shot canvas").count() == 0
    assert capture.get_attribute("[data-capture-review-image]", "src") is None


def test_a_still_is_asked_for_at_the_largest_size(page: Page, hospital: Hospital) -> None:
    page.add_init_script(LARGE_SENSOR)
    open_page(page, hospital)
    take(page)
    assert page.evaluate("window.asked") == {"imageWidth": 8000, "imageHeight": 6000}


def test_a_still_is_never_smaller_than_the_video(capture: Page) -> None:
    capture.click("[data-capture-shutter]:enabled")
    image = "document.querySelector('[data-capture-review-image]')"
    expect(capture.locator("[data-capture-review-image]")).not_to_have_js_property(
        "naturalWidth", 0
    )
    width = capture.evaluate("document.querySelector('video').videoWidth")
    assert capture.evaluate(f"{image}.naturalWidth") >= width


@pytest.mark.parametrize("verdict", ["retake", "discard"])
def test_a_picture_that_is_not_kept_is_not_sent(
    capture: Page, hospital: Hospital, verdict: str
) -> None:
    take(capture, verdict)
    capture.wait_for_selector("[data-capture-shutter]:focus")
    assert capture.locator(".shot").count() == 0
    assert not hospital.asks("PUT")


@pytest.mark.parametrize("key", [" ", "Enter"])
def test_space_and_enter_are_the_shutter(capture: Page, key: str) -> None:
    capture.locator("main").focus()
    capture.keyboard.press(key)
    capture.wait_for_selector("dialog[open] [data-capture-keep]:focus")
    capture.keyboard.press("Escape")
    capture.wait_for_selector("[data-capture-review]:not([open])", state="attached")
    assert capture.locator(".shot").count() == 0


def test_without_consent_the_shutter_says_what_is_missing(page: Page, hospital: Hospital) -> None:
    choices = [{"value": "", "label": "Choose"}, {"value": "verbal", "label": "In words"}]
    open_page(page, hospital, takes_consent=choices)
    page.click("[data-capture-shutter]:enabled")
    expect(page.locator(MESSAGE)).to_contain_text("how the patient agreed")
    assert page.locator("[data-capture-consent]:focus").count() == 1
    assert page.locator("dialog[open]").count() == 0
    page.select_option("[data-capture-consent]", "verbal")
    take(page)
    page.wait_for_selector(".shot[data-state='verified']")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ("NotAllowedError", "not allowed"),
        ("NotFoundError", "has no camera"),
        ("NotReadableError", "Another app"),
        ("UnknownError", "gave no picture"),
    ],
)
def test_no_camera_is_said_and_never_replaced_by_the_phones_own(
    page: Page, hospital: Hospital, error: str, sentence: str
) -> None:
    page.add_init_script(WITHOUT_CAMERA % error)
    open_page(page, hospital)
    expect(page.locator(MESSAGE)).to_contain_text(sentence)
    assert page.is_disabled("[data-capture-shutter]")
    assert page.locator("input[capture]").count() == 0


def test_an_insecure_address_is_said(page: Page, hospital: Hospital) -> None:
    page.add_init_script("delete Navigator.prototype.mediaDevices")
    open_page(page, hospital)
    expect(page.locator(MESSAGE)).to_contain_text("https")


def test_a_driver_that_takes_no_photo_gives_a_frame_of_the_video(
    page: Page, hospital: Hospital
) -> None:
    page.add_init_script(WITHOUT_PHOTOS)
    open_page(page, hospital)
    take(page)
    page.wait_for_selector(".shot[data-state='verified']")
    assert hospital.kept[0].startswith(b"\xff\xd8\xff")


def test_a_camera_without_a_torch_shows_none(capture: Page) -> None:
    assert capture.is_hidden("[data-capture-torch]")


def test_a_torch_is_switched(page: Page, hospital: Hospital) -> None:
    page.add_init_script(WITH_TORCH)
    open_page(page, hospital)
    page.click("[data-capture-torch]")
    page.wait_for_selector("[data-capture-torch][aria-pressed='true']")
    assert page.evaluate("window.asked.at(-1)") == {"advanced": [{"torch": True}]}


def test_a_ghost_lies_over_the_camera_and_fades(capture: Page) -> None:
    capture.click("[data-capture-ghost-open]")
    capture.click("[data-capture-ghost-choice='/ghost.jpg']")
    ghost = capture.locator("[data-capture-ghost]")
    ghost.wait_for()
    capture.locator("[data-capture-ghost-opacity]").fill("60")
    assert ghost.evaluate("(image) => image.style.opacity") == "0.6"
    capture.click("[data-capture-ghost-open]")
    capture.click("[data-capture-ghost-choice='']")
    assert ghost.is_hidden()


def test_the_grid_covers_the_picture(capture: Page) -> None:
    capture.click("[data-capture-grid-toggle]")
    aspect = "(grid) => grid.style.getPropertyValue('--frame-aspect')"
    shown = float(capture.locator("[data-capture-grid]").evaluate(aspect))
    video = capture.evaluate("(v => v.videoWidth / v.videoHeight)(document.querySelector('video'))")
    assert shown == pytest.approx(video)


def test_the_camera_rests_while_the_session_is_locked(capture: Page) -> None:
    capture.evaluate("window.track = document.querySelector('video').srcObject.getTracks()[0]")
    capture.evaluate("dispatchEvent(new Event('safelight:locked'))")
    assert capture.evaluate("track.readyState") == "ended"
    assert capture.is_disabled("[data-capture-shutter]")
    capture.evaluate("dispatchEvent(new Event('safelight:unlocked'))")
    capture.wait_for_selector("[data-capture-shutter]:enabled")


def test_leaving_is_asked_about_while_a_picture_is_not_safe(
    capture: Page, hospital: Hospital
) -> None:
    hospital.is_verifying = False
    take(capture)
    capture.wait_for_selector(".shot[data-state='sealed']")
    with capture.expect_event("dialog") as asked:
        capture.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    hospital.is_verifying = True
    capture.wait_for_selector(".shot[data-state='verified']")


def test_done_waits_for_the_last_picture_and_then_goes_on(
    capture: Page, hospital: Hospital
) -> None:
    hospital.is_verifying = False
    take(capture)
    capture.wait_for_selector(".shot[data-state='sealed']")
    capture.click("[data-capture-done]")
    expect(capture.locator(MESSAGE)).to_contain_text("still on its way")
    hospital.is_verifying = True
    capture.wait_for_url("**/after/")


def test_a_refused_picture_is_looked_at_and_sent_again(capture: Page, hospital: Hospital) -> None:
    hospital.faults.append(Fault(status=404, body={"sentence": "This record was merged."}))
    take(capture)
    capture.wait_for_selector(".shot[data-state='failed']")
    expect(capture.locator(MESSAGE)).to_have_text("This record was merged.")
    capture.click("[data-shot-open]")
    assert capture.inner_text("[data-capture-review-sentence]") == "This record was merged."
    assert capture.inner_text("[data-capture-keep]") == "Send again"
    capture.click("[data-capture-keep]")
    capture.wait_for_selector(".shot[data-state='verified']")
    expect(capture.locator(MESSAGE)).to_be_empty()


def test_a_refused_picture_can_be_discarded(capture: Page, hospital: Hospital) -> None:
    hospital.faults.append(Fault(status=422, body={"sentence": "No."}))
    take(capture)
    capture.wait_for_selector(".shot[data-state='failed']")
    capture.click("[data-shot-open]")
    capture.click("[data-capture-discard]")
    capture.wait_for_selector(".shot", state="detached")
    capture.close(run_before_unload=True)


def test_an_emergency_asks_for_a_reason_and_sends_it(page: Page, hospital: Hospital) -> None:
    asked = [("", "Choose"), ("verbal", "Agreed in words"), ("break-glass", "Emergency")]
    choices = [{"value": value, "label": label} for value, label in asked]
    open_page(page, hospital, takes_consent=choices)
    page.wait_for_selector("[data-capture-shutter]:enabled")
    reason = page.get_by_label("Why could the patient not be asked?")
    expect(reason).to_be_hidden()
    page.get_by_label("Patient agreed").select_option("break-glass")
    expect(reason).to_be_visible()

    reason.fill("urgent")
    page.click("[data-capture-shutter]")
    expect(page.locator(MESSAGE)).to_contain_text("why the patient could not be asked")
    expect(reason).to_be_focused()
    assert page.locator("dialog[open]").count() == 0

    reason.fill("Unconscious, nobody to ask")
    take(page)
    page.wait_for_selector(".shot[data-state='verified']")
    (upload,) = hospital.uploads.values()
    assert upload.details["consent_to_take"] == "break-glass"
    assert upload.details["emergency_reason"] == "Unconscious, nobody to ask"


def test_a_reason_is_not_sent_with_a_patient_who_agreed(page: Page, hospital: Hospital) -> None:
    choices = [{"value": "break-glass", "label": "Emergency"}, {"value": "verbal", "label": "Yes"}]
    open_page(page, hospital, takes_consent=choices)
    page.wait_for_selector("[data-capture-shutter]:enabled")
    page.get_by_label("Why could the patient not be asked?").fill("Unconscious, nobody to ask")
    page.get_by_label("Patient agreed").select_option("verbal")
    take(page)
    page.wait_for_selector(".shot[data-state='verified']")
    (upload,) = hospital.uploads.values()
    assert upload.details["emergency_reason"] == ""


def test_where_only_writing_will_do_the_page_says_how_to_get_it(
    page: Page, hospital: Hospital
) -> None:
    open_page(page, hospital, is_written_missing=True)
    asked = page.get_by_role("link", name="Ask for it first")
    assert (asked.get_attribute("href") or "").endswith("/ask/?before")
