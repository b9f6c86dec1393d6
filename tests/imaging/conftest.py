"""One darkroom for all tests of this folder, and a way to hand it bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.imaging.darkroom import Darkroom
from portal.imaging.developed import Developed, PhotoRefused, Refusal

Develop = Callable[..., Developed]


@pytest.fixture(scope="session")
def darkroom() -> Iterator[Darkroom]:
    with Darkroom(children=1) as room:
        yield room


@pytest.fixture
def develop(darkroom: Darkroom, tmp_path: Path) -> Develop:
    """Develops these bytes as a file of this name."""

    def act(data: bytes, *, name: str = "photo") -> Developed:
        path = tmp_path / name
        path.write_bytes(data)
        return darkroom.develop(path)

    return act


@pytest.fixture
def refusal(develop: Develop) -> Callable[..., Refusal | None]:
    """Why these bytes are refused; None when they are developed."""

    def act(data: bytes, **how: str) -> Refusal | None:
        try:
            develop(data, **how)
        except PhotoRefused as refused:
            return refused.refusal
        return None

    return act
