"""Mark pictures, spoil them, and count how often the recipient is named.

`python -m tests.evaluation.watermarks --write` brings the tables of the document up to date.
"""

import argparse
import io
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from skimage import data
from skimage.metrics import peak_signal_noise_ratio, structural_similarity
from tests.evaluation.plates import plate

from safelight.engines.watermark import Pixels, TooSmall, burn, embed, read, visible
from safelight.engines.watermark.words import SLOTS, received

PAGE = Path(__file__).parents[2] / "docs" / "design" / "watermarks.md"
KEY = sha256(b"the evaluation's key").digest()
TEXT = "Rhea Roe · 2026-03-09 10:11"
SIDE = 1600
SERVED = 85  # JPEG quality of what is streamed
PHOTOGRAPHS = ("astronaut", "chelsea", "coffee")
DRAWN = (0, 7, 3, 8, 5)  # light, dark, between, through a dermatoscope
WORKERS = 2

Attack = Callable[[Pixels], Pixels]


def burned(pixels: Pixels, payload: int) -> Pixels:
    """As it is streamed: both marks, then a JPEG."""
    marked = burn(pixels, TEXT, payload, KEY)
    assert not isinstance(marked, TooSmall)
    return pressed(marked, SERVED)


def encoded(pixels: Pixels, quality: int) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=quality)
    return out.getvalue()


def pressed(pixels: Pixels, quality: int) -> Pixels:
    with Image.open(io.BytesIO(encoded(pixels, quality))) as image:
        return np.array(image, np.uint8)


def scaled(pixels: Pixels, by: float, filtered: Image.Resampling) -> Pixels:
    size = round(pixels.shape[1] * by), round(pixels.shape[0] * by)
    return np.array(Image.fromarray(pixels).resize(size, filtered), np.uint8)


def cropped(pixels: Pixels, part: float) -> Pixels:
    """Without `part` of each side's length, more of it from the left and from the top."""
    height, width = pixels.shape[:2]
    top, left = round(height * part * 0.7), round(width * part * 0.6)
    return pixels[top : top + round(height * (1 - part)), left : left + round(width * (1 - part))]


def on_a_screen(pixels: Pixels, ratio: float) -> Pixels:
    """Fitted into a dark page of 1280 x 720 points on a screen of so many pixels to a point."""
    page = np.full((round(720 * ratio), round(1280 * ratio), 3), 34, np.uint8)
    fits = 600 * ratio / pixels.shape[0]
    shown = scaled(pixels, fits, Image.Resampling.BILINEAR)
    top, left = round(80 * ratio), (page.shape[1] - shown.shape[1]) // 2
    page[top : top + shown.shape[0], left : left + shown.shape[1]] = shown
    return page


def turned(pixels: Pixels, degrees: float) -> Pixels:
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return np.asarray(cv2.warpAffine(pixels, matrix, (width, height)), np.uint8)


def photographed(pixels: Pixels) -> Pixels:
    """A screen photographed by a careful hand: a degree of turn, a little from the side, blurred,
    brighter in the middle tones, with noise."""
    height, width = pixels.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = corners + np.array([[9, 6], [-11, 2], [-3, -8], [6, -1]], np.float32)
    bend = cv2.getPerspectiveTransform(corners, moved)
    seen = cv2.warpPerspective(turned(pixels, 1.0), bend, (width, height))
    bright = 255 * (cv2.GaussianBlur(seen, (0, 0), 1.0) / 255) ** 0.85
    noisy = bright + np.random.default_rng(1).normal(0, 3, bright.shape)
    return pressed(np.clip(noisy, 0, 255).astype(np.uint8), 80)


def smoothed(pixels: Pixels) -> Pixels:
    return pressed(np.asarray(cv2.medianBlur(pixels, 5), np.uint8), 75)


