"""What changed between two versions, field by field."""

from portal.record.difference import Changed, difference


def test_equal_documents_have_no_difference():
    assert difference({"a": [1, {"b": 2}]}, {"a": [1, {"b": 2}]}) == []


def test_changes_are_named_by_their_path_with_both_sides():
    before = {"due_on": "2026-12-01", "milestones": [{"name": "甲", "percent": 30}], "gone": "x"}
    after = {"due_on": "2026-12-25", "milestones": [{"name": "甲", "percent": 40}, {"name": "乙"}], "new": 1}
    assert difference(before, after) == [
        Changed(("due_on",), "2026-12-01", "2026-12-25"),
        Changed(("milestones", "0", "percent"), 30, 40),
        Changed(("milestones", "1"), None, {"name": "乙"}),
        Changed(("new",), None, 1),
        Changed(("gone",), "x", None),
    ]


def test_the_reason_and_the_day_of_a_version_are_not_a_change_of_what_it_says():
    assert difference({"reason": "a", "dated": "2026-01-01"}, {"reason": "b", "dated": "2026-02-01"}) == []
