"""Single words of a query: what stands beside each other, what is only asked around, what a filter names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from portal.ports import FACETS, Query
from portal.text.dates import dates_in
from portal.text.everyday import in_figures
from portal.text.fold import folded
from portal.text.names import Names
from portal.text.parse import Asks, Clause
from portal.text.pinyin import cuts
from portal.text.spans import spans_in
from portal.text.terms import is_han

SORTS = ("relevance", "newest", "oldest", "entered")
DAYS = "dated"  # beside the facets: what narrows by days, and is left out where months are counted
SHORTEST_SPOKEN = 4  # letters before or behind Han characters that are taken for pinyin of their own
_BORDER = re.compile(
    rf"(?<=[a-z]{{{SHORTEST_SPOKEN}}})(?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff])(?=[a-z]{{{SHORTEST_SPOKEN}}})"
)
_AT_PLACES = ("线", "处", "段", "附近", "沿线", "路段", "桩号", "里程", "位置", "起点", "终点")
_AT_AMOUNTS_AND_DAYS = ("左右", "以内", "米", "期间", "全年", "同期")
AROUND = frozenset((*_AT_PLACES, *_AT_AMOUNTS_AND_DAYS))
BESIDE = "的在是为共约达且并但"  # at the ends of what stands beside days and sums: 投资额在1000万以上的
_OF_DAYS = ("上午", "下午", "晚上", "当天", "当日", "那天", "全天", "前后")
_OF_SUMS = (
    "投资",
    "投资额",
    "总投资",
    "总投资额",
    "造价",
    "总造价",
    "金额",
    "资金",
    "预算",
    "概算",
    "项目",
    "工程",
)
_SUMS = "|".join(sorted(_OF_SUMS, key=len, reverse=True))
_SAID_OF_SUMS = re.compile(rf"^(?:{_SUMS})|的?(?:完成)?(?:{_SUMS})$")
_OF_A_SUM = re.compile(  # 累计完成投资, 项目总投资, 投资总额
    "(?:累计|花费|花了|耗资|大概|计划|预计|实际|已|共|总计?|年度|项目|工程|合同|完成|投入|投资|造价|金额|资金|费用|预算|概算|总额|规模|额|的)+"
)
_JOINTS = frozenset("和与及跟同的")
SOFT = frozenset(
    (*_OF_DAYS, *_OF_SUMS)
)  # beside days and sums: asked for where they stand with them, else not


_KINDS = {  # what else the values of kind: are called
    **dict.fromkeys(("projects", "工程", "重点工程", "重点项目", "工作事项", "事项"), "project"),
    **dict.fromkeys(
        (
            "reports",
            "progress",
            "note",
            "notes",
            "进展报送",
            "进展报告",
            "进展情况",
            "工作进展",
            "报送",
            "报告",
        ),
        "report",
    ),
}


def check(query: Query) -> None:
    """Raises `ValueError` for a sort or a facet that there is not."""
    if query.sort not in SORTS:
        raise ValueError(f"no such sort: {query.sort}")
    if unknown := {facet for facet, _ in query.filters} - set(FACETS):
        raise ValueError(f"no such facet: {', '.join(sorted(unknown))}")


def meant(values: Iterable[str], clause: Clause, query: Query) -> list[str]:
    """The facet values a typed filter means: the one written or called so, or else those that contain it, or else
    those that sound so or that it is short for."""
    names, word = query.names, clause.text
    if clause.facet == "kind":
        word = _KINDS.get(word, word)
    if clause.facet == "year":
        return _called(values, clause.facet, _years(in_figures(word, query.today)), names)
    ways: tuple[Callable[[str], Sequence[str]], ...] = (
        lambda typed: (typed,),
        names.spoken,
        names.shortened,
        names.begun_other,
        names.heard,
    )
    for way in ways:
        forms = [whole for form in way(word) for whole in (form, *names.begun_other(form))]
        wanted = [other for form in forms for other in names.aliases.get(form, (form,))]
        if found := _called(values, clause.facet, wanted, names):
            return found
    return []


def _called(values: Iterable[str], facet: str, wanted: Sequence[str], names: Names) -> list[str]:
    """The values that are written so, or else those that contain it."""
    forms = {value: names.label(facet, value) for value in values}
    same = [value for value, form in forms.items() if form in wanted or folded(value) in wanted]
    return same or [value for value, form in forms.items() if any(each in form for each in wanted)]


def _years(text: str) -> tuple[str, ...]:
    """A year as its facet has it: 2025 for 二〇二五年, several for 2024到2025."""
    spans = [term[1:] for span in spans_in(text) for term in span.terms if len(term) == 5]
    return tuple(spans or [term[1:] for date in dates_in(text) for term in date.terms if len(term) == 5]) or (
        text,
    )


def parts_by_script(word: str) -> list[str]:
    """Pinyin before or behind Han characters, each by itself: chengdong绿化."""
    parts = _BORDER.split(word)
    return parts if len(parts) > 1 else []


def parts_at_signs(word: str) -> list[str]:
    """What a sign joins that is nowhere so: 城东-绿化."""
    parts = [part for part in re.split(r"[-~_/.:]+", word) if part]
    return parts if len(parts) > 1 and any(is_han(part[0]) for part in parts) else []


def parts_at_joint(word: str) -> list[str]:
    """What 的 joins that is nowhere so: 白杨的桥."""
    parts = [part for part in word.split("的") if part]
    return parts if len(parts) > 1 else []


def spoken_halves(word: str, names: Names) -> list[str]:
    """Pinyin of two names written as one word: chengdonglvhua."""
    if not names.is_pinyin(word):
        return []
    for cut in cuts(word):
        for place in range(2, len(cut) - 1):
            halves = ["".join(cut[:place]), "".join(cut[place:])]
            if all(map(names.spoken, halves)):
                return halves
    return []


def runs(clauses: Sequence[Clause]) -> list[list[Clause]]:
    """The clauses in runs: plain words beside each other of one script, of which one is a single character or
    all are letters, together; everything else alone."""
    found: list[list[Clause]] = []
    for clause in clauses:
        if found and _may_follow(found[-1][-1], clause):
            found[-1].append(clause)
        else:
            found.append([clause])
    return found


def is_soft(part: str) -> bool:
    """Whether what stands beside a day or a sum says little of its own: 上午, 累计完成投资."""
    return part in SOFT or _OF_A_SUM.fullmatch(part) is not None


def without_joints(run: Sequence[Clause]) -> list[Clause]:
    """The clauses without what only joins one to the next: 桥梁 和 沥青."""
    inside = range(1, len(run) - 1)
    return [clause for place, clause in enumerate(run) if place not in inside or clause.text not in _JOINTS]


def without_sums(part: str) -> str:
    """What stands beside a sum, without what the sum is said of: 桥梁 of 桥梁投资; "" for nothing else."""
    bare = _SAID_OF_SUMS.sub("", part)
    return bare if bare != part and len(bare) > 1 else ""


def _may_follow(one: Clause, other: Clause) -> bool:
    if other.instead or any(clause.asks is not Asks.WORD or clause.minus for clause in (one, other)):
        return False
    letters = [clause.text.isascii() and clause.text.isalpha() for clause in (one, other)]
    if all(letters):
        return True
    han = all(all(map(is_han, clause.text)) for clause in (one, other))
    return han and 1 in (len(one.text), len(other.text))
