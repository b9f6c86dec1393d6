"""Hostile files through the intake: the verdict that is written beside each class, and nothing of theirs served."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.adapters.local_media import LocalMediaStore
from portal.adapters.spool import Spool
from portal.imaging.darkroom import Darkroom
from portal.imaging.developed import PhotoRefused, Rendition
from portal.ports import Space
from portal.workflows.receive_photo import receive_photo
from tests.imaging.drawn import CANARY
from tests.imaging.hostile import CLASSES, DEVELOPED, Class
from tests.imaging.strict import assert_strict

SIZE_LIMIT = 64 << 20


class Intake:
    """Arrival, darkroom and store, as an upload goes through them."""

    def __init__(self, darkroom: Darkroom, folder: Path) -> None:
        self.darkroom, self.folder = darkroom, folder
        self.media, self.spool = LocalMediaStore(folder / "media"), Spool(folder / "spool")

    def verdict(self, data: bytes, *, name: str) -> str:
        arrival = self.spool.receive(SIZE_LIMIT)
        arrival.write(data)
        received = arrival.finish()
        try:
            done = receive_photo(received=received, file_name=name, darkroom=self.darkroom, media=self.media)
        except PhotoRefused as refused:
            return refused.refusal.value
        finally:
            self.spool.discard(received)
        for each in done.renditions:
            with self.media.open(Space.STAGED, each["name"]) as stream:
                served = stream.read()
            assert served != data
            assert CANARY not in served
            about = {key: each[key] for key in ("edge", "format", "width", "height")}
            assert_strict(Rendition(data=served, **about))
        return DEVELOPED


@pytest.fixture
def intake(darkroom: Darkroom, tmp_path: Path) -> Intake:
    return Intake(darkroom, tmp_path)


def test_there_are_three_hundred_files_in_twenty_five_classes() -> None:
    assert len(CLASSES) >= 25
    assert len({each.name for each in CLASSES}) == len(CLASSES)
    assert sum(len(each.files) * len(each.names) for each in CLASSES) >= 300


@pytest.mark.parametrize("harm", CLASSES, ids=lambda each: each.name)
def test_every_file_of_the_class_gets_its_verdict(intake: Intake, harm: Class) -> None:
    before = {path for path in intake.folder.parent.rglob("*") if not path.is_relative_to(intake.folder)}
    wrong = {}
    for number, data in enumerate(harm.files):
        for name in harm.names:
            verdict = intake.verdict(data, name=name)
            if verdict not in harm.verdict:
                wrong[number, name] = verdict
    assert wrong == {}
    kept = [path.name for path in intake.folder.rglob("*") if path.is_file()]
    assert all(name[:64].isalnum() and name[64:65] == "." for name in kept), (
        "a name of theirs became a file of ours"
    )
    assert before == {
        path for path in intake.folder.parent.rglob("*") if not path.is_relative_to(intake.folder)
    }
