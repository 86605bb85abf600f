"""Camera files carry what real ones do, so that the scrubber has something to find."""

from datetime import UTC, datetime
from io import BytesIO

import piexif
import pytest
from PIL import ExifTags, Image

from safelight.project.demo.drawing import BodyPicture, Skin, as_camera_jpeg, big_photograph, draw

TAKEN = datetime(2025, 3, 4, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def picture():
    return draw(BodyPicture(framing="forearm", skin=Skin(tone=4, seed=1)), (640, 480))


@pytest.fixture(scope="module")
def phone_file(picture):
    return as_camera_jpeg(
        picture,
        taken_at=TAKEN,
        make="Handheld",
        model="Phone 9",
        serial="SN-77",
        owner="Alice",
        position=(-33.8688, 151.2093),
    )


def test_a_camera_file_names_the_device_its_owner_and_the_time(phone_file):
    exif = Image.open(BytesIO(phone_file)).getexif()
    detail = exif.get_ifd(ExifTags.IFD.Exif)
    assert exif[ExifTags.Base.Model] == "Phone 9"
    assert detail[ExifTags.Base.BodySerialNumber] == "SN-77"
    assert detail[ExifTags.Base.CameraOwnerName] == "Alice"
    assert detail[ExifTags.Base.DateTimeOriginal] == "2025:03:04 09:30:00"


def test_a_camera_file_says_where_it_was_taken(phone_file):
    gps = Image.open(BytesIO(phone_file)).getexif().get_ifd(ExifTags.IFD.GPSInfo)
    degrees, minutes, seconds = gps[ExifTags.GPS.GPSLatitude]
    assert gps[ExifTags.GPS.GPSLatitudeRef] == "S"
    assert float(degrees + minutes / 60 + seconds / 3600) == pytest.approx(33.8688, abs=1e-4)


def test_a_camera_without_a_position_writes_none(picture):
    data = as_camera_jpeg(picture, taken_at=TAKEN)
    assert not Image.open(BytesIO(data)).getexif().get_ifd(ExifTags.IFD.GPSInfo)


def test_an_independent_reader_finds_the_maker_note_and_the_thumbnail(phone_file):
    found = piexif.load(phone_file)
    assert b"SN-77" in bytes(found["Exif"][piexif.ExifIFD.MakerNote])
    assert Image.open(BytesIO(found["thumbnail"])).size == (160, 120)


def test_the_same_call_gives_the_same_file(picture):
    assert as_camera_jpeg(picture, taken_at=TAKEN) == as_camera_jpeg(picture, taken_at=TAKEN)


def test_the_big_photograph_has_twelve_megapixels_and_about_four_megabytes():
    data = big_photograph()
    image = Image.open(BytesIO(data))
    assert image.width * image.height == pytest.approx(12e6, rel=0.02)
    assert len(data) == pytest.approx(4_000_000, rel=0.1)
    assert image.getexif().get_ifd(ExifTags.IFD.GPSInfo)


def test_big_photographs_of_other_seeds_differ():
    assert big_photograph(1, 300_000, seed=1) != big_photograph(1, 300_000, seed=2)
