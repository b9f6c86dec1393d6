"""The next generation of an index: what is deleted, what is merged, what is added."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from portal.adapters.index_merging import Document, made_of, merged_of
from portal.adapters.index_segment import Mask
from portal.adapters.whoosh_codec import Contents, Listing
from portal.adapters.whoosh_folder import Generation, IndexFolder

TIER = 5  # segments of about one size that become one
MANY = 24  # segments, from which on size is no reason not to merge
SMALL, SHARE = 2000, 40  # items that a commit may write anew: so many, or so many for each that it adds


def write_next(
    folder: IndexFolder,
    before: Generation,
    documents: Sequence[Document],
    *,
    replaced: Iterable[str],
    erased: Iterable[str],
    position: int,
) -> None:
    """Commit what stood before, without what is replaced or erased, with these documents.

    What is erased is in none of the files afterwards, nor is an earlier version of it.
    """
    listings = _deleted(before, before.contents, replaced)
    left = _deleted(before, listings, erased)
    living = [each for each in left if each.alive]
    again = [each for each in living if each.gone] if left != listings else in_tiers(living, len(documents))
    stays = [each for each in living if each not in again]
    parts = [
        (segment.part, _alive(each))
        for each, segment in zip(left, before.segments, strict=True)
        if each in again
    ]
    if documents:
        parts.append((made_of(documents), np.ones(len(documents), np.bool_)))
    if parts:
        stays.append(folder.add(merged_of(parts) if len(parts) > 1 or again else parts[0][0]))
    folder.commit(Contents(position, stays))


def _deleted(before: Generation, listings: Sequence[Listing], keys: Iterable[str]) -> list[Listing]:
    """The segments with the items of these keys marked deleted."""
    wanted, marked = list(keys), []
    for each, segment in zip(listings, before.segments, strict=True):
        found = {number for key in wanted if (number := segment.number(key)) is not None} - {*each.gone}
        marked.append(replace(each, gone=tuple(sorted({*each.gone, *found}))) if found else each)
    return marked


def _alive(listing: Listing) -> Mask:
    mask = np.ones(listing.size, np.bool_)
    mask[list(listing.gone)] = False
    return mask


def in_tiers(listings: Sequence[Listing], added: int) -> list[Listing]:
    """Which segments a commit that adds so many items writes anew: `TIER` of about one size become one, so that every
    item is written anew a few times in all and a single note never waits for the whole index."""
    tiers: dict[int, list[Listing]] = {}
    for each in listings:
        tiers.setdefault(int(math.log(each.alive, TIER)), []).append(each)
    again: list[Listing] = []
    for tier in tiers.values():
        size = sum(each.alive for each in tier)
        if len(tier) >= TIER and (size <= max(SMALL, SHARE * added) or len(listings) > MANY):
            again += tier
    return again
