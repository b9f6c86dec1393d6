"""The key that signs receipts: Ed25519, in the hands of the web processes. The log's own keys never are."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portal.record.notes import ED25519, Note, NoteRefused, PublicKey, Signature, is_name
from portal.record.receipt import Receipt
from portal.record.signing import SEED, private_line, seed_in


@dataclass(frozen=True, repr=False)
class ReceiptKey:
    """name: that of the log and `/receipts`. Nothing here says the seed when printed."""

    name: str
    seed: bytes

    @classmethod
    def make(cls, origin: str) -> Self:
        """Raises `ValueError` for a log that cannot be called so."""
        if not is_name(name := f"{origin}/receipts"):
            raise ValueError(f"a key cannot be called {name!r}")
        return cls(name, secrets.token_bytes(SEED))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises `NoteRefused`; it says nothing of what the file holds."""
        key = cls(*seed_in(text, kind=ED25519))
        if not key.name.endswith("/receipts") or key.text() != text:
            raise NoteRefused("a receipt key has not the id or the name that its file says")
        return key

    @property
    def origin(self) -> str:
        return self.name.removesuffix("/receipts")

    def text(self) -> str:
        """What the file holds."""
        return private_line(self.public, self.seed)

    @cached_property
    def public(self) -> PublicKey:
        return PublicKey(name=self.name, kind=ED25519, public=self._private.public_key().public_bytes_raw())

    @cached_property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def sign(self, receipt: Receipt) -> Note:
        key, text = self.public, receipt.text
        signature = Signature(name=key.name, id=key.id, signature=self._private.sign(text.encode()))
        return Note(text=text, signatures=(signature,))
