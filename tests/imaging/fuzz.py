"""Photos damaged at random, by a seed: `python -m tests.imaging.fuzz --count 100000 --seed 1`.

Each goes through the darkroom as an upload does. Whatever comes back must be a verdict or a counted crash; what is
served must be strictly parsed to its last byte, and must not be what was sent.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from PIL import Image, ImageCms

from portal.imaging.darkroom import Darkroom
from portal.imaging.developed import PhotoCrashed, PhotoRefused
from tests.imaging.drawn import encoded, picture
from tests.imaging.strict import assert_strict

STRUCTURE = (b"\xff\xd8", b"\xff\xd9", b"\xff\xda", b"\xff\xc2", b"\xff\xe1", b"IHDR", b"IDAT", b"acTL", b"iCCP",
             b"eXIf", b"VP8X", b"ALPH", b"EXIF", b"ftyp", b"meta", b"iloc", b"ispe", b"ipma", b"grid", b"mdat")  # fmt: skip
NUMBERS = (
    b"\0",
    b"\xff",
    b"\x7f",
    b"\x80",
    b"\0\0\0\0",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\0\1",
    b"\xff\xfe",
)


def seeds() -> dict[str, bytes]:
    """A small whole photo of every kind and make."""
    small, exif = picture(64, 48), Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "maker"
    exif.get_ifd(0x8825)[2] = (30.0, 34.0, 22.0)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return {
        "jpeg": encoded(small, exif=exif, icc_profile=profile),
        "progressive": encoded(small, progressive=True, comment=b"a comment"),
        "grey": encoded(small.convert("L")),
        "ink": encoded(small.convert("CMYK")),
        "several": encoded(small, "MPO", save_all=True, append_images=[picture(40, 40)]),
        "png": encoded(small, "PNG", exif=exif, icc_profile=profile),
        "palette": encoded(small.quantize(16), "PNG", transparency=0),
        "webp": encoded(small, "WEBP", exif=exif),
        "lossless": encoded(small.convert("RGBA"), "WEBP", lossless=True),
        "heic": encoded(small, "HEIC", exif=exif, icc_profile=profile),
        "tiled": encoded(picture(160, 128), "HEIC", tile_size=64),
        "avif": encoded(small, "AVIF", exif=exif, icc_profile=profile),
        "clear": encoded(small.convert("RGBA"), "AVIF"),
    }


def damaged(data: bytes, *, chance: random.Random) -> bytes:
    """The file with one to six things wrong with it."""
    body = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        if not body:
            break
        # Half of the harm is done to the head, where the structure is.
        at = chance.randrange(min(len(body), 400) if chance.random() < 0.5 else len(body))
        HARMS[chance.randrange(len(HARMS))](body, at, chance)
    return bytes(body)


def _flip(body: bytearray, at: int, chance: random.Random) -> None:
    body[at] ^= 1 << chance.randrange(8)


def _replace(body: bytearray, at: int, chance: random.Random) -> None:
    with_what = chance.choice((*STRUCTURE, *NUMBERS, chance.randbytes(chance.randrange(1, 9))))
    body[at : at + len(with_what)] = with_what


def _insert(body: bytearray, at: int, chance: random.Random) -> None:
    body[at:at] = chance.choice((*STRUCTURE, *NUMBERS, chance.randbytes(chance.randrange(1, 60))))


def _remove(body: bytearray, at: int, chance: random.Random) -> None:
    del body[at : at + chance.randrange(1, 80)]


def _repeat(body: bytearray, at: int, chance: random.Random) -> None:
    body[at:at] = bytes(body[at : at + chance.randrange(1, 400)]) * chance.randrange(1, 5)


def _cut(body: bytearray, at: int, _chance: random.Random) -> None:
    del body[at:]


def _move(body: bytearray, at: int, chance: random.Random) -> None:
    part = bytes(body[at : at + chance.randrange(1, 120)])
    del body[at : at + len(part)]
    there = chance.randrange(len(body) + 1)
    body[there:there] = part


HARMS = (_flip, _flip, _replace, _replace, _replace, _insert, _remove, _repeat, _cut, _move)


def judged(room: Darkroom, path: Path, data: bytes) -> str:
    """What became of these bytes. Whatever it raises is a fault of the portal."""
    path.write_bytes(data)
    try:
        done = room.develop(path)
    except PhotoRefused as refused:
        return refused.refusal.value
    except PhotoCrashed:
        return "crashed"
    for rendition in done.renditions:
        assert_strict(rendition)
        assert rendition.data != data, "what was sent is served"
    return "developed"


class Run:
    """A number of damaged photos, shared by some threads; the same photos whatever the number of threads."""

    def __init__(self, *, seed: int, count: int) -> None:
        self.outcomes: Counter[str] = Counter()
        self.crashed: list[int] = []
        self._seed, self._count, self._next, self._lock = seed, count, 0, threading.Lock()
        self._kinds = list(seeds().items())

    def photo(self, number: int) -> bytes:
        """The photo of this number."""
        chance = random.Random(f"{self._seed}/{number}")
        return damaged(self._kinds[number % len(self._kinds)][1], chance=chance)

    def work(self, room: Darkroom, path: Path) -> None:
        """Judge photos until none is left."""
        while True:
            with self._lock:
                number, self._next = self._next, self._next + 1
            if number >= self._count:
                return
            outcome = judged(room, path, self.photo(number))
            with self._lock:
                self.outcomes[outcome] += 1
                if outcome == "crashed":
                    self.crashed.append(number)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--count", type=int, default=100_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--children", type=int, default=os.cpu_count() or 1)
    how = asked.parse_args()
    run, failures, began = Run(seed=how.seed, count=how.count), [], time.monotonic()

    def work(path: Path) -> None:
        try:
            run.work(room, path)
        except BaseException as error:
            failures.append(error)
            raise

    with tempfile.TemporaryDirectory() as folder, Darkroom(children=how.children) as room:
        threads = [threading.Thread(target=work, args=(Path(folder) / str(n),)) for n in range(how.children)]
        for thread in threads:
            thread.start()
        while working := [thread for thread in threads if thread.is_alive()]:
            working[0].join(timeout=30)
            said = ", ".join(f"{count} {what}" for what, count in run.outcomes.most_common())
            print(
                f"{sum(run.outcomes.values())} of {how.count} in {time.monotonic() - began:.0f} s: {said}",
                flush=True,
            )
    print(f"crashed: {sorted(run.crashed)[:50]}; uncaught: {len(failures)}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
