"""Damaged photos through the darkroom, always the same few hundred; `make fuzz` sends many more."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from portal.imaging.darkroom import Darkroom
from tests.imaging.fuzz import Run, damaged, judged, seeds

COUNT = 26 * len(seeds())


def test_what_is_damaged_here_is_whole_before(darkroom: Darkroom, tmp_path: Path) -> None:
    assert {
        name: judged(darkroom, tmp_path / "photo", data) for name, data in seeds().items()
    } == dict.fromkeys(seeds(), "developed")


def test_damage_is_the_same_for_the_same_seed() -> None:
    data = seeds()["jpeg"]
    assert damaged(data, chance=random.Random("1/5")) == damaged(data, chance=random.Random("1/5")) != data


def test_no_damaged_photo_gets_anything_but_a_verdict(
    darkroom: Darkroom, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Run(seed=2026, count=COUNT)
    run.work(darkroom, tmp_path / "photo")
    assert sum(run.outcomes.values()) == COUNT
    assert run.crashed == []
    assert {"developed", "corrupt", "truncated"} <= set(run.outcomes)
    assert capsys.readouterr() == ("", "")
