"""What an address of the archive asks for, and the addresses of everything beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote_plus

from flask import request

from portal.ports import Asked
from portal.web.public.links import positive, to
from portal.web.windows import as_of

SORTS = ("relevance", "newest", "oldest")
VIEWS = ("list", "photos")
MOST_PAGES = 500
PATH = "/archive"


@dataclass(frozen=True)
class Looking:
    """A reader before a result: the question, the order, the page, and whether its photos are looked at."""

    asked: Asked
    sort: str
    page: int
    view: str

    @classmethod
    def now(cls) -> Looking:
        """From the address; whatever makes no sense in it is left out."""
        asked = Asked.of(request.args.items(multi=True))
        sort, view = request.args.get("sort", ""), request.args.get("view", "")
        return cls(
            asked=asked,
            sort=sort if sort in SORTS else _usual(asked),
            page=positive("page", most=MOST_PAGES),
            view=view if view in VIEWS else VIEWS[0],
        )

    @cached_property
    def here(self) -> str:
        """The address of the first page of this result."""
        return self.at()

    @cached_property
    def any_day(self) -> str:
        """The same result, whatever days are asked for."""
        return self.at(**{"from": "", "to": ""})

    @cached_property
    def from_day(self) -> str:
        """The same, up to the first day that is to be asked for: `2026-11-01&to=2026-11-30` goes after it."""
        return more(self.any_day, "from", "")

    def at(self, **changed: object) -> str:
        """The address with something changed; the page starts anew."""
        return to(PATH, **{**self.parameters, **changed})

    @cached_property
    def parameters(self) -> dict[str, object]:
        return {**_by_name(self.asked), **self._how}

    @property
    def _how(self) -> dict[str, object]:
        return {
            "sort": "" if self.sort == _usual(self.asked) else self.sort,
            "view": "" if self.view == VIEWS[0] else self.view,
        }

    def without(self, facet: str, value: str) -> str:
        """The address without one value of a facet."""
        return self.at(**{facet: tuple(each for each in self.asked.chosen[facet] if each != value)})

    def as_file(self, kind: str) -> str:
        """The address of this result as a file, whole."""
        return to(f"{PATH}.{kind}", **_by_name(self.asked))

    def hidden(self, *left_out: str) -> list[tuple[str, str]]:
        """What a form must send along so that nothing chosen is lost; its own fields are left out."""
        day = as_of()
        how = [(name, str(value)) for name, value in self._how.items() if value]
        pairs = [*self.asked.pairs, *how, *([("as_of", day.isoformat())] if day else [])]
        return [pair for pair in pairs if pair[0] not in left_out]


def more(address: str, name: str, value: str) -> str:
    """The address with one more condition in its query. For the many addresses of a page `to` would cost too much."""
    return f"{address}{'&' if '?' in address else '?'}{name}={quote_plus(value)}"


def _usual(asked: Asked) -> str:
    return SORTS[0] if asked.text else SORTS[1]


def _by_name(asked: Asked) -> dict[str, object]:
    return {
        "q": asked.text,
        **asked.chosen,
        "from": asked.first or "",
        "to": asked.last or "",
    }
