"""The file with the key that signs receipts: web processes and the worker read it, nobody else."""

from __future__ import annotations

import secrets
from pathlib import Path

from portal.adapters.durable_files import fsync_folder, new_file, write_all
from portal.record.notes import NoteRefused
from portal.record.receipt_key import ReceiptKey

_MODE = 0o600


class ReceiptKeyUnusable(Exception):
    """The key file is not there, cannot be read, or holds no key; the text says which and the cure."""


class ReceiptKeyFile:
    """`path` is only remembered; nothing is opened before somebody asks."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def exists(self) -> bool:
        return self.path.exists()

    def read(self) -> ReceiptKey:
        """Raises `ReceiptKeyUnusable`; its text never holds anything of the file's content."""
        try:
            return ReceiptKey.parse(self.path.read_text(encoding="ascii"))
        except FileNotFoundError as error:
            raise ReceiptKeyUnusable(f"{self.path} is not there: run `python -m portal init`") from error
        except (OSError, ValueError) as error:  # NoteRefused is a ValueError
            why = str(error) if isinstance(error, NoteRefused) else type(error).__name__
            raise ReceiptKeyUnusable(f"{self.path} cannot be used ({why}): put the right one back") from error

    def keep(self, key: ReceiptKey) -> None:
        """Write the key, whole or not at all; what was there before is replaced."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = self.path.with_name(f"{self.path.name}.{secrets.token_hex(4)}")
        with new_file(self.path, temporary=new, mode=_MODE) as descriptor:
            write_all(descriptor, key.text().encode("ascii"))
        fsync_folder(self.path.parent)
