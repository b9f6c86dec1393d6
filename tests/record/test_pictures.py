"""Photos of a project as the record shows them: their order, their keys, and what a new one should look like."""

from __future__ import annotations

import datetime as dt
from typing import Any

from portal.record.pictures import pictures_in, reference_of
from portal.record.shelf import Shown
from portal.record.tables import Act

AT = dt.datetime(2026, 11, 24, 4, 0, tzinfo=dt.UTC)


def photo(seal: str, *, received_on: str = "2026-11-24", **more: Any) -> dict[str, Any]:
    return {"original": seal * 32, "received_on": received_on, **more}


def report(number: str, *photos: dict[str, Any], act: Act = Act.PUBLISHED) -> Shown:
    document = {"number": number, "photos": list(photos)} if act is not Act.WITHDRAWN else {}
    return Shown(
        seq=1,
        item=f"report/{number}",
        kind="report",
        act=act,
        version=1,
        at=AT,
        first_at=AT,
        document=document,
    )


def test_photos_stand_in_the_order_in_which_they_were_taken_else_in_which_they_came() -> None:
    pictures = pictures_in(
        [
            report("2026-000002", photo("aa", received_on="2026-06-02")),
            report("2026-000001", photo("bb", taken_on="2026-03-05"), photo("cc", taken_on="2026-07-01")),
        ]
    )
    assert [each.seal[:2] for each in pictures] == ["bb", "aa", "cc"]


def test_a_key_names_the_report_and_the_photo_and_not_its_place() -> None:
    both = pictures_in([report("2026-000001", photo("aa"), photo("bb"))])
    alone = pictures_in([report("2026-000001", photo("bb"))])
    assert [each.key for each in both] == ["2026-000001-aaaaaaaa", "2026-000001-bbbbbbbb"]
    assert [each.key for each in alone] == ["2026-000001-bbbbbbbb"]


def test_what_is_withdrawn_or_old_is_no_trouble() -> None:
    gone = report("2026-000001", act=Act.WITHDRAWN)
    (old,) = pictures_in([gone, report("2026-000002", photo("aa"))])
    assert old.view is None


def test_the_reference_is_the_chosen_one_while_it_stands_else_the_first_from_the_view() -> None:
    from_here = {"view": {"ordinal": 1, "name": "大门"}}
    pictures = pictures_in(
        [
            report("2026-000001", photo("aa", taken_on="2026-03-05")),
            report("2026-000002", photo("bb", taken_on="2026-06-02", **from_here)),
            report("2026-000003", photo("cc", taken_on="2026-07-01", **from_here)),
        ]
    )
    view: dict[str, Any] = {"ordinal": 1, "name": "大门"}
    chosen = {**view, "reference": {"report": "2026-000001", "original": "aa" * 32}}
    first, second = reference_of(view, pictures), reference_of(chosen, pictures)
    assert first is not None
    assert second is not None
    assert (first.seal[:2], second.seal[:2]) == ("bb", "aa")
    left = reference_of(chosen, pictures[1:])
    assert left is not None
    assert left.seal[:2] == "bb"
    assert reference_of({**view, "ordinal": 2}, pictures) is None
