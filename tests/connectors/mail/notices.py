"""Notices as the tests start from them."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from safelight.vocabulary.notices import WITHOUT_LINK, Notice, NoticeKind

RHEA = "rhea@clinic.example"
ORIGIN = "https://pictures.hospital.example"
ENDS = datetime(2026, 6, 9, 18, 30, tzinfo=ZoneInfo("Europe/Paris"))


def notice(kind: NoticeKind = NoticeKind.PICTURES_SHARED, **changes: Any) -> Notice:
    link = {} if kind in WITHOUT_LINK else {"path": "/share/7Qm2/", "ends_at": ENDS}
    usual = {
        "kind": kind,
        "language": "en",
        "recipient": RHEA,
        "institution": "Harbour Hospital",
        "phone": "+33 1 23 45 67 89",
    }
    return Notice(**{**usual, **link, **changes})