def _attacks() -> Iterator[tuple[str, Attack]]:
    yield "as it is streamed (JPEG 85)", lambda pixels: pixels
    for quality in (95, 75, 50):
        yield f"JPEG {quality} once more", partial(pressed, quality=quality)
    for name in ("BILINEAR", "BOX", "BICUBIC", "LANCZOS"):
        resampling = Image.Resampling[name]
        yield f"half the size, {name.lower()}", partial(scaled, by=0.5, filtered=resampling)
    half = partial(scaled, by=0.5, filtered=Image.Resampling.BILINEAR)
    quarter = partial(scaled, by=0.25, filtered=Image.Resampling.BOX)
    yield "**half the size, JPEG 75**", lambda pixels: pressed(half(pixels), 75)
    yield "a quarter of the size", quarter
    yield "a quarter of the size, JPEG 75", lambda pixels: pressed(quarter(pixels), 75)
    yield "10 % cropped", partial(cropped, part=0.10)
    yield "25 % cropped", partial(cropped, part=0.25)
    yield (
        "25 % cropped, half the size, JPEG 75",
        lambda pixels: pressed(half(cropped(pixels, 0.25)), 75),
    )
    yield "50 % cropped", partial(cropped, part=0.50)
    for ratio in (1.0, 2.0):
        yield (
            f"screenshot with a page around it, {ratio:g} pixels a point",
            partial(on_a_screen, ratio=ratio),
        )
    yield "turned by 1 degree", partial(turned, degrees=1.0)
    yield "photographed from a screen (simulated)", photographed
    yield (
        "photographed, half the size, JPEG 75",
        lambda pixels: pressed(half(photographed(pixels)), 75),
    )
    yield "smoothed on purpose (median of 5), JPEG 75", smoothed


# Read as a whole, at whatever size; the others are searched for.
WHOLE = ("as it is", "JPEG", "half", "**half", "a quarter", "smoothed")
ATTACKS: Mapping[str, Attack] = dict(_attacks())


def _photograph(name: str) -> Pixels:
    pixels = getattr(data, name)()
    return scaled(pixels, SIDE / max(pixels.shape), Image.Resampling.LANCZOS)


