"""What changed between two documents, field by field, as paths that the interface puts into words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# Parts that differ in every version or say nothing to a reader.
IGNORED = frozenset({"reason", "dated", "version"})


@dataclass(frozen=True)
class Changed:
    """One field: where it stands (`("milestones", "2", "due_on")`), and what it said before and after.

    `before` or `after` is None when the field was not there.
    """

    path: tuple[str, ...]
    before: Any
    after: Any


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Changed]:
    """Every field that differs, in the order of the newer document, removed ones last."""
    return list(_walk((), dict(before), dict(after)))


def _walk(path: tuple[str, ...], before: Any, after: Any) -> Iterator[Changed]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        keys = [*after, *(key for key in before if key not in after)]
        for key in keys:
            if path or key not in IGNORED:
                yield from _walk((*path, key), before.get(key), after.get(key))
    elif isinstance(before, list) and isinstance(after, list) and path[-1:] != ("renditions",):
        for index in range(max(len(before), len(after))):
            old = before[index] if index < len(before) else None
            new = after[index] if index < len(after) else None
            yield from _walk((*path, str(index)), old, new)
    else:
        yield Changed(path, before, after)
