"""Counting facets and months of many items at once.

Several facets share one array of numbers, one for each combination of their values, so that a common word is
counted in two passes and not in six; the counts of each are the sums over the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

MOST_TOGETHER = 2**14  # combinations of values that are counted in one array

Ids = NDArray[np.int32]
Places = NDArray[np.intp]


class _Group:
    """Facets counted together."""

    def __init__(self, names: Sequence[str], codes: Mapping[str, Ids], sizes: Mapping[str, int]) -> None:
        self.names = tuple(names)
        self._shape = tuple(sizes[name] for name in names)
        joint = np.zeros(len(codes[names[0]]), np.intp)
        for name in names:
            joint = joint * sizes[name] + codes[name]
        self._joint = joint

    def count(self, ids: Places) -> dict[str, NDArray[np.intp]]:
        """How many of the items have each value of each facet."""
        numbers = np.bincount(self._joint[ids], minlength=int(np.prod(self._shape))).reshape(self._shape)
        axes = range(len(self._shape))
        return {
            name: numbers.sum(axis=tuple(axis for axis in axes if axis != place))
            for place, name in enumerate(self.names)
        }


class Counting:
    """Counts by facet over the items of one snapshot."""

    def __init__(self, codes: Mapping[str, Ids], sizes: Mapping[str, int]) -> None:
        """codes: for each facet the number of each item's value; sizes: how many values there are."""
        groups: list[list[str]] = []
        room = 0
        for name in sorted(codes, key=lambda name: sizes[name]):
            if not groups or sizes[name] > room:
                groups.append([])
                room = MOST_TOGETHER
            groups[-1].append(name)
            room //= max(sizes[name], 1)
        self._groups = [_Group(names, codes, sizes) for names in groups]

    def count(self, ids: Places, names: Sequence[str]) -> dict[str, NDArray[np.intp]]:
        """How many of the items have each value of these facets."""
        found: dict[str, NDArray[np.intp]] = {}
        for group in self._groups:
            if not set(names).isdisjoint(group.names):
                found |= group.count(ids)
        return {name: found[name] for name in names}