def _flat(level: int) -> Pixels:
    return np.full((SIDE * 3 // 4, SIDE, 3), level, np.uint8)


def _noise() -> Pixels:
    return np.random.default_rng(0).integers(0, 256, (SIDE * 3 // 4, SIDE, 3), np.uint8)


# The kind of each picture, and how it is made; the longer side has 1600 pixels.
PICTURES: Sequence[tuple[str, Callable[[], Pixels]]] = (
    *(("drawn skin", partial(plate, seed, (SIDE, SIDE * 3 // 4))) for seed in DRAWN),
    *(("photographs", partial(_photograph, name)) for name in PHOTOGRAPHS),
    *(("flat or noise", partial(_flat, level)) for level in (8, 128, 255)),
    ("flat or noise", _noise),
)


def pictures() -> Iterator[tuple[str, Pixels]]:
    return ((kind, make()) for kind, make in PICTURES)


KINDS = ("drawn skin", "photographs", "flat or noise")


@dataclass(frozen=True)
class Outcome:
    right: bool
    wrong: bool
    seconds: float


@dataclass
class Named:
    pictures: int = 0
    right: int = 0
    wrong: int = 0
    longest: float = 0.0

    def count(self, outcome: Outcome) -> None:
        self.pictures += 1
        self.right += outcome.right
        self.wrong += outcome.wrong
        self.longest = max(self.longest, outcome.seconds)


def try_attacks() -> dict[str, dict[str, Named]]:
    rows = {name: {kind: Named() for kind in KINDS} for name in ATTACKS}
    with ProcessPoolExecutor(WORKERS) as workers:
        for done in workers.map(attacked, range(len(PICTURES))):
            for name, kind, outcome in done:
                rows[name][kind].count(outcome)
    return rows


def attacked(number: int) -> list[tuple[str, str, Outcome]]:
    """All that is done to one picture."""
    cv2.setNumThreads(1)
    kind, make = PICTURES[number]
    pixels = make()
    payload = int(np.random.default_rng(number).integers(0, 2**48))
    streamed = burned(pixels, payload)
    done = []
    for name, attack in ATTACKS.items():
        began = time.process_time()
        found = read(attack(streamed), KEY, search=not name.startswith(WHOLE)).payload
        seconds = time.process_time() - began
        outcome = Outcome(found == payload, found not in {payload, None}, seconds)
        done.append((name, kind, outcome))
    print(f"picture {number} of {len(PICTURES)}", file=sys.stderr, flush=True)
    return done


def table(rows: Mapping[str, Mapping[str, Named]]) -> str:
    lines = [
        f"| what was done to it | {' | '.join(KINDS)} | a wrong name | most seconds |",
        "|---|" + "---:|" * (len(KINDS) + 2),
    ]
    for name, cells in rows.items():
        right = (f"{cells[kind].right} of {cells[kind].pictures}" for kind in KINDS)
        wrong = sum(cell.wrong for cell in cells.values())
        longest = max(cell.longest for cell in cells.values())
        lines.append(f"| {name} | {' | '.join(right)} | {wrong} | {longest:.1f} |")
    return "\n".join(lines)


def looks() -> str:
    """How far the marks change what is seen, before any JPEG."""
    lines = ["| kind | mark | PSNR, dB | SSIM | pixels that change |", "|---|---|---:|---:|---:|"]
    seen: dict[tuple[str, str], list[tuple[float, float, float]]] = {}
    for kind, pixels in pictures():
        unseen, shown = embed(pixels, 2**47 - 1, KEY), visible(pixels, TEXT)
        for mark, marked in (("not seen", unseen), ("visible", shown)):
            assert not isinstance(marked, TooSmall)
            seen.setdefault((kind, mark), []).append(
                (
                    float(peak_signal_noise_ratio(pixels, marked)),
                    float(structural_similarity(pixels, marked, channel_axis=2)),
                    float((pixels != marked).any(axis=2).mean()),
                )
            )
    for (kind, mark), values in seen.items():
        signal, alike, share = np.mean(values, axis=0)
        lines.append(f"| {kind} | {mark} | {signal:.1f} | {alike:.3f} | {share:.0%} |")
    return "\n".join(lines)


def cost() -> str:
    """Processor time of one opening, the least of five: words that were never set, both marks."""
    lines = [
        "| picture | visible | not seen | JPEG 85 | together | JPEG without marks |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for width, height in ((1600, 1200), (2400, 1800)):
        pixels = plate(3, (width, height))
        shown = visible(pixels, TEXT)
        assert not isinstance(shown, TooSmall)
        both = embed(shown, 1, KEY)
        assert not isinstance(both, TooSmall)
        texts = iter(f"Rhea Roe · 2026-03-09 10:{minute:02}:{width}" for minute in range(60))
        marking = (
            least_time(partial(_next_words, pixels, texts)),
            least_time(partial(embed, shown, 1, KEY)),
            least_time(partial(encoded, both, SERVED)),
        )
        plain = least_time(partial(encoded, pixels, SERVED))
        parts = (*marking, sum(marking), plain)
        cells = " | ".join(f"{1000 * seconds:.0f} ms" for seconds in parts)
        lines.append(f"| {width} x {height} | {cells} |")
    return "\n".join(lines)


def _next_words(pixels: Pixels, texts: Iterator[str]) -> None:
    visible(pixels, next(texts))


def least_time(step: Callable[[], object]) -> float:
    times = []
    for _ in range(5):
        began = time.process_time()
        step()
        times.append(time.process_time() - began)
    return min(times)


def false_names(readings: int, searches: int, codes: int) -> str:
    """Pictures that carry nothing or another hospital's mark, and noise where the code would be."""
    keys = (sha256(b"key %d" % number).digest() for number in range(10**9))
    plain = [pixels for _, pixels in pictures()]
    marked = [burned(pixels, 7) for pixels in plain]
    lines = [
        "| what was read | readings | names given | highest confidence |",
        "|---|---:|---:|---:|",
    ]
    for name, source in (("unmarked", plain), ("marked with another key", marked)):
        for way, count, search in (("whole", readings, False), ("searched", searches, True)):
            found = [
                read(source[number % len(source)], next(keys), search=search)
                for number in range(count)
            ]
            named = sum(reading.payload is not None for reading in found)
            highest = max(reading.confidence for reading in found)
            lines.append(f"| {name}, {way} | {count} | {named} | {highest:.1f} |")
    noise = np.random.default_rng(2)
    named = sum(
        received(noise.normal(size=SLOTS).astype(np.float32), KEY) is not None for _ in range(codes)
    )
    lines.append(f"| the code alone, on noise | {codes} | {named} | |")
    return "\n".join(lines)


def write(name: str, text: str) -> None:
    between = re.compile(rf"(?<=<!-- {name} -->\n).*?(?=\n<!-- end of {name} -->)", re.DOTALL)
    PAGE.write_text(between.sub(lambda _: text, PAGE.read_text()))


PARTS: Mapping[str, Callable[[], str]] = {
    "cost": cost,
    "looks": looks,
    "false names": lambda: false_names(200, 4, 20_000),
    "attacks": lambda: table(try_attacks()),
}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.evaluation.watermarks", description=__doc__
    )
    parser.add_argument("--only", nargs="+", choices=PARTS, default=tuple(PARTS), help="some parts")
    parser.add_argument("--write", action="store_true", help="write the tables into the document")
    args = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    for part in args.only:
        text = PARTS[part]()
        print(f"\n{text}\n", flush=True)
        if args.write:
            write(part, text)


if __name__ == "__main__":
    main()
