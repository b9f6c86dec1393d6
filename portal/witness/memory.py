"""What a witness keeps in its folder: its key, the logs it watches, and of each the last checkpoint it signed.

    key          its private key, mode 600, made at first start
    logs         public keys (vkeys) of the logs it watches, one a line; `#` begins a remark
    state/HASH   the last checkpoint of a log, with the line that this witness has signed

Whoever loses `state` loses the memory of a witness: then its key must go as well, and a new one be told to the logs.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from portal.adapters.durable_files import fsync_folder, make_folder, new_file, write_all
from portal.record.cosigning import CosigningKey, said_at
from portal.record.notes import ED25519, ML_DSA_44, Note, NoteRefused, PublicKey, decode
from portal.record.signing import holds

_FOLDER, _FILE, _KEY = 0o700, 0o644, 0o600


class Unusable(Exception):
    """The folder holds what no witness can work with; the text says what, and the cure."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The last checkpoint of a log that this witness signed. at: in words for people."""

    size: int
    root: bytes
    at: str
    note: Note


class Memory:
    """A witness's folder."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._states = folder, folder / "state"

    def found(self, name: str) -> CosigningKey:
        """The key, made now when there is none. Raises `Unusable`."""
        place = self._folder / "key"
        make_folder(self._folder, mode=_FOLDER)
        make_folder(self._states, mode=_FOLDER)
        with self._held("key"):
            if not place.exists():
                if not name:
                    raise Unusable(
                        f"{self._folder} has no key yet: say what the witness is called, with --name"
                    )
                if any(self._states.glob("[0-9a-f]*")):
                    raise Unusable(f"{self._states} remembers what another key signed: put that key back")
                try:
                    made = CosigningKey.make(name)
                except ValueError as wrong:
                    raise Unusable(str(wrong)) from wrong
                self._write(place, made.text().encode(), mode=_KEY)
        key = self.key()
        if name and key.name != name:
            raise Unusable(
                f"the key in {self._folder} is of {key.name}: leave --name away, or use another folder"
            )
        return key

    def key(self) -> CosigningKey:
        """Raises `Unusable`."""
        place = self._folder / "key"
        try:
            if place.stat().st_mode & 0o077:
                raise Unusable(f"{place} can be read by others: chmod 600 it")
            return CosigningKey.parse(place.read_text(encoding="utf-8"))
        except FileNotFoundError as missing:
            raise Unusable(f"{place} is not there: start `portal witness` with --name once") from missing
        except (OSError, ValueError) as error:
            raise Unusable(f"{place} cannot be used ({type(error).__name__}): put it back") from error

    def logs(self) -> Mapping[str, tuple[PublicKey, ...]]:
        """The keys of every log that is watched, by the log's name. Raises `Unusable`."""
        place, found = self._folder / "logs", dict[str, tuple[PublicKey, ...]]()
        try:
            lines = place.read_text(encoding="utf-8").split("\n")
        except (OSError, ValueError) as error:
            raise Unusable(
                f"{place} cannot be read: write the public keys of the logs there, one a line, as /record/keys "
                "of a portal shows them"
            ) from error
        for line in map(str.strip, lines):
            if not line or line.startswith("#"):
                continue
            try:
                key = PublicKey.parse(line)
            except NoteRefused as wrong:
                raise Unusable(f"{place}: {wrong}") from wrong
            if key.kind not in (ED25519, ML_DSA_44):
                raise Unusable(f"{place}: {key.name} is the key of a witness, not of a log")
            found[key.name] = (*found.get(key.name, ()), key)
        if not all(any(key.kind == ED25519 for key in keys) for keys in found.values()) or not found:
            raise Unusable(f"{place}: every log needs its Ed25519 key here")
        return found

    @contextlib.contextmanager
    def holding(self, origin: str) -> Iterator[None]:
        """Inside this block nobody else, in whatever thread or process, looks at or changes what is remembered."""
        with self._held(_named(origin)):
            yield

    def seen(self, origin: str, *, key: PublicKey) -> Seen | None:
        """The last checkpoint signed; None before the first. Raises `Unusable` for what this key has not signed."""
        place = self._states / _named(origin)
        try:
            note = Note.parse(place.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, NoteRefused) as error:
            raise Unusable(
                f"{place} is damaged: this witness must not sign any more, see its documents"
            ) from error
        lines, mine = note.text.split("\n"), note.signatures[-1]
        if lines[0] != origin or mine.id != key.id or not holds(key, note.text, mine.signature):
            raise Unusable(f"{place} is not what this witness signed: it must not sign any more")
        at = said_at(mine)
        told = "" if at is None else f"{at:%Y-%m-%d %H:%M:%S} UTC"
        return Seen(size=int(lines[1]), root=decode(lines[2]), at=told, note=note)

    def keep(self, origin: str, note: Note) -> None:
        """Remember a checkpoint with this witness's line at its end; durable when the call returns."""
        self._write(self._states / _named(origin), str(note).encode(), mode=_FILE)

    def _write(self, place: Path, data: bytes, *, mode: int) -> None:
        new = place.with_name(f".new-{place.name}-{secrets.token_hex(6)}")
        for left in place.parent.glob(f".new-{place.name}-*"):  # by one that was killed: we hold the lock
            left.unlink(missing_ok=True)
        with new_file(place, temporary=new, mode=mode) as descriptor:
            write_all(descriptor, data)
        fsync_folder(place.parent)

    @contextlib.contextmanager
    def _held(self, name: str) -> Iterator[None]:
        """A lock that goes with its holder, however that ends. Each holder opens the file anew, so that threads
        exclude one another too."""
        descriptor = os.open(self._states / f".lock-{name}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _named(origin: str) -> str:
    return hashlib.sha256(origin.encode()).hexdigest()[:32]
