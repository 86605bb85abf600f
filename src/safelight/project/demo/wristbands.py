"""Wristbands to hold before a camera: one file per patient, and a sheet of paper with all of them."""

from pathlib import Path

from django.conf import settings
from PIL import Image

from safelight.project.demo.drawing.wristband import DENSITY, label
from safelight.project.demo.hospital import PATIENTS, DemoPatient

SHEET = (round(21.0 * DENSITY), round(29.7 * DENSITY))  # A4, in pixels
DOTS_PER_INCH = round(2.54 * DENSITY)
MARGIN = DENSITY


def wristband_directory() -> Path:
    return Path(settings.SAFELIGHT_HOME) / "wristbands"


def print_wristbands() -> None:
    """Write them as PNG files, named by hospital number; `all.png` is the sheet."""
    directory = wristband_directory()
    directory.mkdir(exist_ok=True)
    bands = {patient.number: _band(patient) for patient in PATIENTS}
    for number, band in bands.items():
        _save(band, directory / f"{number}.png")
    _save(_sheet(list(bands.values())), directory / "all.png")


def _band(patient: DemoPatient) -> Image.Image:
    return label(patient.printed_name, patient.born.isoformat(), patient.number)


def _sheet(bands: list[Image.Image]) -> Image.Image:
    """Two columns, from the top."""
    sheet = Image.new("L", SHEET, 255)
    for place, band in enumerate(bands):
        row, column = divmod(place, 2)
        left = MARGIN + column * (band.width + MARGIN // 2)
        sheet.paste(band, (left, MARGIN + row * (band.height + MARGIN)))
    return sheet


def _save(image: Image.Image, path: Path) -> None:
    image.save(path, dpi=(DOTS_PER_INCH, DOTS_PER_INCH))
