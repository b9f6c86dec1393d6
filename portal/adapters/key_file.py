"""Files with private keys, each readable by one account only: the log's keys by the worker's, the key of receipts by
that of the web processes too."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from portal.adapters.durable_files import fsync_folder, new_file, write_all
from portal.record.notes import NoteRefused

_MODE = 0o600


class Written(Protocol):
    """Keys that can be written into a file and read again."""

    def text(self) -> str:
        """What the file holds, in ASCII."""


K = TypeVar("K", bound=Written)


class KeyUnusable(Exception):
    """A key file is not there, cannot be read, or holds no keys; the text says which and the cure."""


class KeyFile(Generic[K]):
    """`path` is only remembered; nothing is opened before somebody asks. `parse` makes keys of what the file holds, and
    raises `ValueError` (which `NoteRefused` is)."""

    def __init__(self, path: Path, parse: Callable[[str], K]) -> None:
        self.path, self._parse = path, parse

    def exists(self) -> bool:
        return self.path.exists()

    def read(self) -> K:
        """Raises `KeyUnusable`; its text never holds anything of the file's content."""
        try:
            return self._parse(self.path.read_text(encoding="ascii"))
        except FileNotFoundError as error:
            raise KeyUnusable(f"{self.path} is not there: run `python -m portal init`") from error
        except (OSError, ValueError) as error:
            why = str(error) if isinstance(error, NoteRefused) else type(error).__name__
            raise KeyUnusable(f"{self.path} cannot be used ({why}): put the right one back") from error

    def keep(self, keys: K) -> None:
        """Write the keys, whole or not at all; what was there before is replaced."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = self.path.with_name(f"{self.path.name}.{secrets.token_hex(4)}")
        with new_file(self.path, temporary=new, mode=_MODE) as descriptor:
            write_all(descriptor, keys.text().encode("ascii"))
        fsync_folder(self.path.parent)

    @property
    def aside(self) -> KeyFile[K]:
        """Where keys lie whose place was taken."""
        return KeyFile(self.path.with_name(f"{self.path.name}.old"), self._parse)

    @property
    def next(self) -> KeyFile[K]:
        """Where keys lie that are about to take this one's place."""
        return KeyFile(self.path.with_name(f"{self.path.name}.next"), self._parse)
