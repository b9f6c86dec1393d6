"""Reused pictures: what is found again, what is mistaken, and what a look costs: `python -m benchmarks.likeness`.

A seeded set of drawn pictures is changed in the ways in which pictures are reused, and each copy is looked for among
all originals. Recall is how many copies lead to their original; a false alarm is any other picture that is named. The
cost is CPU time of one look among 100,000 pictures, whose fingerprints are drawn ones with many bits turned over.

Environment: PORTAL_TEST_PHOTOS, a folder of photos that are tried in the same way.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageOps, UnidentifiedImageError

from benchmarks.reuse import WAYS
from portal.imaging.likeness import ROW, SIDE, prints_of
from portal.imaging.likeness_index import SAME_AT_MOST, LikenessIndex

PICTURES, SEED = 120, 20261129
MANY = 100_000
LOOKS = 40


def main() -> None:
    """Measure and print both tables, then the cost."""
    drawn = [draw(number) for number in range(PICTURES)]
    print(f"{PICTURES} drawn pictures, seed {SEED}")
    _told(drawn)
    photos = _given_photos()
    if photos:
        print(f"\n{len(photos)} photos of PORTAL_TEST_PHOTOS")
        _told(photos)
    print()
    _cost([prints(picture) for picture in drawn])


def prints(picture: Image.Image) -> bytes:
    """As the confined child presses it."""
    return prints_of(picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX).tobytes())


def _told(pictures: list[Image.Image]) -> None:
    index = LikenessIndex()
    known = [prints(picture) for picture in pictures]
    for key, each in enumerate(known):
        index.add(key, each)
    among = sum(1 for key, each in enumerate(known) for found in index.alike(each) if found.key != key)
    print(f"{'way':24}{'found':>8}{'of':>6}{'recall':>9}{'false':>7}")
    for name, way in WAYS.items():
        found, false = _looked_for(pictures, index, way)
        print(f"{name:24}{found:>8}{len(pictures):>6}{found / len(pictures):>9.1%}{false:>7}")
    pairs = len(pictures) * (len(pictures) - 1)
    print(f"among the originals: {among} false alarms in {pairs} ordered pairs")


def _looked_for(
    pictures: list[Image.Image], index: LikenessIndex, way: Callable[[Image.Image], Image.Image]
) -> tuple[int, int]:
    found = false = 0
    for key, picture in enumerate(pictures):
        named = {alike.key for alike in index.alike(prints(way(picture)))}
        found += key in named
        false += len(named - {key})
    return found, false


def _cost(drawn: list[bytes]) -> None:
    rng = np.random.default_rng(SEED)
    index = LikenessIndex()
    for key in range(MANY):
        index.add(key, _turned_over(drawn[key % len(drawn)], rng))
    index.alike(drawn[0])
    start = time.process_time()
    for number in range(LOOKS):
        index.alike(drawn[number % len(drawn)])
    look = (time.process_time() - start) * 1000 / LOOKS
    planes = [np.frombuffer(rng.bytes(SIDE * SIDE * 3), np.uint8).tobytes() for _ in range(10)]
    start = time.process_time()
    for plane in planes:
        prints_of(plane)
    fingerprint = (time.process_time() - start) * 1000 / len(planes)
    print(
        f"one look among {len(index):,} pictures: {look:.1f} ms CPU; taking fingerprints: {fingerprint:.1f} ms"
    )


def _turned_over(each: bytes, rng: np.random.Generator) -> bytes:
    """The fingerprints of another picture of the same family: about 12 bits of 64 and 70 of 256 are different."""
    rows = np.frombuffer(each, ROW).copy()
    flips = rng.random(64) < 0.19
    rows["difference"] ^= np.packbits(flips).view(">u8")[0]
    rows["pdq"] ^= np.packbits(rng.random(256) < 0.36)
    return rows.tobytes()


def draw(number: int) -> Image.Image:
    """A picture with the statistics of a photograph: soft light, grain at every scale, things in front."""
    rng = np.random.default_rng((SEED, number))
    width, height = 960, 720
    grain = np.zeros((height, width, 3), np.float32)
    for cells in (3, 6, 12, 24, 48, 96):
        size = (cells * 4 // 3, cells)
        noise = rng.normal(0, 90 / cells**0.6, (size[1], size[0], 3)).astype(np.float32)
        layers = [
            np.asarray(Image.fromarray(noise[:, :, band]).resize((width, height), Image.Resampling.BICUBIC))
            for band in range(3)
        ]
        grain += np.stack(layers, axis=2)
    light = np.linspace(rng.uniform(60, 200), rng.uniform(20, 160), height, dtype=np.float32)[:, None, None]
    picture = Image.fromarray(np.clip(grain + light, 0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(picture)
    for _ in range(int(rng.integers(5, 16))):
        x, y = rng.integers(0, width), rng.integers(height // 5, height)
        w, h = rng.integers(40, 320), rng.integers(40, 320)
        colour = tuple(int(value) for value in rng.integers(0, 256, 3))
        box = (int(x - w // 2), int(y - h // 2), int(x + w // 2), int(y + h // 2))
        (pen.rectangle if rng.random() < 0.6 else pen.ellipse)(box, fill=colour)
    return picture


def _given_photos() -> list[Image.Image]:
    folder = os.environ.get("PORTAL_TEST_PHOTOS")
    photos: list[Image.Image] = []
    seen = LikenessIndex()
    for path in sorted(Path(folder).iterdir()) if folder else []:
        try:
            with Image.open(path) as image:
                image.draft("RGB", (1600, 1600))
                upright = ImageOps.exif_transpose(image).convert("RGB")
        except (UnidentifiedImageError, OSError):
            continue
        upright.thumbnail((1600, 1600))
        if not any(
            each.distance <= SAME_AT_MOST for each in seen.alike(prints(upright))
        ):  # in another format
            seen.add(len(photos), prints(upright))
            photos.append(upright)
    return photos


if __name__ == "__main__":
    main()
