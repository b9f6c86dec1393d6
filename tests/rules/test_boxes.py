from __future__ import annotations

import pytest

from portal.rules.boxes import WHOLE, Box


@pytest.mark.parametrize(
    ("left", "top", "width", "height"),
    [
        (-1, 0, 5, 5),
        (0, -1, 5, 5),
        (0, 0, 0, 5),
        (0, 0, 5, 0),
        (990, 0, 11, 5),
        (0, 990, 5, 11),
        (1000, 0, 1, 1),
    ],
)
def test_a_box_that_is_empty_or_sticks_out_is_none(left: int, top: int, width: int, height: int) -> None:
    with pytest.raises(ValueError, match="within"):
        Box(left=left, top=top, width=width, height=height)


def test_a_box_is_within_another_only_with_everything_it_covers() -> None:
    outer = Box(left=100, top=100, width=200, height=200)
    assert outer.within(outer)
    assert Box(left=150, top=100, width=150, height=1).within(outer)
    assert outer.within(Box(left=0, top=0, width=WHOLE, height=WHOLE))
    for other in ((99, 100, 10, 10), (100, 99, 10, 10), (295, 100, 6, 10), (100, 295, 10, 6)):
        assert not Box(left=other[0], top=other[1], width=other[2], height=other[3]).within(outer)
