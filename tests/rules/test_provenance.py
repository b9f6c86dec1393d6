"""The grade of a photo: the whole table, every combination of stored facts on both sides of every limit."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest

from portal.rules.provenance import (
    AGAINST_A,
    AGAINST_B,
    FOR_A,
    Code,
    Facts,
    Grade,
    Graded,
    Reason,
    grade,
    is_an_editor,
    metres_between,
)

DAY = 24 * 3600
VALUES = {
    "code": tuple(Code),
    "code_age": (None, 900, 901),
    "file_age": (None, 120, 121),
    "skew": (None, -121, 120, 121),
    "accuracy": (None, 100, 101),
    "distance": (None, 600, 601),
    "camera_age": (None, -301, -300, 1020, 1021, 30 * DAY, 30 * DAY + 1),
    "maker": (False, True),
    "edited": (False, True),
    "embedded_distance": (None, 600, 601),
}


@pytest.fixture(scope="module")
def every() -> list[tuple[dict, Graded]]:
    """Every combination with its grade."""
    combinations = (dict(zip(VALUES, values, strict=True)) for values in itertools.product(*VALUES.values()))
    return [(facts, grade(Facts(**facts))) for facts in combinations]


def earns_a(f: dict) -> bool:
    """Grade A in the words of the specification, written without the table."""
    code = f["code"] is Code.GOOD and f["code_age"] == 900 and f["file_age"] == 120
    clock = f["skew"] == 120
    place = f["accuracy"] == 100 and f["distance"] == 600
    camera = f["camera_age"] in (None, -300, 1020) and not f["edited"] and f["embedded_distance"] != 601
    return code and clock and place and camera


def earns_b(f: dict) -> bool:
    """Grade B in the words of the specification."""
    in_time = f["camera_age"] in (-300, 1020, 1021, 30 * DAY)
    return in_time and f["maker"] and not f["edited"] and f["embedded_distance"] != 601


def test_every_combination_of_stored_facts_has_the_grade_that_the_specification_gives_it(every):
    assert len(every) == 108_864
    counted = Counter()
    for facts, found in every:
        expected = Grade.A if earns_a(facts) else Grade.B if earns_b(facts) else Grade.C
        assert found.grade is expected, facts
        counted[found.grade] += 1
    assert all(counted[each] for each in Grade), counted


def test_every_combination_is_told_why_and_nothing_that_is_not_so(every):
    against = {reason for reason, _holds in (*AGAINST_A, *AGAINST_B)}
    seen = set()
    for facts, found in every:
        seen |= set(found.reasons)
        assert found.reasons, facts
        assert len(set(found.reasons)) == len(found.reasons), facts
        if found.grade is Grade.A:
            assert found.reasons == FOR_A, facts
        else:
            assert set(found.reasons) & against, facts
            assert (Reason.DATA_AGREES in found.reasons) is (found.grade is Grade.B), facts
            assert not set(FOR_A) & set(found.reasons), facts
    assert seen == set(Reason) - {Reason.FROM_ARCHIVE}


def test_a_photo_of_an_archive_is_never_better_than_a_bare_file(every):
    for facts, found in every[:: len(every) // 5000]:
        if facts["code"] is Code.NONE:  # no page was there to give one
            archived = grade(Facts(**facts, archive=True))
            assert archived.grade is Grade.C
            assert archived.reasons[0] is Reason.FROM_ARCHIVE
            assert set(found.reasons) - {Reason.DATA_AGREES} < set(archived.reasons)


def test_without_a_code_of_ours_nothing_that_a_request_can_say_reaches_a(every):
    without = [found.grade for facts, found in every if facts["code"] is not Code.GOOD]
    assert len(without) == len(every) * 3 // 4
    assert Grade.A not in without


def test_a_photo_without_a_code_is_not_told_what_the_page_would_have_asked_for():
    assert grade(Facts()).reasons == (Reason.NO_TIME, Reason.NO_MAKER, Reason.NOT_CAPTURED)


def test_refusing_the_place_is_said_and_costs_nothing_else():
    captured = Facts(code=Code.GOOD, code_age=20, file_age=-6, skew=1, camera_age=10, maker=True)
    assert grade(captured).grade is Grade.B
    assert grade(captured).reasons == (Reason.DATA_AGREES, Reason.NO_PLACE)


@pytest.mark.parametrize(
    ("software", "edited"),
    [
        ("Adobe Photoshop 25.1 (Windows)", True), ("美图秀秀", True), ("Snapseed 2.0", True), ("GIMP 2.10", True),
        ("17.5.1", False), ("HDR+ 1.0.540104767zd", False), ("BRA-AL00 4.2.0.120(C00E120R4P3)", False), ("", False),
    ],
)  # fmt: skip
def test_an_editor_is_told_from_the_firmware_of_a_camera(software, edited):
    assert is_an_editor(software) is edited


@pytest.mark.parametrize(
    ("here", "there", "metres"),
    [
        ((118.0, 36.0), (118.0, 36.0), 0),
        ((118.0, 36.0), (118.0, 36.01), 1112),
        ((118.0, 60.0), (118.01, 60.0), 556),
        ((179.9995, 0.0), (-179.9995, 0.0), 111),
    ],
)
def test_metres_are_measured_along_the_great_circle(here, there, metres):
    assert metres_between(here, there) == metres
