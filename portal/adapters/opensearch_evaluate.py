"""From a query to an answer by questions to OpenSearch; it finds, counts and ranks, nothing is fetched to be
sifted here.

Usually two questions: which of the words stand anywhere and how rare their terms are, then hits, total and
counts. Words that are nowhere, other names and dates cost one more each. The work per question is what the
server spends on the postings of the words, and the answer is one page, however many items there are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from portal.adapters.opensearch_http import Json
from portal.adapters.opensearch_tokens import spelt, spelt_term
from portal.adapters.search_meaning import Meaning
from portal.adapters.search_ranking import bonuses, gain
from portal.adapters.search_words import DAYS, meant
from portal.ports import FACETS, Answer, Query
from portal.text.parse import Asks, Clause, parse
from portal.text.terms import is_han, is_one_term, required_terms

WINDOW = 1_000_000  # hits that can be paged through, set on the index; a page beyond is empty
MOST_VALUES = 10_000  # of one facet
MOST_SIZES = 500  # sets whose sizes are asked for in one question
MOST_REQUIRED = 12  # terms of a phrase looked up before the phrase itself is compared
ITEMS: Json = {"exists": {"field": "item"}}  # all but the document that keeps the position

Ask = Callable[[Json], Json]  # a search body → OpenSearch's answer


@dataclass(frozen=True)
class Where:
    """A set of items as the condition that finds them, in JSON; as such it is compared and remembered."""

    condition: str

    @property
    def query(self) -> Json:
        return dict(json.loads(self.condition))


def where(condition: Json) -> Where:
    return Where(json.dumps(condition, ensure_ascii=False, sort_keys=True))


EVERYTHING, NOTHING = where({"match_all": {}}), where({"match_none": {}})


class _Conditions:
    """OpenSearch as an engine of the shared meaning; how many items a set has is asked once per query."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._known: dict[Where, int] = {NOTHING: 0}
        self.everything, self.nothing = EVERYTHING, NOTHING
        self.values: dict[str, list[str]] = {}  # of the facets that were asked for

    def phrase(self, phrase: str) -> Where:
        if is_one_term(phrase) or (len(phrase) == 1 and is_han(phrase)):
            return self.term(phrase)
        if not phrase:
            return EVERYTHING
        conditions = [self.term(term).query for term in required_terms(phrase)[:MOST_REQUIRED]]
        return where({"bool": {"filter": [*conditions, {"match_phrase": {"said": spelt(phrase)}}]}})

    def term(self, term: str) -> Where:
        return where({"term": {"terms": spelt_term(term)}})

    def terms(self, terms: Sequence[str]) -> Where:
        return where({"terms": {"terms": [spelt_term(term) for term in terms]}}) if terms else NOTHING

    def dated(self, first: int, last: int) -> Where:
        return where({"range": {"dated": {"gte": first, "lte": last}}})

    def worth(self, low: int, high: int) -> Where:
        return where({"range": {"sums": {"gte": low, "lte": high}}})

    def both(self, one: Where, other: Where) -> Where:
        if NOTHING in (one, other):
            return NOTHING
        (needed, barred), (too, besides) = _parts(one), _parts(other)
        return _all_of([*needed, *too], [*barred, *besides])

    def either(self, one: Where, other: Where) -> Where:
        if EVERYTHING in (one, other):
            return EVERYTHING
        some = [each.query for each in (one, other) if each != NOTHING]
        if len(some) < 2:
            return where(some[0]) if some else NOTHING
        found = where({"bool": {"should": some}})
        if self._known.get(one) or self._known.get(other):
            self._known.setdefault(found, 1)  # not its number, but it is not empty
        return found

    def without(self, found: Where, other: Where) -> Where:
        if other == NOTHING or found == NOTHING:
            return found
        needed, barred = _parts(found)
        return _all_of(needed, [*barred, other.query])

    def any(self, found: Where) -> bool:
        self.learn([found])
        return self._known[found] > 0

    def counts(self, phrases: Sequence[str]) -> list[int]:
        sets = [self.phrase(phrase) for phrase in phrases]
        for start in range(0, len(sets), MOST_SIZES):
            self.learn(sets[start : start + MOST_SIZES])
        return [self._known[found] for found in sets]

    def expect(self, phrases: Sequence[str], *, among: Where) -> None:
        self.learn(self.both(among, self.phrase(phrase)) for phrase in phrases)

    def items(self) -> int:
        """How many items there are."""
        self.learn([EVERYTHING])
        return self._known[EVERYTHING]

    def holding(self, term: str) -> int:
        """How many items have a term."""
        found = self.term(term)
        self.learn([found])
        return self._known[found]

    def learn(self, sets: Iterable[Where], *, facets: Iterable[str] = ()) -> None:
        """Ask for what is not known yet, all in one: the sizes of sets, the values of facets."""
        unknown = [found for found in dict.fromkeys(sets) if found not in self._known and found != EVERYTHING]
        wanted = [facet for facet in facets if facet not in self.values]
        if not unknown and not wanted and EVERYTHING in self._known:
            return
        counted = {str(number): found.query for number, found in enumerate(unknown)}
        asked: Json = {facet: _values_of(facet) for facet in wanted}
        if counted:
            asked["sizes"] = {"filters": {"filters": counted}}
        answer = self._ask({"size": 0, "track_total_hits": True, "query": ITEMS, "aggs": asked})
        self._known[EVERYTHING] = answer["hits"]["total"]["value"]
        for number, found in enumerate(unknown):
            self._known[found] = answer["aggregations"]["sizes"]["buckets"][str(number)]["doc_count"]
        for facet in wanted:
            buckets = answer["aggregations"][facet]["buckets"]
            self.values[facet] = sorted(bucket["key"] for bucket in buckets)


