"""One site picture as JPEG bytes: `draw`. Same kind, seed and view: same camera, same surroundings."""

from __future__ import annotations

import datetime as dt
import io
import math
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from PIL import Image, ImageChops

from portal.demo.scenes import bridge, hillside, industry, interior, park, renovation, river, road, structure
from portal.demo.scenes.backdrop import GRASS, SOIL, paint
from portal.demo.scenes.light import Colour, Light, light_of, mix
from portal.demo.scenes.stage import Camera, Stage
from portal.demo.scenes.texture import finish

PAVING: Colour = (172, 168, 160)
Scene = Callable[[Stage, int], None]
_QUALITY = 84
_GROWING = 20  # percent of progress during which bare ground turns green
_FINE_UP_TO = 1000  # pixels of width: larger pictures are shown reduced, which smooths their edges
_PHONES = (("Honglan", "HL-A52"), ("Qingyun", "QY 12 Pro"), ("Beidou Mobile", "BM-X3"))  # invented makers


@dataclass(frozen=True, kw_only=True)
class Setting:
    """How a kind of scene is seen. eye: height in metres; horizon: share of the picture's height above it;

    aim: metres from the camera to what it looks at, which lies at (0, aim); turn: least and most angle of
    the view in radians; green_from: percent from which bare ground is grass.
    """

    scene: Scene
    eye: float
    horizon: float
    lens: float
    aim: float = 50.0
    turn: tuple[float, float] = (0.0, 0.1)
    before: Colour = SOIL
    green_from: int = 90


SETTINGS: dict[str, Setting] = {
    "building": Setting(
        scene=structure.building, eye=5.0, horizon=0.66, lens=0.84, aim=54, turn=(0.40, 0.52)
    ),
    "school": Setting(scene=structure.school, eye=6.5, horizon=0.58, lens=0.84, aim=58, turn=(0.40, 0.50)),
    "bridge": Setting(
        scene=bridge.bridge, eye=5.0, horizon=0.52, lens=0.9, aim=60, turn=(0.22, 0.36), green_from=0
    ),
    "river": Setting(
        scene=river.river, eye=4.4, horizon=0.42, lens=0.86, aim=60, turn=(0.0, 0.05), green_from=90
    ),
    "road": Setting(
        scene=road.road, eye=3.6, horizon=0.46, lens=0.9, aim=60, turn=(0.0, 0.05), green_from=85
    ),
    "park": Setting(
        scene=park.park, eye=3.4, horizon=0.44, lens=0.9, aim=30, turn=(0.06, 0.2), green_from=72
    ),
    "renovation": Setting(
        scene=renovation.renovation,
        eye=3.6,
        horizon=0.68,
        lens=0.84,
        aim=44,
        turn=(0.36, 0.48),
        before=PAVING,
        green_from=999,
    ),
    "interior": Setting(
        scene=interior.interior,
        eye=1.65,
        horizon=0.50,
        lens=0.74,
        aim=10,
        turn=(0.02, 0.07),
        before=PAVING,
        green_from=999,
    ),
    "industrial": Setting(
        scene=industry.industrial, eye=4.2, horizon=0.62, lens=0.84, aim=58, turn=(0.42, 0.54), green_from=999
    ),
    "hillside": Setting(
        scene=hillside.hillside, eye=3.0, horizon=0.74, lens=0.9, aim=90, turn=(0.0, 0.12), green_from=70
    ),
}
KINDS: tuple[str, ...] = tuple(SETTINGS)


def camera_of(setting: Setting, *, seed: int, view: int) -> Camera:
    """Where picture `view` of a place is always taken from."""
    rng = random.Random(f"camera {seed} {view}")  # noqa: S311 - a drawing, not a secret
    angle = rng.uniform(*setting.turn) * (1, -1, 0.35)[view % 3]
    distance = setting.aim * rng.uniform(0.94, 1.08)
    return Camera(
        x=-distance * math.sin(angle),
        y=setting.aim - distance * math.cos(angle),
        z=setting.eye * rng.uniform(0.9, 1.15),
        yaw=angle,
        horizon=setting.horizon + rng.uniform(-0.03, 0.03),
        lens=setting.lens * rng.uniform(0.95, 1.05),
    )


def compose(
    kind: str, *, seed: int, progress: int, light: Light, view: int, width: int, height: int
) -> Image.Image:
    """The picture before it is encoded."""
    setting = SETTINGS[kind]
    camera = camera_of(setting, seed=seed, view=view)
    grown = min(1.0, max(0.0, 1 - (setting.green_from - progress) / _GROWING))
    ground = mix(setting.before, GRASS[light.foliage], share=grown)
    base = paint((width, height), camera=camera, light=light, ground=ground, variant=seed + light.hour.minute)
    fine = 2 if width <= _FINE_UP_TO else 1
    canvas = base.resize((width * 2, height * 2), Image.Resampling.NEAREST) if fine == 2 else base
    stage = Stage(canvas=canvas, camera=camera, light=light, rng=random.Random(f"place {seed}"))  # noqa: S311
    setting.scene(stage, progress)
    return ImageChops.add(
        canvas.reduce(2) if fine == 2 else canvas, finish(width, height, (seed + view) % 2), 1, -128
    )


def _exif(day: dt.date, *, light: Light, rng: random.Random) -> Image.Exif:
    exif = Image.Exif()
    make, model = rng.choice(_PHONES)
    taken = dt.datetime.combine(day, light.hour).strftime("%Y:%m:%d %H:%M:%S")
    exif[0x010F], exif[0x0110], exif[0x0132] = make, model, taken
    detail = exif.get_ifd(0x8769)
    detail[0x9003], detail[0x9011] = taken, "+08:00"
    return exif


def draw(
    kind: str, *, seed: int, progress: int, day: dt.date, view: int = 0, width: int = 1600, height: int = 1200
) -> bytes:
    """JPEG bytes of a site at `progress` percent on `day`.

    Three pictures in four carry the time of capture and the make of the phone, as real ones do.
    Raises KeyError for an unknown kind and ValueError for a progress outside 0 to 100.
    """
    if not 0 <= progress <= 100:
        raise ValueError(f"progress {progress} is not a percent")
    light = light_of(day, rng=random.Random(f"{seed} {day.isoformat()}"))  # noqa: S311 - one weather a day
    light = replace(light, hour=light.hour.replace(second=(light.hour.second + 17 * view) % 60))
    rng = random.Random(f"{seed} {day.isoformat()} {view}")  # noqa: S311 - a drawing, not a secret
    image = compose(kind, seed=seed, progress=progress, light=light, view=view, width=width, height=height)
    extra = {"exif": _exif(day, light=light, rng=rng)} if rng.random() < 0.75 else {}
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_QUALITY, **extra)
    return out.getvalue()
