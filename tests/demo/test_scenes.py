"""Site pictures: repeatable, registered from month to month, different as the work grows."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import random

import numpy as np
import pytest
from PIL import Image

from portal.demo.projects import projects
from portal.demo.scenes import KINDS, draw
from portal.demo.scenes.frame import SETTINGS, camera_of
from portal.demo.scenes.light import light_of

DAY = dt.date(2026, 6, 18)
SMALL = {"width": 320, "height": 240}


def pixels(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), dtype=np.int16)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_draws_a_jpeg_of_the_size_asked_for_at_every_stage(kind: str) -> None:
    for progress in (0, 1, 13, 20, 35, 48, 53, 60, 70, 77, 85, 89, 94, 99, 100):
        image = Image.open(io.BytesIO(draw(kind, seed=3, progress=progress, day=DAY, **SMALL)))
        assert (image.format, image.size) == ("JPEG", (320, 240))


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_question_gives_the_same_bytes(kind: str) -> None:
    first, second = (draw(kind, seed=5, progress=44, day=DAY, view=1, **SMALL) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("kind", KINDS)
def test_a_later_stage_looks_different_on_the_same_day(kind: str) -> None:
    stages = [pixels(draw(kind, seed=5, progress=p, day=DAY, **SMALL)) for p in (5, 40, 70, 100)]
    for before, after in itertools.pairwise(stages):
        assert np.abs(before - after).mean() > 1.0


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"interior", "hillside"}))
def test_the_sky_and_the_far_hills_stay_where_they_were(kind: str) -> None:
    before, after = (pixels(draw(kind, seed=5, progress=p, day=DAY, **SMALL)) for p in (2, 12))
    assert np.abs(before[:40] - after[:40]).mean() < 1.0


@pytest.mark.parametrize("kind", KINDS)
def test_the_camera_depends_on_place_and_view_and_on_nothing_else(kind: str) -> None:
    setting = SETTINGS[kind]
    assert camera_of(setting, seed=9, view=0) == camera_of(setting, seed=9, view=0)
    assert camera_of(setting, seed=9, view=0) != camera_of(setting, seed=9, view=1)


def test_two_views_of_one_day_share_their_weather() -> None:
    shots = [pixels(draw("river", seed=6, progress=50, day=DAY, view=v, **SMALL)) for v in (0, 1)]
    skies = [shot[2:14].mean(axis=(0, 1)) for shot in shots]
    assert np.abs(skies[0] - skies[1]).max() < 12


def test_foliage_follows_the_month() -> None:
    seen = {month: light_of(dt.date(2026, month, 10), rng=random.Random(1)).foliage for month in range(1, 13)}
    assert (seen[1], seen[4], seen[7], seen[10]) == ("bare", "fresh", "full", "turning")


def test_snow_falls_in_winter_only() -> None:
    for month in range(3, 12):
        assert not any(light_of(dt.date(2026, month, 10), rng=random.Random(s)).snow for s in range(40))
    assert any(light_of(dt.date(2026, 1, 10), rng=random.Random(s)).snow for s in range(40))


def test_most_pictures_carry_time_and_make_and_some_carry_nothing() -> None:
    tags = []
    for seed in range(24):
        exif = Image.open(io.BytesIO(draw("road", seed=seed, progress=30, day=DAY, **SMALL))).getexif()
        tags.append((exif.get(0x010F), exif.get_ifd(0x8769).get(0x9003)))
    told = [(make, taken) for make, taken in tags if make]
    assert 0 < len(told) < len(tags)
    for _make, taken in told:
        assert dt.datetime.strptime(taken, "%Y:%m:%d %H:%M:%S").replace(tzinfo=dt.UTC).date() == DAY


@pytest.mark.parametrize("progress", [-1, 101])
def test_a_progress_that_is_no_percent_is_refused(progress: int) -> None:
    with pytest.raises(ValueError, match="not a percent"):
        draw("road", seed=1, progress=progress, day=DAY, **SMALL)


def test_every_project_has_a_scene_that_can_be_drawn() -> None:
    used = {spec.scene for spec in projects(DAY)}
    assert used == set(KINDS)
