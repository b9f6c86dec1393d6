"""Making a copy: asking our own windows for page after page, and only for what is not copied already.

A copy stands beside the one before it and takes its place by one renaming of a link, so readers see the old or the new
one, whole. One that was cut off is gone on with. Whatever a window does not show is nowhere in it: there is no other
way in than through the windows.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from flask import render_template
from werkzeug.test import Client, TestResponse

from portal.record.shelf import touched
from portal.web.language import CHINESE, ENGLISH, speaking
from portal.web.site_copy.places import (
    STATE,
    addresses_in,
    apart,
    first_addresses,
    not_here,
    place_of,
    rewritten,
)

PASSES = 3  # how often what was published meanwhile is fetched as well
Tell = Callable[[int, int], None]


class CannotCopy(Exception):
    """The folder is no place for a copy, or a window does not answer; the message says the cure."""


@dataclass(frozen=True, kw_only=True)
class Copied:
    """One address in a copy: its file, the version it was, and what it leads to."""

    address: str
    place: str
    etag: str
    links: list[str]


@dataclass(frozen=True, kw_only=True)
class Done:
    """What a run did. `seq`: the last entry that the copy shows."""

    seq: int
    files: int
    fetched: int


class Copying:
    """One run. `front`: the application of `create_app`; `url`: where readers will find the copy."""

    def __init__(self, front: Any, folder: Path, *, url: str) -> None:
        self._front, self._folder, self._url = front, folder, url
        self._client = Client(front)
        self._before, self._target = _rooms(folder)
        self._known: dict[str, tuple[Path, Copied]] = {}
        for room in filter(None, (self._before, self._target)):
            for copied in _read(room):
                if (room / copied.place).is_file():
                    self._known[copied.address] = room, copied
        self._fetched = 0

    def run(self, tell: Tell) -> Done:
        """Copy everything, and put the copy in its place."""
        self._target.mkdir(parents=True, exist_ok=True)
        copied: list[Copied] = []
        for _ in range(PASSES):
            seq = self._seq()
            copied = self._pass(tell)
            if self._seq() == seq:
                break
        self._say_what_is_not_here()
        _write(self._target, copied)
        _clear(self._target, keep={each.place for each in copied} | {not_here(""), not_here("/en"), STATE})
        _put_in_place(self._folder, self._target, self._before)
        return Done(seq=seq, files=len({each.place for each in copied}), fetched=self._fetched)

    def _seq(self) -> int:
        with self._front.flask.extensions["portal"].database.viewing() as session:
            return touched(session, ("*",))

    def _pass(self, tell: Tell) -> list[Copied]:
        waiting = deque(first_addresses())
        seen = set(waiting)
        copied: list[Copied] = []
        with (self._target / STATE).open("a", encoding="utf-8") as state:
            while waiting:
                one = self._copy(waiting.popleft())
                copied.append(one)
                self._known[one.address] = self._target, one
                state.write(json.dumps(asdict(one), ensure_ascii=False) + "\n")
                new = [link for link in one.links if link not in seen]
                seen.update(new)
                waiting.extend(new)
                tell(len(copied), len(seen))
        return copied

    def _copy(self, address: str) -> Copied:
        room, known = self._known.get(address, (None, None))
        headers = {"If-None-Match": known.etag} if known and known.etag else {}
        answer = self._client.get(address, base_url=self._url, headers=headers)
        try:
            if answer.status_code == 304 and known and room:
                _same(room / known.place, self._target / known.place)
                return known
            return self._fetch(address, answer)
        finally:
            answer.close()

    def _fetch(self, address: str, answer: TestResponse) -> Copied:
        place, language = place_of(address), apart(address)[0]
        assert place is not None
        if answer.status_code not in (200, 404, 410):
            raise CannotCopy(f"{address} answers {answer.status}; repeat the command, it goes on from here")
        self._fetched += 1
        file = self._target / place
        if answer.mimetype != "text/html":
            _written(file, answer.iter_encoded())
            return Copied(address=address, place=place, etag=answer.headers.get("ETag", ""), links=[])
        page = answer.get_data(as_text=True)
        links = sorted(link for link in addresses_in(page) if place_of(link) is not None)
        _written(file, [rewritten(page, at=place, language=language).encode()])
        return Copied(address=address, place=place, etag=answer.headers.get("ETag", ""), links=links)

    def _say_what_is_not_here(self) -> None:
        for prefix, spoken in (("", CHINESE), ("/en", ENGLISH)):
            place = not_here(prefix)
            with speaking(spoken), self._front.flask.test_request_context("/", base_url=self._url):
                page = render_template("public/not_in_copy.html", live=self._live())
            _written(self._target / place, [rewritten(page, at=place, language=prefix).encode()])
            for link in addresses_in(page):
                if (there := place_of(link)) is not None and not (self._target / there).exists():
                    self._copy(link)

    def _live(self) -> str:
        """The portal itself, where it is said where that is."""
        return str(self._front.flask.extensions["portal"].settings.url).rstrip("/")


def _rooms(folder: Path) -> tuple[Path | None, Path]:
    """The copy that stands now, and where the next one is made. Raises `CannotCopy`."""
    if folder.is_symlink():
        before = folder.parent / folder.readlink()
        other = "b" if before.name.endswith(".a") else "a"
        return before, folder.parent / f".{folder.name}.{other}"
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CannotCopy(f"{folder} is there already and no copy of ours: name a folder that is not there")
    return None, folder.parent / f".{folder.name}.a"


def _put_in_place(folder: Path, target: Path, before: Path | None) -> None:
    """From one moment to the next, the folder is the new copy."""
    if folder.is_dir() and not folder.is_symlink():
        folder.rmdir()
    new = folder.parent / f".{folder.name}.link"
    new.unlink(missing_ok=True)
    new.symlink_to(target.name)
    new.replace(folder)
    if before is not None:
        shutil.rmtree(before, ignore_errors=True)


def _read(room: Path) -> Iterator[Copied]:
    """What a copy says of itself; a line that was cut off ends it."""
    try:
        lines = (room / STATE).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        try:
            yield Copied(**json.loads(line))
        except (ValueError, TypeError):
            return


def _write(room: Path, copied: list[Copied]) -> None:
    lines = (json.dumps(asdict(each), ensure_ascii=False) + "\n" for each in copied)
    _written(room / STATE, (line.encode() for line in lines))


def _written(file: Path, pieces: Any) -> None:
    """A file is there whole or not at all. Never through a link that it shares with the copy before."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.part")
    with part.open("wb") as writing:
        for piece in pieces:
            writing.write(piece)
    part.replace(file)


def _same(source: Path, target: Path) -> None:
    """The file of the copy before, once more; copied where the disk knows no second names."""
    if source == target or target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _clear(room: Path, *, keep: set[str]) -> None:
    """Remove what an unfinished run left and nothing refers to any more."""
    for file in sorted(room.rglob("*"), reverse=True):
        if file.is_file() and file.relative_to(room).as_posix() not in keep:
            file.unlink()
        elif file.is_dir() and not any(file.iterdir()):
            file.rmdir()
