"""CPU time of one photo's intake: `python -m benchmarks.intake`.

Compares, in one run and over the same photos: the bare full decode of the JPEG (the floor), our confined
intake with all its renditions, and sharp making the same sizes and formats with one thread.

Environment: PORTAL_TEST_PHOTOS, a folder of JPEG photos (else two are drawn); BENCH_NODE_MODULES, the
node_modules folder with sharp in it (else sharp is left out).
"""

from __future__ import annotations

import importlib.util
import io
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from PIL import Image, ImageDraw

from portal.imaging.darkroom import Darkroom

ROUNDS = 5
AT_LEAST_PIXELS, AT_MOST_PIXELS = 11_000_000, 14_000_000

_SHARP = """
const sharp = require("sharp"); sharp.concurrency(1); sharp.cache(false);
const [rounds, ...photos] = process.argv.slice(1);
const fit = (image, edge) => image.resize(edge, edge, {fit: "inside", withoutEnlargement: true})
  .raw().toBuffer({resolveWithObject: true});
const again = ({data, info}) =>
  sharp(data, {raw: {width: info.width, height: info.height, channels: info.channels}});
async function develop(photo) {
  let picture = await fit(sharp(photo).rotate(), 2048);
  await again(picture).jpeg({quality: 80}).toBuffer();
  for (const edge of [1024, 480, 240]) {
    picture = await fit(again(picture), edge);
    await again(picture).jpeg({quality: 75}).toBuffer();
    if (edge < 1024) await again(picture).avif({quality: 60, effort: 0}).toBuffer();
  }
}
(async () => {
  const found = {};
  for (const photo of photos) {
    await develop(photo);
    const start = process.cpuUsage();
    for (let round = 0; round < rounds; round++) await develop(photo);
    const used = process.cpuUsage(start);
    found[photo] = (used.user + used.system) / 1000 / rounds;
  }
  console.log(JSON.stringify(found));
})();
"""


def main() -> None:
    """Measure and print one table: CPU milliseconds per photo, and the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        photos = _given_photos() or _drawn_photos(Path(folder))
        floor = {photo: _cpu_ms(lambda photo=photo: _bare_decode(photo)) for photo in photos}  # type: ignore[misc]
        ours = _confined(photos)
        sharp = _by_sharp(photos)
    print(f"CPU ms per photo, mean of {ROUNDS}; ours includes the confined children")
    print(f"{'photo':32}{'decode':>8}{'ours':>8}{'sharp':>8}{'/decode':>9}{'/sharp':>8}")
    for photo in photos:
        _print_row(photo.name, floor[photo], ours[photo], sharp.get(str(photo)))
    total_sharp = sum(sharp.values()) / len(sharp) if sharp else None
    _print_row("mean", _mean(floor), _mean(ours), total_sharp)
    if importlib.util.find_spec("simplejpeg"):
        simplejpeg = importlib.import_module("simplejpeg")
        data = [photo.read_bytes() for photo in photos]
        spent = _cpu_ms(lambda: [simplejpeg.decode_jpeg(each) for each in data]) / len(data)
        print(f"bare decode by simplejpeg: {spent:.1f}")


def _print_row(name: str, floor: float, ours: float, sharp: float | None) -> None:
    beside = f"{sharp:8.1f}" if sharp else f"{'-':>8}"
    against = f"{ours / sharp:8.2f}" if sharp else f"{'-':>8}"
    print(f"{name[:31]:32}{floor:8.1f}{ours:8.1f}{beside}{ours / floor:9.2f}{against}")


def _mean(figures: dict[Path, float]) -> float:
    return sum(figures.values()) / len(figures)


def _given_photos() -> list[Path]:
    folder = os.environ.get("PORTAL_TEST_PHOTOS")
    found = sorted(Path(folder).glob("*.jpg")) if folder else []
    return [photo for photo in found if AT_LEAST_PIXELS <= _pixels(photo) <= AT_MOST_PIXELS]


def _pixels(photo: Path) -> int:
    with Image.open(photo) as image:
        return image.width * image.height


def _drawn_photos(folder: Path) -> list[Path]:
    """Two 12-megapixel pictures with grain and shapes: a quiet one and a busy one."""
    photos = []
    for name, grain, shapes in (("quiet", 8, 60), ("busy", 30, 900)):
        picture = Image.effect_noise((4000, 3000), grain).convert("RGB")
        pen = ImageDraw.Draw(picture)
        for number in range(shapes):
            left, top = number * 997 % 3800, number * 641 % 2800
            colour = (number * 37 % 256, number * 91 % 256, number * 53 % 256)
            right, bottom = left + 40 + number % 160, top + 30 + number % 120
            pen.ellipse((left, top, right, bottom), outline=colour, width=3)
        photos.append(folder / f"{name}.jpg")
        picture.save(photos[-1], quality=90)
    return photos


def _cpu_ms(work: Callable[[], object]) -> float:
    work()
    start = time.process_time()
    for _ in range(ROUNDS):
        work()
    return (time.process_time() - start) * 1000 / ROUNDS


def _bare_decode(photo: Path) -> None:
    with Image.open(io.BytesIO(photo.read_bytes())) as image:
        image.load()


def _confined(photos: list[Path]) -> dict[Path, float]:
    found = {}
    with Darkroom(children=1) as darkroom:
        for photo in photos:
            darkroom.develop(photo)
            start = _seconds_with_children()
            for _ in range(ROUNDS):
                darkroom.develop(photo)
            found[photo] = (_seconds_with_children() - start) * 1000 / ROUNDS
    return found


def _seconds_with_children() -> float:
    """CPU seconds of this process, its living descendants, and those that these have waited for."""
    here = psutil.Process()
    spent = sum(here.cpu_times()[:2])
    for child in here.children(recursive=True):
        spent += sum(child.cpu_times()[:4])
    return float(spent)


def _by_sharp(photos: list[Path]) -> dict[str, float]:
    modules, node = os.environ.get("BENCH_NODE_MODULES"), shutil.which("node")
    if not modules or not node:
        print("sharp is left out: it needs node, and BENCH_NODE_MODULES with sharp in it")
        return {}
    run = subprocess.run(
        [node, "-e", _SHARP, str(ROUNDS), *map(str, photos)],
        env={**os.environ, "NODE_PATH": modules}, capture_output=True, text=True, check=True)  # fmt: skip
    return dict(json.loads(run.stdout))


if __name__ == "__main__":
    main()
