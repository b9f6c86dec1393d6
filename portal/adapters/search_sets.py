"""What an engine has to know: sets of items, and how they combine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

Found = TypeVar("Found")


class Engine(Protocol[Found]):
    """Sets of items, as an engine finds and combines them."""

    everything: Found
    nothing: Found

    def phrase(self, phrase: str) -> Found:
        """The items whose folded title or body contains the folded phrase as it stands."""

    def term(self, term: str) -> Found:
        """The items that have a term."""

    def terms(self, terms: Sequence[str]) -> Found:
        """The items that have any of these terms."""

    def dated(self, first: int, last: int) -> Found:
        """The items of these days, both included, yyyymmdd."""

    def worth(self, low: int, high: int) -> Found:
        """The items that name a sum of money between these, both included, in fen."""

    def both(self, one: Found, other: Found) -> Found:
        """The items of both."""

    def either(self, one: Found, other: Found) -> Found:
        """The items of at least one of them."""

    def without(self, found: Found, other: Found) -> Found:
        """The items of `found` that are not in `other`."""

    def any(self, found: Found) -> bool:
        """Whether there is an item in it."""

    def counts(self, phrases: Sequence[str]) -> list[int]:
        """How many items contain each of these folded phrases."""

    def expect(self, phrases: Sequence[str], *, among: Found) -> None:
        """The next questions may be whether these phrases are anywhere among these items."""
