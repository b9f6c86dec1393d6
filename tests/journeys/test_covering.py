"""A face is covered by four numbers before publication, a plate afterwards: what citizens, caches and proofs then get."""

from __future__ import annotations

import re
from pathlib import Path

import verify as verify_alone
from portal.domain.progress import Report
from portal.domain.redaction import Cover
from portal.ports import Space
from portal.record.log import latest
from portal.record.verify import verify
from portal.web.app import create_app
from portal.worker import run_once
from tests.browsing import Browser
from tests.covering import FACE, PLATE, is_black
from tests.record.test_verify_alone import key_lines
from tests.signed_record import keys  # noqa: F401 - a fixture
from tests.web.public.test_past_days import ASKED
from tests.web.supervisor_desk.reviewing import decide, desk_of

SEEN = re.compile(r'name="seen" value="([^"]*)"')
MEDIA = re.compile(r"/media/([0-9a-f]{64}\.(?:jpg|avif))")


def row(n: int, cover: Cover) -> dict[str, str]:
    sides = zip(("left", "top", "width", "height"), cover.told, strict=False)
    return {f"{side}-{n}": str(int(value) / 10) for side, value in sides} | {f"kind-{n}": cover.kind.value}


def cover(browser: Browser, path: str, *covers: Cover) -> None:
    page = browser.get(path).get_data(as_text=True)
    fields = {key: value for n, each in enumerate(covers) for key, value in row(n, each).items()}
    found = SEEN.search(page)
    assert found is not None
    assert browser.submit(path, {"seen": found[1], **fields}).status_code == 303


def shown_on(reader: Browser, path: str) -> dict[str, bytes]:
    """Every rendition that a page offers, with its bytes."""
    names = dict.fromkeys(MEDIA.findall(reader.get(path).get_data(as_text=True)))
    found = {}
    for name in names:
        answer = reader.get(f"/media/{name}")
        assert answer.status_code == 200
        found[name] = answer.get_data()
    return found


def test_a_face_before_and_a_plate_after_publication(portal, district, clock, keys, tmp_path, capsys) -> None:  # noqa: F811
    app = create_app(portal)
    supervisor, citizen = Browser(app), Browser(app)
    assert supervisor.sign_in("supervisor").status_code == 303
    report_id = district.submitted(photos=1)
    with portal.database.reading() as session:
        photo_id = session.get_one(Report, report_id).photos[0].id
    path = f"{desk_of(report_id)}/photos/{photo_id}/cover"

    # Before: the moderator covers a face, approves, and citizens get the fill.
    cover(supervisor, path, FACE)
    assert decide(supervisor, report_id, "approve").status_code == 303
    clock.forward(seconds=11)
    run_once(portal)
    number = "2026-000001"
    first = _entry_of(portal, number)
    once = shown_on(citizen, f"/reports/{number}")
    assert len(once) >= 2
    for name, data in once.items():
        assert not name.endswith(".jpg") or is_black(data, FACE)
    old_proof = tmp_path / "old.tlog-proof"
    old_proof.write_bytes(citizen.get(f"/record/{first}.tlog-proof").get_data())

    # Days later somebody sees a plate.
    clock.forward(days=9)
    assert supervisor.sign_in("supervisor").status_code == 303
    cover(supervisor, path, PLATE)
    clock.forward(seconds=2)
    run_once(portal)
    second = _entry_of(portal, number)
    again = shown_on(citizen, f"/reports/{number}")
    assert not set(once) & set(again)
    for name, data in again.items():
        assert not name.endswith(".jpg") or (is_black(data, FACE) and is_black(data, PLATE))
    for name in once:
        gone = citizen.get(f"/media/{name}", headers={"If-None-Match": f'"{name[:32]}"'})
        assert gone.status_code == 410, "also for who kept it, and for a CDN that asks again"
        assert "照片上有车牌，遮住了" in gone.get_data(as_text=True)
        for space in (Space.PUBLIC, Space.STAGED):
            assert name not in set(portal.media.names(space))

    _proofs_say_so(citizen, first=first, second=second, old_proof=old_proof, capsys=capsys)
    _no_window_of_any_day_shows(citizen, once)
    with portal.database.reading() as session:
        found = verify(session, open_public=lambda name: portal.media.open(Space.PUBLIC, name))
        assert found.wrong == []


def _entry_of(portal, number: str) -> int:
    with portal.database.reading() as session:
        entry = latest(session, f"report/{number}")
        assert entry is not None
        return entry.seq


def _proofs_say_so(citizen: Browser, *, first: int, second: int, old_proof: Path, capsys) -> None:
    """The proof somebody took away holds for ever; the site tells the leaf, and by which entry it is sealed."""
    assert verify_alone.main(["proof", str(old_proof), *key_lines()]) == 0
    told = citizen.get(f"/record/opening/{first}.json")
    assert (told.status_code, told.get_json()["destroyed_by"]) == (410, second)
    assert f"第 {second} 条" in citizen.get(f"/record/{first}").get_data(as_text=True)
    new_proof = old_proof.with_name("new.tlog-proof")
    for seq in (first, second):
        new_proof.write_bytes(citizen.get(f"/record/{seq}.tlog-proof").get_data())
        capsys.readouterr()
        assert verify_alone.main(["proof", str(new_proof), *key_lines()]) == 0
        said = capsys.readouterr().out
        assert ("the document is what was committed to" in said) == (seq == second), said


def _no_window_of_any_day_shows(citizen: Browser, once: dict[str, bytes]) -> None:
    """Neither today nor as it stood before: the old pictures are named nowhere, and every page still opens."""
    wrong = []
    for path in [each for paths in ASKED.values() for each in paths]:
        for day in ("", f"{'&' if '?' in path else '?'}as_of=2026-11-24"):
            answer = citizen.get(path + day)
            page = answer.get_data()
            shows = any(name.encode() in page or data in page for name, data in once.items())
            if shows or answer.status_code not in (200, 404, 410):
                wrong.append((path + day, answer.status_code, shows))
    assert wrong == []
