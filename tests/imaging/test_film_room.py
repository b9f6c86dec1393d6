"""The child that reads films as its users see it: what comes out is ours alone, and nothing that goes wrong in it
goes wrong here."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import psutil
import pytest
from PIL import Image

from portal.imaging import film_room
from portal.imaging.film_room import FilmCrashed, FilmRoom
from portal.imaging.filmed import Film, FilmRefusal, FilmRefused, Made
from portal.imaging.films import judge_container
from tests.filming import SECRET, film, find, renamed, turned

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def room() -> FilmRoom:
    return FilmRoom()


@contextlib.contextmanager
def files(data: bytes) -> Iterator[tuple[Path, IO[bytes], IO[bytes]]]:
    with (
        tempfile.NamedTemporaryFile() as original,
        tempfile.NamedTemporaryFile() as answer,
        tempfile.NamedTemporaryFile() as scratch,
    ):
        original.write(data)
        original.flush()
        yield Path(original.name), answer, scratch


def look(room: FilmRoom, data: bytes) -> tuple[Film, Image.Image]:
    with files(data) as (path, answer, scratch):
        told = room.look(path, answer=answer, scratch=scratch)
        answer.seek(0)
        return told, Image.open(io.BytesIO(answer.read())).convert("RGB")


def make(
    room: FilmRoom, data: bytes, progress: Callable[[int], None] = lambda _percent: None
) -> tuple[Made, bytes]:
    with files(data) as (path, answer, scratch), path.open("rb") as original:
        made = room.make(original, answer=answer, scratch=scratch, progress=progress)
        answer.seek(0)
        return made, answer.read()


@pytest.mark.parametrize(
    ("name", "form", "sound"),
    [
        ("telephone.mp4", "MP4", True),
        ("telephone.mov", "MOV", False),
        ("browser.webm", "WEBM", False),
        ("live.mp4", "MP4", False),
    ],
)
def test_a_film_tells_its_size_and_length_and_shows_a_picture(
    room: FilmRoom, name: str, form: str, sound: bool
) -> None:
    told, picture = look(room, film(name))
    assert (told.format, told.sound, told.width, told.height) == (form, sound, 320, 180)
    assert 900 <= told.milliseconds <= 1100
    assert told.frames == 15
    assert picture.size == (320, 180)
    assert len(picture.getcolors(1 << 20)) > 50, "it shows something"


@pytest.mark.parametrize("name", ["telephone.mp4", "browser.webm", "live.mp4"])
def test_our_film_is_h264_with_its_index_in_front_and_nothing_else(room: FilmRoom, name: str) -> None:
    seen: list[int] = []
    made, data = make(room, film(name), seen.append)
    container = judge_container(io.BytesIO(data))
    assert container.plain
    assert [track.codec for track in container.tracks] == ["h264"], "and no sound"
    assert (made.width, made.height, made.frames) == (320, 180, 15)
    assert 900 <= made.milliseconds <= 1100
    assert data[4:8] == b"ftyp"
    assert data.index(b"moov") < data.index(b"mdat")
    assert max(seen) >= 80, "how far it is was told"
    for word in (SECRET.encode(), b"x264", b"Lavf", b"Lavc", b"udta", b"meta"):
        assert word not in data


def test_exiftool_finds_nothing_of_where_it_comes_from(room: FilmRoom, tmp_path: Path) -> None:
    exiftool = shutil.which("exiftool")
    if exiftool is None:
        pytest.skip("exiftool is not installed")
    (tmp_path / "before.mp4").write_bytes(film())
    (tmp_path / "after.mp4").write_bytes(make(room, film())[1])
    before, after = (
        json.loads(
            subprocess.run(
                [exiftool, "-j", "-G0:1", "-a", tmp_path / name], check=True, capture_output=True
            ).stdout
        )[0]
        for name in ("before.mp4", "after.mp4")
    )
    assert SECRET in str(before), "it was there to be found"
    assert SECRET not in str(after)
    groups = {name.rpartition(":")[0] for name in after}
    assert groups <= {"", "ExifTool", "File:System", "File", "QuickTime", "QuickTime:Track1", "Composite"}
    said = {
        name.rpartition(":")[2] for name, value in after.items() if value not in (0, "0000:00:00 00:00:00")
    }
    assert not said & {
        "GPSCoordinates",
        "Make",
        "Model",
        "Software",
        "Encoder",
        "Title",
        "Comment",
        "CreateDate",
        "CreationTime",
    }


def test_a_film_that_was_held_upright_is_upright_by_its_pixels(room: FilmRoom) -> None:
    lying = film("other.mp4")
    told, poster = look(room, turned(lying))
    assert (told.width, told.height) == (240, 320)
    straight = look(room, lying)[1].transpose(Image.Transpose.ROTATE_270)
    difference = sum(abs(a - b) for a, b in zip(poster.tobytes(), straight.tobytes(), strict=True))
    assert difference / len(poster.tobytes()) < 4, "the same picture, turned clockwise"
    made, data = make(room, turned(lying))
    assert (made.width, made.height) == (240, 320)
    matrix = data[find(data, b"tkhd") + 48 :][:36]
    assert matrix[:4] == b"\0\1\0\0", "nothing is left to turn"


def test_a_large_film_becomes_720p_and_a_small_one_is_not_enlarged(room: FilmRoom) -> None:
    made, _data = make(room, film("wide.mp4"))
    assert (made.width, made.height) == (1280, 720)


def test_pictures_that_are_none_are_refused_though_the_container_is_right(room: FilmRoom) -> None:
    with pytest.raises(FilmRefused) as refused:
        look(room, film("telephone.mp4")[:60] + bytes(7000) + film("telephone.mp4")[7060:])
    assert refused.value.refusal is FilmRefusal.CORRUPT


def test_a_codec_under_a_false_name_is_refused(room: FilmRoom) -> None:
    data = film("old.mp4")
    at = find(data, b"mp4v")
    with pytest.raises(FilmRefused):
        look(room, renamed(data[:at], b"moov", b"moov") + renamed(data[at:], b"mp4v", b"avc1"))


def test_every_confinement_holds_here(room: FilmRoom) -> None:
    held = room.status()
    missing = sorted(name for name, holds in held.items() if not holds)
    if missing:
        pytest.skip(f"this machine does not offer {', '.join(missing)}")
    assert set(held) == {"landlock", "seccomp", "network", "rlimits"}


def test_a_film_that_takes_too_long_is_refused_and_the_next_one_comes_out_right(
    room: FilmRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(film_room, "MAKE_SECONDS", 2)  # the start of the child has its part in it
    monkeypatch.setattr(film_room, "MAKE_SECONDS_A_SECOND", 0)
    monkeypatch.setattr(film_room, "WALL", 1000)
    with pytest.raises(FilmRefused) as refused:
        make(room, film("slow.mp4"))
    assert refused.value.refusal is FilmRefusal.TOO_HEAVY
    monkeypatch.undo()
    assert make(room, film())[0].frames == 15


def test_a_child_that_dies_of_a_film_is_told_apart_from_a_bad_film(room: FilmRoom) -> None:
    def kill(percent: int) -> None:
        for child in psutil.Process().children():
            with contextlib.suppress(psutil.NoSuchProcess):
                if percent and "film_child" in " ".join(child.cmdline()):
                    child.send_signal(signal.SIGSEGV)

    with pytest.raises(FilmCrashed):
        make(room, film("slow.mp4"), kill)
    assert psutil.Process().children() == [] or all(
        "film_child" not in " ".join(child.cmdline()) for child in psutil.Process().children()
    )


def test_whoever_waits_can_stop_it(room: FilmRoom) -> None:
    class Enough(Exception):
        pass

    def stop(_percent: int) -> None:
        raise Enough

    with pytest.raises(Enough):
        make(room, film("slow.mp4"), stop)


def test_no_library_that_decodes_is_loaded_on_this_side() -> None:
    ask = "import sys, portal.wiring, portal.imaging.film_room; print(sorted(m for m in sys.modules if m.split('.')[0] in ('av', 'PIL')))"
    answer: Any = subprocess.run(
        [sys.executable, "-c", ask], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert answer.stdout.strip() == "[]"
