"""Who looks at a submission that is not public is written down, once for each look."""

from __future__ import annotations

from sqlalchemy import select

from portal.domain.audit import AuditEntry
from portal.wiring import Portal
from tests.browsing import Browser
from tests.small_district import SmallDistrict


def looks(portal: Portal) -> list[tuple[str, dict[str, int]]]:
    with portal.database.reading() as session:
        rows = session.scalars(
            select(AuditEntry).where(AuditEntry.act == "see_report").order_by(AuditEntry.id)
        )
        return [(row.subject_id, row.detail) for row in rows]


def test_opening_a_submission_is_one_look_until_an_hour_has_passed(
    portal: Portal, district: SmallDistrict, visitor: Browser, clock
) -> None:
    report = district.submitted(photos=1)
    visitor.sign_in("supervisor")
    for _ in range(3):
        assert visitor.get(f"/desk/supervision/reports/{report}").status_code == 200
    assert looks(portal) == [(str(report), {"round": 1})]
    clock.forward(minutes=61)
    visitor.sign_in("supervisor")
    visitor.get(f"/desk/supervision/reports/{report}")
    assert looks(portal) == [(str(report), {"round": 1})] * 2


def test_each_person_has_looks_of_their_own(
    district: SmallDistrict, portal: Portal, visitor: Browser
) -> None:
    report = district.submitted(photos=1)
    for login in ("supervisor", "second"):
        visitor.sign_in(login)
        visitor.get(f"/desk/supervision/reports/{report}")
        visitor.submit("/account/logout", page="/desk/supervision")
    assert len(looks(portal)) == 2


def test_whoever_may_not_look_leaves_no_look(
    district: SmallDistrict, portal: Portal, visitor: Browser
) -> None:
    report = district.submitted(photos=1)
    visitor.sign_in("outsider")
    assert visitor.get(f"/desk/supervision/reports/{report}").status_code in (403, 404)
    assert looks(portal) == []
