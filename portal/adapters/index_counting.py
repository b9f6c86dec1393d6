"""Counting facets and months of many items at once.

Several facets share one array of numbers, one for each combination of their values, so that a common word is
counted in two passes and not in six; the counts of each are the sums over the others.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

MOST_TOGETHER = 2**14  # combinations of values that are counted in one array

Ids = NDArray[np.int32]
Places = NDArray[np.intp]
Mask = NDArray[np.bool_]


class _Group:
    """Facets counted together."""

    def __init__(self, names: Sequence[str], codes: Mapping[str, Ids], sizes: Mapping[str, int]) -> None:
        self.names = tuple(names)
        self._shape = tuple(sizes[name] for name in names)
        joint = np.zeros(len(codes[names[0]]), np.intp)
        for name in names:
            joint = joint * sizes[name] + codes[name]
        self._joint = joint

    def combinations(self, ids: Places) -> Places:
        """How many of the items have each combination of values."""
        return np.bincount(self._joint[ids], minlength=math.prod(self._shape))

    def values(self, combinations: Places) -> dict[str, Places]:
        """The same for each value of each facet."""
        numbers = combinations.reshape(self._shape)
        axes = range(len(self._shape))
        return {
            name: numbers.sum(axis=tuple(axis for axis in axes if axis != place))
            for place, name in enumerate(self.names)
        }


class Counting:
    """Counts by facet over the items of one snapshot."""

    def __init__(self, live: Mask, codes: Mapping[str, Ids], sizes: Mapping[str, int]) -> None:
        """live: the items that can be counted; codes: for each facet the number of each item's value; sizes: how
        many values there are."""
        groups: list[list[str]] = []
        room = 0
        for name in sorted(codes, key=lambda name: sizes[name]):
            if not groups or sizes[name] > room:
                groups.append([])
                room = MOST_TOGETHER
            groups[-1].append(name)
            room //= max(sizes[name], 1)
        self._groups = [_Group(names, codes, sizes) for names in groups]
        self._live, self._count = live, int(np.count_nonzero(live))
        self._all = [group.combinations(np.flatnonzero(live)) for group in self._groups]

    def count(self, found: Mask, names: Sequence[str]) -> dict[str, Places]:
        """How many of the items found, all of them live, have each value of these facets."""
        most = np.count_nonzero(found) * 2 > self._count
        ids = np.flatnonzero(self._live & ~found if most else found)  # the fewer are counted
        numbers: dict[str, Places] = {}
        for group, whole in zip(self._groups, self._all, strict=True):
            if not set(names).isdisjoint(group.names):
                counted = group.combinations(ids)
                numbers |= group.values(whole - counted if most else counted)
        return {name: numbers[name] for name in names}
