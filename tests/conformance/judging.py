"""Whether an answer shows anything: the one judgement of every test that takes something back."""

from io import BytesIO
from zipfile import ZipFile

import pypdf
from pypdf.generic import DictionaryObject
from tests.conformance.product import Answer, shows_a_picture

PLAIN = {"Accept": "image/*"}
# What two persons open under lock was taken back before: taking back does not end it, time does.
UNDER_LOCK = {"privacy:kept_bytes"}


def shows(answer: Answer) -> bool:
    if answer.body.startswith(b"%PDF-"):
        return pictures_in(answer.body) > 0
    if answer.body.startswith(b"PK\x03\x04"):
        return any(
            name.startswith("pictures/") for name in ZipFile(BytesIO(answer.body)).namelist()
        )
    return not refuses(answer) and not leads_away(answer)


def refuses(answer: Answer) -> bool:
    """304 and 416 would say that what was kept is still good, or how long it is."""
    return not shows_a_picture(answer) and answer.status not in {200, 206, 304, 416}


def leads_away(answer: Answer) -> bool:
    """A page of its own (sign in, over) is no refusal by number, and shows nothing either."""
    is_page = answer.header("Content-Type").startswith("text/html")
    return not shows_a_picture(answer) and (is_page or 300 <= answer.status < 400)


def pictures_in(pdf: bytes) -> int:
    """Images of any size in any object; the codes on a copy are drawn, not photographed."""
    reader = pypdf.PdfReader(BytesIO(pdf))
    objects = (reader.get_object(number) for number in range(1, len(reader.xref[0])))
    return sum(
        isinstance(item, DictionaryObject) and item.get("/Subtype") == "/Image" for item in objects
    )
