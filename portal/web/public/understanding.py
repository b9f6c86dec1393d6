"""What a search was taken to mean, said in words and undone by a link; and where to go when nothing is found."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from flask import g

from portal.ports import Answer, Query, SearchIndex, SearchUnavailable, Understood
from portal.record.names import NAMES
from portal.record.shelf import Shelf
from portal.text.fold import folded
from portal.text.names import Name, Names
from portal.text.parse import Asks, parse
from portal.text.rewrite import instead, literally
from portal.text.terms import is_han
from portal.web.filters import day
from portal.web.language import _
from portal.web.windows import today

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MOST_OFFERED = 4
LONGEST_CUT, LONGEST_PIECE = 12, 4  # characters of a word of which pieces are offered, and of such a piece
NEAREST = 3  # hits shown of the best of what is offered


def names(shelf: Shelf) -> Names:
    """The names on this shelf; those of a past day are read once in a request."""
    if "names" not in g:
        g.names = NAMES.of(shelf)
    return cast(Names, g.names)


def informed(query: Query, shelf: Shelf) -> Query:
    """The query with all that is known of names and of the day (on a past day, of that one), which is what an engine
    should be asked."""
    return replace(query, names=names(shelf), today=int((shelf.as_of or today()).strftime("%Y%m%d")))


def readings(answer: Answer, text: str) -> list[dict[str, Any]]:
    """One for each word that was not taken literally: what was done, and the query that takes it so. Words that were
    left out are said together."""
    left = [each.word for each in answer.understood if each.how == "left"]
    told = [
        {
            "how": "left",
            "word": " · ".join(left),
            "forms": "",
            "literally": functools.reduce(literally, left, text),
        }
    ]
    return (told if left else []) + [
        {
            "how": each.how,
            "word": each.word,
            "forms": " · ".join(map(_span_in_words, each.forms)),
            "literally": literally(text, each.word),
        }
        for each in answer.understood
        if each.how != "left"
    ]


def _span_in_words(form: str) -> str:
    """Days of a span as people write them; anything else as it is."""
    first, between, last = form.partition("..")
    if not (between and _DAY.fullmatch(first) and _DAY.fullmatch(last)):
        return form
    return _("%(first)s到%(last)s", first=day(first), last=day(last))


def pages_of(text: str, shelf: Shelf) -> list[Name]:
    """The units and projects whose name, in one of its forms, is all that was typed."""
    clauses = parse(text)
    if len(clauses) != 1 or clauses[0].asks is Asks.FACET or clauses[0].minus:
        return []
    return names(shelf).called(clauses[0].text)


@dataclass(frozen=True, kw_only=True)
class Offer:
    """Another query that finds something. why: `like` a name that looks like what was typed; `less`: with one word
    fewer; `wider`: without the filters."""

    text: str
    total: int
    why: str
    items: tuple[str, ...]
    marks: tuple[str, ...]


def offers(query: Query, search: SearchIndex, *, nearest: Sequence[Understood] = ()) -> list[Offer]:
    """What somebody might have meant whose query finds nothing, the likeliest first. nearest: what the engine knows
    that is written much like it."""
    found: list[Offer] = []
    for text, why in dict.fromkeys([*_mended(query, nearest), *_others(query)]):
        if why == "less" and any(text in each.text for each in found):
            continue
        try:
            answer = search.search(replace(query, text=text, page=1, size=NEAREST))
        except SearchUnavailable:
            break
        if answer.total:
            found.append(
                Offer(text=text, total=answer.total, why=why, items=answer.items, marks=answer.marks)
            )
        if len(found) == MOST_OFFERED:
            break
    return found


def _mended(query: Query, nearest: Sequence[Understood]) -> Iterator[tuple[str, str]]:
    for each in nearest:
        for form in each.forms:
            yield instead(query.text, each.word, form), "like"


def _others(query: Query) -> Iterator[tuple[str, str]]:
    clauses = [clause for clause in parse(query.text) if not clause.minus]
    words = [clause for clause in clauses if clause.asks is not Asks.FACET]
    for clause in words:
        for form in (*query.names.heard(clause.text), *query.names.near(clause.text)):
            yield instead(query.text, clause.text, form), "like"
    if len(words) > 1:
        for clause in words:
            shorter = instead(query.text.replace('"', ""), clause.text, "")
            if folded(shorter):
                yield shorter, "less"
    if len(words) == 1 and words[0].asks is Asks.EXACT:
        yield words[0].text, "less"
    elif len(words) == 1:
        for piece in _pieces(words[0].text):
            yield instead(query.text, words[0].text, piece), "less"


def _pieces(word: str) -> Iterator[str]:
    """The beginnings and ends of a word of Han characters, the longer first."""
    if 3 <= len(word) <= LONGEST_CUT and all(map(is_han, word)):
        for length in range(min(len(word) - 1, LONGEST_PIECE), 1, -1):
            yield from (word[:length], word[-length:])