def _parts(found: Where) -> tuple[list[Json], list[Json]]:
    """What must hold and what must not. Flat, because OpenSearch refuses what is nested deeply."""
    if found == EVERYTHING:
        return [], []
    inner = found.query.get("bool", {"should": []})
    if inner.keys() <= {"filter", "must_not"}:
        return inner.get("filter", []), inner.get("must_not", [])
    return [found.query], []


def _all_of(needed: list[Json], barred: list[Json]) -> Where:
    if not barred and len(needed) < 2:
        return where(needed[0]) if needed else EVERYTHING
    return where({"bool": {"filter": needed, **({"must_not": barred} if barred else {})}})


def _values_of(facet: str) -> Json:
    return {"terms": {"field": facet, "size": MOST_VALUES}}


def _chosen(conditions: _Conditions, query: Query, clauses: Sequence[Clause]) -> dict[str, Json]:
    """For each facet that is filtered, the condition that it has any of the values asked for; and that of the days."""
    values: dict[str, list[str]] = {}
    for facet, value in query.filters:
        values.setdefault(facet, []).append(value)
    for clause in clauses:
        if clause.asks is Asks.FACET and not clause.minus:
            values.setdefault(clause.facet, []).extend(meant(conditions.values[clause.facet], clause, query))
    chosen: dict[str, Json] = {
        facet: {"terms": {facet: sorted(set(names))}} for facet, names in values.items()
    }
    days = {"gte": query.dated_from, "lte": query.dated_to}
    if limits := {name: day for name, day in days.items() if day is not None}:
        chosen[DAYS] = {"range": {"dated": limits}}
    return chosen


def _within(conditions: _Conditions, query: Query, clauses: Sequence[Clause]) -> Json:
    """Items of the entries asked for, without the facet values taken away by a minus."""
    limits = {"gt": query.after, "lte": query.until}
    entries = {name: seq for name, seq in limits.items() if seq is not None}
    taken = [
        {"terms": {clause.facet: meant(conditions.values[clause.facet], clause, query)}}
        for clause in clauses
        if clause.asks is Asks.FACET and clause.minus
    ]
    return {"filter": [ITEMS, *([{"range": {"seq": entries}}] if entries else [])], "must_not": taken}


