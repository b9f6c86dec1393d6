"""What narrows a result of the archive, and what it is narrowed by: facets, chips, orders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.ports import FACETS, Answer
from portal.web.filters import day as day_words
from portal.web.language import _
from portal.web.public.asking import SORTS, Looking, more
from portal.web.public.links import zh
from portal.web.states import ITEM_KINDS, word

MOST_OPTIONS = 30  # values of one facet shown

Names = Mapping[str, str]


def facets_of(answer: Answer, looking: Looking, names: Names) -> list[dict[str, Any]]:
    """The facets as the `facets` macro expects them: each value is added, or taken away again."""
    return [_facet(name, answer.facets.get(name, {}), looking, names) for name in FACETS]


def chips_of(looking: Looking, names: Names) -> list[dict[str, Any]]:
    """Everything chosen, each with the address without it."""
    asked = looking.asked
    chips = [
        {"label": _label(name, value, names), "href": looking.without(name, value)}
        for name, values in asked.chosen.items()
        for value in values
    ]
    if asked.first:
        label = _("%(day)s起", day=day_words(asked.first))
        chips.append({"label": label, "href": looking.at(**{"from": ""})})
    if asked.last:
        chips.append({"label": _("到%(day)s", day=day_words(asked.last)), "href": looking.at(to="")})
    return chips


def sorts_of(looking: Looking) -> list[tuple[str, str, bool]]:
    """Label, address, and whether it is this one."""
    labels = {"relevance": _("最相关的在前"), "newest": _("新的在前"), "oldest": _("旧的在前")}
    usual = SORTS[0] if looking.asked.text else SORTS[1]
    return [
        (labels[key], looking.at(sort="" if key == usual else key), key == looking.sort)
        for key in SORTS
        if looking.asked.text or key != "relevance"
    ]


def said(looking: Looking, names: Names) -> str:
    """The question in a few words, for titles of files and feeds."""
    chosen = [_label(name, value, names) for name, values in looking.asked.chosen.items() for value in values]
    days = [day_words(day) for day in (looking.asked.first, looking.asked.last) if day]
    return " ".join(part for part in (looking.asked.text, *chosen, "-".join(days)) if part)


def _facet(name: str, found: Mapping[str, int], looking: Looking, names: Names) -> dict[str, Any]:
    chosen = looking.asked.chosen.get(name, ())
    counts = {**dict.fromkeys(chosen, 0), **found} if chosen else found
    order = sorted(counts, reverse=True) if name == "year" else sorted(counts, key=lambda v: (-counts[v], v))
    if len(order) > MOST_OPTIONS:
        order = [value for place, value in enumerate(order) if place < MOST_OPTIONS or value in chosen]
    options = [
        (
            _content(name, _label(name, value, names)),
            counts[value],
            looking.without(name, value) if value in chosen else more(looking.here, name, value),
            value in chosen,
        )
        for value in order
    ]
    return {"title": _titles()[name], "open": name in ("kind", "year") or bool(chosen), "options": options}


def _titles() -> dict[str, str]:
    return {
        "kind": _("类型"),
        "unit": _("单位", n=1),
        "town": _("镇街"),
        "category": _("类别"),
        "year": _("年度"),
    }


def _label(name: str, value: str, names: Names) -> str:
    if name == "kind":
        return word(ITEM_KINDS, value)
    if name == "year":
        return _("%(year)s年", year=value)
    return names.get(value, value)


def _content(name: str, label: str) -> str:
    """Names are published content and stay Chinese; kinds and years are our words."""
    return label if name in ("kind", "year") else zh(label)
