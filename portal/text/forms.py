"""Other forms of a name that need no list: without the district in front, the office of a street or town."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from portal.text.fold import folded

DISTRICTS, _BEHIND = ("区", "县", "市"), ("街道", "镇", "乡")


def stems(name: str) -> Iterator[str]:
    """Shorter forms that people use for a name anyway: without 区 in front, without 街道 behind."""
    if len(name) > 3 and name[0] in DISTRICTS:
        yield name[1:]
    for ending in _BEHIND:
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            yield name.removesuffix(ending)


def offices(name: str) -> tuple[str, ...]:
    """What the office of a street or town is called as well: 城东街道办事处."""
    if name.endswith("街道"):
        return name, f"{name}办事处", f"{name}办", f"{name.removesuffix('街道')}办事处"
    return (name, f"{name}政府", f"{name}人民政府") if name[-1:] in ("镇", "乡") and len(name) > 2 else ()


def aliases_of(groups: Iterable[Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Folded name → folded forms, itself first; a name of several groups has the forms of all."""
    found: dict[str, tuple[str, ...]] = {}
    for group in groups:
        forms = [form for form in map(folded, group) if form]
        for form in forms:
            found[form] = tuple(dict.fromkeys([form, *found.get(form, ()), *forms]))
    return found
