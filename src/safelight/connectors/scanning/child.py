"""The process that looks: a picture in, rectangles out. It knows no patient and holds no key.

Started by `process.ChildScanner` as a program of its own, with an empty environment. A picture can
be made to break a decoder; whoever broke this one would find pixels that he had himself, no file
to write to and little memory.
"""

import argparse
import json
import os
import resource
import signal
import struct
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from safelight.connectors.scanning.offline import shut_off
from safelight.engines.imaging import ImageType, UnsupportedTypeError, probe
from safelight.engines.imaging.decode import load, open_picture, upright
from safelight.engines.imaging.reencode import eight_bits
from safelight.engines.recognition import Detection, Pixels
from safelight.engines.recognition.searching import Search
from safelight.vocabulary.errors import SafelightError

LENGTH = struct.Struct(">I")
# Bytes of address space, much of which libraries reserve and never use: 12 megapixels take 1.1
# thousand million, 100 megapixels 2.2.
MOST_MEMORY = 3_000_000_000
MOST_FILES = 64
IDLE_SECONDS = 300  # longer than the parent would use it
LONGEST_SECONDS = 120
GROUND = (128, 128, 128, 255)
FAILED = b"{}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Answer pictures until the parent is gone, or nothing was asked for five minutes."""
    parser = argparse.ArgumentParser(prog="safelight.connectors.scanning.child")
    parser.add_argument("--face-model", type=Path)
    parser.add_argument("--most-memory", type=int, default=MOST_MEMORY)
    parser.add_argument("--idle-seconds", type=int, default=IDLE_SECONDS)
    chosen = parser.parse_args(arguments)
    answers = _own_answers()
    confine(chosen.most_memory, chosen.idle_seconds)
    cv2.setNumThreads(1)  # detectors look side by side, each in a thread of its own
    search = Search(chosen.face_model)
    search.check(np.full((64, 64, 3), 255, np.uint8))  # loads what is loaded when first used
    _say(answers, b"ready")
    while (request := _next(sys.stdin.buffer)) is not None:
        # The kernel ends this process when the time is over, whatever library is at work.
        signal.alarm(LONGEST_SECONDS)
        _say(answers, _answer(search, *request))
        signal.alarm(chosen.idle_seconds)


def confine(most_memory: int, idle_seconds: int) -> None:
    """Give up what is not needed: memory beyond a bound, core dumps, files, network, priority."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, whose end ends us
    signal.alarm(idle_seconds)
    for what, most in (
        (resource.RLIMIT_AS, most_memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, MOST_FILES),
    ):
        resource.setrlimit(what, (most, most))
    shut_off()
    os.nice(2)


def _own_answers() -> BinaryIO:
    """Where answers go; what a library prints goes nowhere, and cannot be taken for an answer."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    return answers


def _next(source: BinaryIO) -> tuple[str, int, bytes] | None:
    """The next look, orientation and picture; None when the parent is gone."""
    head = _message(source)
    picture = _message(source) if head else None
    if head is None or picture is None:
        return None
    wish = json.loads(head)
    return str(wish["look"]), int(wish["orientation"]), picture


def _message(source: BinaryIO) -> bytes | None:
    length = source.read(LENGTH.size)
    if len(length) < LENGTH.size:
        return None
    (size,) = LENGTH.unpack(length)
    message = source.read(size)
    return message if len(message) == size else None


def _answer(search: Search, look: str, orientation: int, picture: bytes) -> bytes:
    """What was found, as JSON; an empty object if that cannot be known."""
    try:
        pixels = upright_pixels(picture, orientation)
        found = looks_of(search)[look](pixels)
    except (KeyError, SafelightError, MemoryError, OSError, ValueError):
        return FAILED
    height, width = pixels.shape[:2]
    listed = [_listed(item) for item in found]
    return json.dumps({"width": width, "height": height, "detections": listed}).encode()


def looks_of(search: Search) -> Mapping[str, Callable[[Pixels], Sequence[Detection]]]:
    """What each look is called by who asks for it (`safelight.redaction.ports.Look`)."""
    return {
        "first": search.first,
        "closer": search.closer,
        "propose": search.propose,
        "check": search.check,
    }


def _listed(item: Detection) -> list[str | int | float]:
    place = item.region
    box = (place.left, place.top, place.width, place.height)
    return [item.kind.value, *box, round(item.confidence, 3), item.detector]


def upright_pixels(picture: bytes, orientation: int) -> NDArray[np.uint8]:
    """Upright RGB of a JPEG or PNG within the usual bounds. Raises ImagingError."""
    shape = probe(picture)
    if shape.type not in (ImageType.JPEG, ImageType.PNG):
        raise UnsupportedTypeError
    image = open_picture(picture, shape)
    load(image)
    return np.asarray(_rgb(upright(image, orientation)), np.uint8)


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        return eight_bits(image).convert("RGB")
    if image.mode in ("LA", "PA", "RGBA") or "transparency" in image.info:
        ground = Image.new("RGBA", image.size, GROUND)
        return Image.alpha_composite(ground, image.convert("RGBA")).convert("RGB")
    return image.convert("RGB")


def _say(answers: BinaryIO, message: bytes) -> None:
    answers.write(LENGTH.pack(len(message)) + message)
    answers.flush()


if __name__ == "__main__":
    main()
