"""Credentials inside of published photos: who published this, in which report, and that nothing was changed since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class CredentialsUnavailable(Exception):
    """Nothing can be signed: the key or the library is missing, or the library refuses; the text says which. What
    was to be signed may be published as it is: the record is the proof, and this only carries a pointer to it."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What is said of one photo, all of it public. photo: its place in the report, from 1; original: the sealed
    commitment of what was sent in, as the record's document has it; address: of the report; credit: whom a newspaper
    names."""

    site: str
    project: str
    report: str
    photo: int
    original: str
    address: str
    credit: str

    @property
    def identifier(self) -> str:
        return f"{self.report}/{self.photo}"


class Credentials(Protocol):
    """Signs our own JPEG renditions, without asking anybody. Two signatures of the same photo are never the same
    bytes, so whoever signs writes down the names of what came of it before keeping it."""

    def check(self) -> str | None:
        """None when photos can be signed now, else what is missing and the cure, in words."""

    @property
    def authority(self) -> str:
        """The certificate, as PEM, that readers check our signatures against. Raises `CredentialsUnavailable`."""

    def sign(self, jpeg: bytes, statement: Statement) -> bytes:
        """The same picture with credit and signed statement, in place of any it has. Raises
        `CredentialsUnavailable`, and `ValueError` for what is no JPEG."""
