"""Copies to set: Greta's decision for Pablo, in each shipped language."""

import io
import math
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import numpy as np
import yaml
from PIL import Image

from safelight.engines.documents import (
    ConsentCopy,
    CopyPicture,
    CopySigner,
    CopyStatement,
    CopyUse,
    Labels,
)

WORDS = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text(encoding="utf-8"))
LANGUAGES = tuple(WORDS)

NOW = datetime(2031, 3, 2, 10, 30, tzinfo=UTC)
PHONE = "+1 555 010 0100"
PORTAL_URL = "https://photos.st-mary.example/my/7Q4K2M9XTR"
CODE = "7Q4K-2M9X-TRVA"
STROKES = (
    tuple((0.05 + t / 70, 0.5 + 0.35 * math.sin(t / 3) * math.exp(-t / 60)) for t in range(60)),
    ((0.1, 0.85), (0.9, 0.8)),
    ((0.95, 0.2),),
)


def skin(number=0, size=(512, 384), file_format="WEBP"):
    """A picture of nobody: a soft gradient in the colour of skin with a darker spot."""
    width, height = size
    y, x = np.mgrid[0:height, 0:width]
    spot = np.hypot(x - width / 2, y - height * (0.3 + 0.08 * number)) < height / 6
    light = 0.75 + 0.25 * x / width - 0.25 * spot
    pixels = light[..., None] * np.array([224, 172, 138])
    file = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(file, file_format)
    return file.getvalue()


def a_picture(number, label, is_included, decision, **changes):
    given = {
        "label": label,
        "is_included": is_included,
        "decision": decision,
        "sha256": sha256(label.encode()).hexdigest(),
        "thumbnail": skin(number),
    }
    return CopyPicture(**given | changes)


def a_signer(words, strokes=(), typed=""):
    name, role, authority, signed_at, meaning = words
    return CopySigner(
        name=name,
        role=role,
        authority=authority,
        signed_at=signed_at,
        meaning=meaning,
        strokes=strokes,
        typed=typed,
    )


def a_use(number, words):
    title, who_sees, decision, is_permitted, until = words
    return CopyUse(
        title=title,
        who_sees=who_sees,
        decision=decision,
        is_permitted=is_permitted,
        until=until,
        agreement_code=f"C-2031-{number:04}",
    )


def a_copy(language="en", **changes):
    words = WORDS[language]
    given = {
        "language": language,
        "created_at": NOW,
        "title": words["title"],
        "institution": "St Mary's Hospital",
        "contact_name": words["contact_name"],
        "contact_phone": PHONE,
        "how_to_withdraw": words["how_to_withdraw"],
        "cannot_be_called_back": tuple(words["cannot_be_called_back"]),
        "statements": tuple(CopyStatement(heading=h, text=t) for h, t in words["statements"]),
        "uses": tuple(a_use(*numbered) for numbered in enumerate(words["uses"], 1)),
        "pictures": tuple(a_picture(n, *rest) for n, rest in enumerate(words["pictures"])),
        "people": (
            a_signer(words["signer"], strokes=STROKES),
            a_signer(words["assent"], typed=words["assent"][0]),
        ),
        "validity": words["validity"],
        "portal_url": PORTAL_URL,
        "verify_url": "https://photos.st-mary.example/check",
        "verification_code": CODE,
        "record_sha256": sha256(b"record").hexdigest(),
        "labels": Labels(**words["labels"]),
    }
    return ConsentCopy(**given | changes)
