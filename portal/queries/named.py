"""A set of very many names in very little memory, which never says no to a name that is in it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator

BITS = 16  # for each name; then one in some two thousand others is taken for a member
LOOKS = 8


class Named:
    """A Bloom filter under a secret of its own: what is taken for a member by mistake is another file next time. So a
    file that nobody names may stay a day longer, and one that somebody names never goes."""

    def __init__(self, expected: int) -> None:
        self._size = max(1024, expected * BITS)
        self._bits, self._key = bytearray(self._size // 8 + 1), secrets.token_bytes(16)

    def add(self, name: str) -> None:
        for place in self._places(name):
            self._bits[place >> 3] |= 1 << (place & 7)

    def __contains__(self, name: str) -> bool:
        return all(self._bits[place >> 3] & (1 << (place & 7)) for place in self._places(name))

    def _places(self, name: str) -> Iterator[int]:
        digest = hashlib.blake2b(name.encode(), key=self._key, digest_size=16).digest()
        first, step = int.from_bytes(digest[:8], "big"), int.from_bytes(digest[8:], "big") | 1
        return ((first + look * step) % self._size for look in range(LOOKS))
