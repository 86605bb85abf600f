"""Pictures that are small as files and large in memory, sent together."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from PIL import Image

from safelight.engines.imaging import reencode, scrub
from safelight.engines.imaging.decode import decode


def cmyk(seed: int) -> bytes:
    out = io.BytesIO()
    Image.new("CMYK", (600, 400), (seed, 20, 30, 40)).save(out, "JPEG")
    return out.getvalue()


def test_one_picture_at_a_time_is_decoded_to_be_written_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lock, together, most = threading.Lock(), [0], [0]

    def counted(*args: Any) -> Image.Image:
        with lock:
            together[0] += 1
            most[0] = max(most[0], together[0])
        image = decode(*args)
        image.resize((3_000, 2_000))  # takes a while, in which the others would come
        with lock:
            together[0] -= 1
        return image

    monkeypatch.setattr(reencode, "decode", counted)
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(scrub, map(cmyk, range(8))))
    assert most == [1]
    assert {item.media_type for item in made} == {"image/jpeg"}
    assert not any(item.lossless for item in made)
