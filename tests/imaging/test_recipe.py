"""The recipe is known by its version: whoever changes what comes of a file says so, and old photos follow."""

from __future__ import annotations

import hashlib

from portal.imaging import renditions
from portal.imaging.developed import RECIPE

# The recipe of each version: sizes, formats and qualities. A new one is added, none is changed.
KNOWN = {1: "254a15c7c9f5d220"}


def test_the_recipe_is_that_of_its_version() -> None:
    told = repr((renditions.PLAN, renditions._AVIF_QUALITY, renditions._AVIF_SPEED))
    found = hashlib.sha256(told.encode()).hexdigest()[:16]
    assert KNOWN[RECIPE] == found, "a changed recipe has a new version (docs/photos.md)"
