"""The trail says how far the acts are sealed, and where the seal stands."""

from __future__ import annotations

from sqlalchemy import select

from portal.record.tables import Entry
from portal.wiring import Portal
from portal.worker import run_once
from tests.browsing import Browser
from tests.conftest import Clock
from tests.signed_record import keys  # noqa: F401 - a fixture
from tests.small_district import SmallDistrict
from tests.web.public.reading import links, words


def test_before_the_first_midnight_it_says_when_and_afterwards_leads_to_the_seal(
    portal: Portal,
    district: SmallDistrict,
    keys,  # noqa: F811
    visitor: Browser,
    clock: Clock,
) -> None:
    visitor.sign_in("admin")
    assert "还没有到第一次" in words(visitor.get("/desk/admin/audit"))
    for _ in range(2):
        run_once(portal)
    with portal.database.reading() as session:
        seq = session.scalars(select(Entry.seq).where(Entry.kind == "audit")).one()
    page = visitor.get("/desk/admin/audit")
    assert "条已经封好" in words(page)
    assert f"/record/{seq}" in links(page)