def _counts(chosen: Mapping[str, Json]) -> Json:
    """What to count: each facet over the hits, a filtered one without its own filter; and so the months."""
    months: Json = {"histogram": {"field": "dated", "interval": 100, "min_doc_count": 1}}  # of yyyymmdd
    counted = {}
    for name, values in (*((facet, _values_of(facet)) for facet in FACETS), (DAYS, months)):
        others = [condition for chosen_name, condition in chosen.items() if chosen_name != name]
        counted[name] = {"filter": {"bool": {"filter": others}}, "aggs": {"values": values}}
    return counted


def _facets(answer: Json) -> dict[str, dict[str, int]]:
    """The counts of an answer, most first; items without a value are left out."""
    facets = {}
    for facet in FACETS:
        buckets = answer["aggregations"][facet]["values"]["buckets"]
        pairs = [(bucket["key"], bucket["doc_count"]) for bucket in buckets if bucket["key"]]
        facets[facet] = dict(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))
    return facets


def _months(answer: Json) -> dict[int, int]:
    """How many items each month has, in order."""
    buckets = answer["aggregations"][DAYS]["values"]["buckets"]
    return {int(bucket["key"]) // 100: bucket["doc_count"] for bucket in buckets}


def _order(query: Query, weighing: Iterable[str]) -> list[Json]:
    newer: Json = {"seq": "desc"}
    if query.sort == "relevance":
        return [{"_score": "desc"}, newer] if weighing else [newer]
    if query.sort == "entered":
        return [newer]
    return [{"dated": "desc" if query.sort == "newest" else "asc"}, newer]


def _gains(conditions: _Conditions, terms: Iterable[str]) -> list[Json]:
    """The terms that weigh, each with what it adds (see `gain`); the index's own similarity does the rest."""
    conditions.learn(map(conditions.term, terms))
    items = conditions.items()
    return [
        {"term": {"terms": {"value": spelt_term(term), "boost": gain(items, conditions.holding(term))}}}
        for term in terms
        if conditions.holding(term)
    ]


def _constant(found: Where, worth: int) -> Json:
    return {"constant_score": {"filter": found.query, "boost": float(worth)}}


def _first_look(conditions: _Conditions, clauses: Sequence[Clause]) -> None:
    """Learn in one question what most queries need to know."""
    phrases = [clause.text for clause in clauses if clause.asks is not Asks.FACET]
    terms = [term for phrase in phrases for term in required_terms(phrase) or (phrase,)]
    facets = {clause.facet for clause in clauses if clause.asks is Asks.FACET}
    if phrases or facets:
        conditions.learn([*map(conditions.phrase, phrases), *map(conditions.term, terms)], facets=facets)


def answer(ask: Ask, query: Query) -> Answer:
    """What `SearchIndex.search` promises. The query is one that `check` has let through. Raises what `ask` raises."""
    clauses, conditions = parse(query.text), _Conditions(ask)
    _first_look(conditions, clauses)
    meaning = Meaning(conditions, query.names, today=query.today)
    found = meaning.run(clauses)
    within, chosen = _within(conditions, query, clauses), _chosen(conditions, query, clauses)
    within["filter"].append(found.query)
    if query.sort == "relevance":
        within["should"] = _gains(conditions, meaning.weighing)
        if meaning.weighing:
            within["should"] += [_constant(*each) for each in bonuses(conditions, meaning, query)]
        within["minimum_should_match"] = 0
    page, size = max(query.page, 1), max(query.size, 0)
    first = min((page - 1) * size, WINDOW)
    body = {
        "query": {"bool": within},
        "post_filter": {"bool": {"filter": list(chosen.values())}},
        "aggs": _counts(chosen),
        "from": first,
        "size": min(size, WINDOW - first),
        "sort": _order(query, meaning.weighing),
        "track_total_hits": True,
        "docvalue_fields": ["item"],
    }
    got = ask(body)
    total = got["hits"]["total"]["value"]
    return Answer(
        items=tuple(hit["fields"]["item"][0] for hit in got["hits"]["hits"]),
        total=total,
        facets=_facets(got),
        months=_months(got),
        marks=tuple(meaning.marks),
        understood=tuple(meaning.understood),
        nearest=() if total else tuple(meaning.nearest),
    )
