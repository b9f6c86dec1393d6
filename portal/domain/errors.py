"""Refusals: why the house says no. Each carries a code and facts; the interface puts them into words."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any


class Refused(Exception):
    """The house says no. `code` names the reason; `facts` are what the sentence needs."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class NotPermitted(Refused):
    """This person may not do this here."""


class NoSuchThing(Refused):
    """There is nothing under this key, or nothing this person may know of."""


class WrongState(Refused):
    """The act does not exist in this state: somebody was faster, or it is done already."""


class Stale(Refused):
    """The thing has changed since it was looked at."""


class TooOften(Refused):
    """Too many tries; `facts["seconds"]` says when to come back."""


@dataclasses.dataclass(frozen=True)
class Problem:
    """One thing wrong with one named part of the input."""

    field: str
    code: str
    facts: dict[str, Any] = dataclasses.field(default_factory=dict)


class Invalid(Refused):
    """The input cannot be taken as it is; every problem is named, nothing was changed."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("invalid")
