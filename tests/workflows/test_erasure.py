"""The withdrawal drill: erased words, salts and pixels are nowhere, and every old proof still holds."""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text

from portal.domain.lifecycle import ReportState
from portal.domain.progress import Report
from portal.ports import Query, Space
from portal.record import log, merkle
from portal.record.log import Disclosed
from portal.record.rebuild import rebuild_shelf
from portal.record.tables import Act, Entry, Opening, Shelved
from portal.record.verify import verify
from portal.web.app import create_app
from portal.wiring import Portal
from portal.worker import run_once
from portal.workflows.correct_report import start_correction
from portal.workflows.submit_report import submit_report
from portal.workflows.withdraw_report import withdraw_report
from tests.browsing import Browser
from tests.conftest import Clock, needs_sqlite, on_postgresql
from tests.covering import FACE, put, standing
from tests.small_district import SmallDistrict
from tests.web.public.conftest import correct  # noqa: F401 - a fixture

WORDS = ("鸀鹮做成了挡墙", "鸀鹮困难", "鸀鹮下一步", "鸀鹮更正后的话", "鸀鹮更正的原因")
SEARCHED = "鸀鹮"
REASON, BASIS = "拍到了路人的正脸", "《个人信息保护法》第四十七条"


def everything_kept(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file that the portal has written, but for sealed originals: database, WAL, index, media, spool, logs."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "sealed" not in path.parts:
            yield path, path.read_bytes()


@pytest.fixture
def erased(portal: Portal, district: SmallDistrict, clock: Clock, correct, tmp_path, caplog):  # noqa: F811
    """A report with a correction and photos, seen by readers in every way, then withdrawn; what must be gone."""
    caplog.set_level(logging.DEBUG)
    for _time in range(12):  # so that rows are moved about before and after
        district.published(done="砌筑完成三层。" * 60)
    number = district.published(photos=2, done=WORDS[0] * 40, problems=WORDS[1], next_step=WORDS[2])
    correct(number, done=WORDS[3] * 300, reason=WORDS[4])
    for _time in range(6):
        district.published(code=district.projects[1], login="stranger", done="铺管 300 米。" * 80)
    run_once(portal)
    app = create_app(portal)
    if not on_postgresql():
        holding = {path.suffix for path, data in everything_kept(tmp_path) if SEARCHED.encode() in data}
        assert {".sqlite", ".sqlite-wal", ".seg"} <= holding, "there was something to erase everywhere"
    before = read_everything(app, number)
    assert sum(SEARCHED in page for page in before.values()) >= 4
    with portal.database.reading() as session:
        entries = session.scalars(select(Entry).where(Entry.item == f"report/{number}")).all()
        openings = [session.get_one(Opening, entry.seq) for entry in entries]
        salts = [opening.salt for opening in openings]
        proofs = {entry.seq: (entry.leaf, entry.commit) for entry in entries}
        root = log.head(session).root
    pixels = pictures_of(portal, number)
    with portal.database.writing() as session:
        standing = select(Report).where(Report.number == number, Report.state == ReportState.PUBLISHED)
        withdraw_report(
            session, report=session.scalars(standing).one(), reason=REASON, basis=BASIS,
            actor=district.person(session, "supervisor"), queue=portal.queue, now=clock(),
        )  # fmt: skip
    clock.forward(seconds=2)
    run_once(portal)
    return number, salts, proofs, root, pixels, app


def pictures_of(portal: Portal, number: str) -> dict[str, bytes]:
    """The bytes of every rendition of a report, by name."""
    with portal.database.reading() as session:
        reports = session.scalars(select(Report).where(Report.number == number))
        names = {r["name"] for report in reports for photo in report.all_photos for r in photo.renditions}
    found = {}
    for name in sorted(names):
        with portal.media.open(Space.PUBLIC, name) as stream:
            found[name] = stream.read()
    assert found
    return found


def read_everything(app, number: str) -> dict[str, str]:
    """Every page and feed on which a reader might meet the report."""
    reader, pages = Browser(app), {}
    for path in (
        "/", "/en/", f"/reports/{number}", f"/reports/{number}?version=1", f"/en/reports/{number}", "/projects",
        "/projects/2026-001", "/projects/2026-001/feed.atom", "/projects/2026-001/changes?from=2026-01-01", "/units/001",
        "/units/001/feed.atom", "/changes?from=2026-01-01", "/archive", f"/archive?q={SEARCHED}", "/archive?kind=report&page=2",
        "/feeds/latest.atom", "/sitemap.xml", "/record", "/record?before=20", "/projects/2026-001?as_of=2026-11-24",
        *(f"/record/{seq}" for seq in range(28)), *(f"/record/opening/{seq}.json" for seq in range(28)),
    ):  # fmt: skip
        pages[path] = reader.get(path).get_data(as_text=True)
    return pages


def test_erased_words_and_salts_are_in_no_file(erased, tmp_path) -> None:
    _number, salts, *_rest = erased
    files = dict(everything_kept(tmp_path))
    assert len(files) >= 3
    sought = [SEARCHED, *WORDS, *salts]
    forms = {
        each: (each.encode(), json.dumps(each)[1:-1].encode(), each.encode("utf-16-le")) for each in sought
    }
    found = [
        (path.name, each) for path, data in files.items() for each, shapes in forms.items()
        if any(shape in data for shape in shapes)
    ]  # fmt: skip
    assert found == []


def test_erased_pixels_are_in_no_room_but_the_sealed_original(erased, tmp_path, portal) -> None:
    _number, _salts, _proofs, _root, pixels, app = erased
    for space in (Space.PUBLIC, Space.STAGED):
        assert not set(pixels) & set(portal.media.names(space)), space
    for path, data in everything_kept(tmp_path):
        for name, picture in pixels.items():
            assert picture[200:1200] not in data, (path, name)
    assert len(list(portal.media.names(Space.SEALED))) == 2
    for name in pixels:
        assert Browser(app).get(f"/media/{name}").status_code == 410


def test_no_page_feed_search_or_log_says_the_words(erased, portal, caplog) -> None:
    number, salts, _proofs, _root, pixels, app = erased
    for again in (app, create_app(portal)):  # with kept pages, and in a new process
        for path, page in read_everything(again, number).items():
            shown = page.replace("/archive?q=" + SEARCHED, "")
            if path != f"/archive?q={SEARCHED}":  # which repeats what was asked
                assert SEARCHED not in shown, path
            assert not any(each in page for each in (*salts, *pixels, *WORDS)), path
    assert portal.search.search(Query(text=SEARCHED)).total == 0
    assert not any(
        SEARCHED in record.getMessage() or SEARCHED in str(record.__dict__) for record in caplog.records
    )


def test_old_addresses_answer_410_with_reason_basis_and_role(erased) -> None:
    number, _salts, proofs, *_rest, app = erased
    reader = Browser(app)
    for path in (f"/reports/{number}", f"/reports/{number}?version=1", f"/en/reports/{number}?version=2"):
        answer = reader.get(path)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 410, path
        assert all(part in page for part in (REASON, BASIS, "区委区政府督查室")), path
    for seq in proofs:
        assert reader.get(f"/record/opening/{seq}.json").status_code == 410


def test_old_proofs_still_verify_and_say_by_which_entry_they_are_sealed(erased, portal) -> None:
    number, _salts, proofs, root, *_rest, app = erased
    reader = Browser(app)
    with portal.database.reading() as session:
        stone = log.latest(session, f"report/{number}")
        leaves = session.scalars(select(Entry.leaf).order_by(Entry.seq)).all()
    assert stone is not None
    assert stone.act is Act.WITHDRAWN
    hashes = [merkle.leaf_hash(leaf.encode()) for leaf in leaves]
    assert merkle.root(hashes[: stone.seq]).hex() == root, "the tree before the withdrawal is what it was"
    for seq, (leaf, commit) in proofs.items():
        told = reader.get(f"/record/opening/{seq}.json").get_json()
        assert (told["leaf"], told["destroyed_by"]) == (leaf, stone.seq)
        assert json.loads(told["leaf"])["commit"] == commit
        assert (
            hashlib.sha256(b"\0" + told["leaf"].encode()).hexdigest()
            == told["leaf_hash"]
            == hashes[seq].hex()
        )
        assert f"第 {stone.seq} 条" in reader.get(f"/record/{seq}").get_data(as_text=True)


def test_the_record_verifies_and_its_shelf_can_be_built_again_the_same(erased, portal, owner) -> None:
    with portal.database.reading() as session:
        found = verify(session, open_public=lambda name: portal.media.open(Space.PUBLIC, name))
    assert found.wrong == []

    def shelf() -> list[tuple[object, ...]]:
        with owner.reading() as session:
            return [tuple(row) for row in session.execute(select(Shelved.__table__).order_by(Shelved.seq))]

    before = shelf()
    with owner.writing() as session:
        rebuild_shelf(session)
    assert shelf() == before


def test_what_the_house_keeps_is_who_did_what_and_when(erased, portal) -> None:
    number, *_rest = erased
    with portal.database.reading() as session:
        for report in session.scalars(select(Report).where(Report.number == number)):
            assert (report.done, report.problems, report.next_step, report.correction_reason) == (
                "",
                "",
                "",
                "",
            )
            assert report.author.login == "reporter"
            assert report.physical_percent == 40
            assert [decision.by.login for decision in report.decisions] == ["supervisor"]
            assert [photo.renditions for photo in report.all_photos] == [[], []]


def test_those_who_were_there_still_see_that_it_was(erased, portal, district) -> None:
    number, *_rest, app = erased
    with portal.database.reading() as session:
        ids = session.scalars(select(Report.id).where(Report.number == number)).all()
    reporter = Browser(app)
    reporter.sign_in("reporter")
    assert reporter.get("/desk/unit/reports").status_code == 200
    for report_id in ids:
        assert reporter.get(f"/desk/unit/reports/{report_id}").status_code == 200


def test_a_correction_that_waits_loses_its_words_with_what_it_corrects_and_its_pages_still_open(
    portal, district: SmallDistrict, clock: Clock, tmp_path
) -> None:
    number = district.published(photos=1, done=f"{SEARCHED}做成了挡墙")
    with portal.database.writing() as session:
        report = session.scalars(select(Report).where(Report.number == number)).one()
        draft = start_correction(session, report=report, reason="写早了", actor=report.author, now=clock())
        session.flush()
        submit_report(session, report=draft, actor=report.author, key=None, now=clock())
        waiting = draft.id
    with portal.database.writing() as session:
        report = session.scalars(select(Report).where(Report.number == number)).one()
        withdraw_report(
            session, report=report, reason=REASON, basis=BASIS, actor=district.person(session, "supervisor"),
            queue=portal.queue, now=clock(),
        )  # fmt: skip
    clock.forward(seconds=2)
    run_once(portal)
    assert list(portal.media.names(Space.STAGED)) == []
    for login, path in (
        ("supervisor", "/desk/supervision"),
        ("supervisor", f"/desk/supervision/reports/{waiting}"),
        ("reporter", f"/desk/unit/reports/{waiting}"),
        ("reporter", "/desk/unit"),
    ):
        browser = Browser(create_app(portal))
        browser.sign_in(login)
        page = browser.get(path)
        assert page.status_code == 200, path
        assert SEARCHED not in page.get_data(as_text=True), path
    if not on_postgresql():
        assert [path for path, data in everything_kept(tmp_path) if SEARCHED.encode() in data] == []


def test_a_redacted_document_leaves_nothing_of_the_one_before(portal, tmp_path) -> None:
    secret = "鸀鹮的电话 " + secrets.token_hex(8)

    def shown(words: str) -> Disclosed:
        document = {"title": "甲", "dated": "2026-11-24", "unit": {"code": "001"}, "done": words * 200}
        return Disclosed(item="report/2026-000001", kind="report", document=document)

    with portal.database.writing() as session:
        log.publish(session, shown(secret), at=portal.now())
        salt = session.get_one(Opening, 0).salt
    with portal.database.writing() as session:
        log.redact(session, shown("（遮盖）"), at=portal.now())
    with portal.database.reading() as session:
        assert session.get(Opening, 0) is None
        assert session.get_one(Shelved, 0).title == ""
        assert verify(session, open_public=lambda _name: pytest.fail("no media")).wrong == []
    assert portal.database.scrub()
    if not on_postgresql():
        for path, data in everything_kept(tmp_path):
            assert secret.encode() not in data, path
            assert salt.encode() not in data, path


def test_pixels_that_were_covered_later_are_in_no_file_and_no_salt_of_what_showed_them(
    portal: Portal, district: SmallDistrict, clock: Clock, tmp_path, owner
) -> None:
    district.published(photos=1)
    number = district.published(photos=1, done=f"{SEARCHED}做成了挡墙")
    run_once(portal)
    app = create_app(portal)
    read_everything(app, number)
    pixels = pictures_of(portal, number)
    with portal.database.reading() as session:
        report_id = standing(session, number).id
        entry = log.latest(session, f"report/{number}")
        assert entry is not None
        salt = session.get_one(Opening, entry.seq).salt
    put(district, report_id, FACE)
    clock.forward(seconds=2)
    run_once(portal)
    assert not set(pixels) & set(pictures_of(portal, number))
    for path, data in everything_kept(tmp_path):
        for name, picture in pixels.items():
            beside_the_box = len(picture) * 3 // 10  # what stands above it is in both
            assert picture[beside_the_box : beside_the_box + 600] not in data, (path, name)
        assert on_postgresql() or salt.encode() not in data, path
    for pages in (read_everything(app, number), read_everything(create_app(portal), number)):
        assert not any(name in page or salt in page for page in pages.values() for name in pixels)
        assert SEARCHED in pages[f"/reports/{number}"], "the words stay"
    assert portal.search.search(Query(text=SEARCHED)).total == 1
    with owner.writing() as session:
        rebuild_shelf(session)
    with portal.database.reading() as session:
        assert verify(session, open_public=lambda name: portal.media.open(Space.PUBLIC, name)).wrong == []


@needs_sqlite
def test_a_reader_in_the_way_makes_the_worker_come_again(portal: Portal, district: SmallDistrict) -> None:
    quick = type(portal.database)(str(portal.database.url), busy_seconds=0.2)
    try:
        with portal.database.reading() as session:
            session.execute(text("SELECT count(*) FROM record_entry")).all()
            with portal.database.writing() as other:
                other.execute(text("UPDATE unit SET name = name"))
            assert not quick.scrub()
        assert quick.scrub()
    finally:
        quick.close()
    wal = Path(str(portal.database.path) + "-wal")
    assert not wal.exists() or wal.stat().st_size == 0
