"""`portal import`: whole, checked before the first note, never twice, and said to be what it is."""

from __future__ import annotations

from sqlalchemy import select

from portal.adapters.xlsx_writing import workbook
from portal.domain.archives import Archive, ArchiveNote, ArchivePhoto
from portal.domain.audit import AuditEntry
from portal.domain.progress import Photo, Report, Verb
from portal.ports import Query, Space
from portal.record.photo_authority import PhotoKey
from portal.web.app import create_app
from portal.worker import run_once
from portal.workflows.correct_report import start_correction
from portal.workflows.draft_report import ReportWords, save_draft
from portal.workflows.submit_report import submit_report
from portal.workflows.withdraw_report import withdraw_report
from tests.archives.bringing import HEADINGS, SOURCE, notes_of, objects, reports_in, rows, table
from tests.browsing import Browser
from tests.small_district import picture


def bring(run, file, *more):
    return run(
        "import", str(file), "--source", SOURCE, "--as", "admin", "--report", f"{file}.errors.csv", *more
    )


def test_notes_of_a_table_stand_on_the_record_with_their_source_and_a_number_of_their_year(
    portal, district, run, tmp_path
):
    before = district.published()
    lines = rows(district.projects[0], 3)
    lines[2][2] = "2026/2/20"
    said = bring(run, table(tmp_path / "old.csv", lines))
    assert said.code == 0, said.err
    assert "3 notes were brought in" in said.out
    notes = notes_of(portal)
    assert [note["number"] for note in notes.values()] == ["2026-000002", "2026-000003", "2026-000004"]
    note = notes["简报-1"]
    assert before == "2026-000001"
    assert note["source"] == {
        "name": SOURCE,
        "number": "简报-1",
        "by": "系统管理员",
        "on": note["source"]["on"],
    }
    assert (note["dated"], note["month"], note["physical_percent"]) == ("2026-02-04", "2026-02", 1)
    assert "approved_by" not in note
    assert "reported_at" not in note
    with portal.database.reading() as session:
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.act.contains("import"))).all()
        assert acts == ["begin_import", "import_notes", "end_import"]
    assert run("record", "verify").code == 0


def test_the_page_of_a_note_says_where_it_comes_from_and_the_archive_finds_it(
    portal, district, run, tmp_path
):
    assert bring(run, table(tmp_path / "old.csv", rows(district.projects[0], 1))).code == 0
    run_once(portal)
    browser = Browser(create_app(portal))
    page = browser.get("/reports/2026-000001").text
    assert "这是从旧档案导入的" in page
    assert SOURCE in page
    assert "简报-0" in page
    assert SOURCE in browser.get(f"/projects/{district.projects[0]}").text
    assert portal.search.search(Query(text="督查简报")).items == ("report/2026-000001",)


def test_what_an_archive_says_does_not_pass_for_news(portal, district, run, tmp_path):
    district.published()
    assert bring(run, table(tmp_path / "old.csv", rows(district.projects[0], 2))).code == 0
    page = Browser(create_app(portal)).get(f"/projects/{district.projects[0]}").text
    assert "40%" in page  # the lamp goes by the report of November, not by the note that came in last
    neighbours = Browser(create_app(portal)).get("/reports/2026-000003").text
    assert 'href="/reports/2026-000001" rel="next"' in neighbours


def test_the_same_file_again_brings_nothing_in_twice(portal, district, run, tmp_path):
    file = table(tmp_path / "old.csv", rows(district.projects[0], 5))
    assert bring(run, file).code == 0
    entries = reports_in(portal)
    said = bring(run, file)
    assert said.code == 0
    assert "0 notes were brought in" in said.out
    assert "5 were there already" in said.out
    assert reports_in(portal) == entries


def test_rows_that_are_in_may_not_say_something_else_later(portal, district, run, tmp_path):
    lines = rows(district.projects[0], 2)
    assert bring(run, table(tmp_path / "old.csv", lines)).code == 0
    lines[1][4] = "改过的话。"
    lines.append(["简报-9", *rows(district.projects[0], 10)[9][1:]])
    said = bring(run, table(tmp_path / "old.csv", lines))
    assert said.code == 1
    assert "第 3 行「编号」这一条以前导入过" in said.err
    assert len(notes_of(portal)) == 2


def test_a_file_that_changed_before_its_import_was_finished_is_refused_in_words(
    portal, district, run, tmp_path
):
    file = table(tmp_path / "old.csv", rows(district.projects[0], 2))
    assert bring(run, file).code == 0
    with portal.database.writing() as session:
        session.scalars(select(Archive)).one().ended_at = None
    table(file, rows(district.projects[0], 3))
    said = bring(run, file)
    assert said.code == 1
    assert "is not finished, and this is not the same file" in said.err
    assert bring(run, file, "--anew").code == 0
    assert len(notes_of(portal)) == 3


def test_every_problem_is_named_by_row_and_column_and_nothing_comes_in(portal, district, run, tmp_path):
    lines = rows(district.projects[0], 30)
    lines[3][2], lines[7][1], lines[12][3], lines[20][0] = (
        "2026-13-45",
        "没有这个项目",
        "百分之四十",
        "简报-0",
    )
    lines[29][4] = ""
    file = table(tmp_path / "old.csv", lines)
    said = bring(run, file, "--show", "2")
    assert said.code == 1
    assert "第 5 行「日期」“2026-13-45”不是年月日齐全的日期" in said.err
    assert "第 9 行「项目」没有公开的项目叫“没有这个项目”" in said.err
    assert "第 14 行" not in said.err
    assert "5 problems, nothing was brought in" in said.err
    report = (tmp_path / "old.csv.errors.csv").read_text("utf-8-sig").splitlines()
    assert [line.split(",")[:2] for line in report[1:]] == [
        ["5", "date"], ["9", "project"], ["14", "percent"], ["22", "number"], ["31", "done"],
    ]  # fmt: skip
    assert notes_of(portal) == {}


def test_a_trial_checks_everything_and_writes_nothing(portal, district, run, tmp_path):
    said = bring(run, table(tmp_path / "old.csv", rows(district.projects[0], 2)), "--dry-run")
    assert said.code == 0
    assert "nothing was written" in said.out
    assert notes_of(portal) == {}


def test_tables_come_in_every_writing_and_it_is_said_which(portal, district, run, tmp_path):
    lines = rows(district.projects[0], 4)
    for n, (charset, words) in enumerate({"utf-8": "UTF-8", "gbk": "GBK", "utf-16": "UTF-16"}.items()):
        said = bring(run, table(tmp_path / f"{n}.csv", [lines[n]], charset=charset))
        assert said.code == 0, said.err
        assert words in said.out
    assert bring(run, objects(tmp_path / "old.jsonl", [lines[3]])).code == 0
    assert len(notes_of(portal)) == 4


def test_only_an_administrator_brings_archives_in(district, run, tmp_path):
    file = table(tmp_path / "old.csv", rows(district.projects[0], 1))
    said = run("import", str(file), "--source", SOURCE, "--as", "supervisor")
    assert said.code == 1
    assert "no administrator" in said.err
    assert run("import", str(file), "--source", SOURCE, "--as", "nobody").code == 1


def test_photos_go_through_the_darkroom_and_are_no_better_than_bare_files(portal, district, run, tmp_path):
    folder = tmp_path / "photos"
    (folder / "2026").mkdir(parents=True)
    for n in range(2):
        (folder / "2026" / f"{n}.jpg").write_bytes(picture(n))
    lines = rows(district.projects[0], 2, photos=("2026/0.jpg", "2026/1.jpg"))
    said = bring(run, table(tmp_path / "old.csv", lines), "--photos", str(folder))
    assert said.code == 0, said.err
    photos = notes_of(portal)["简报-0"]["photos"]
    assert [photo["caption"] for photo in photos] == ["照片 0", "照片 1"]
    assert {photo["provenance"]["grade"] for photo in photos} == {"C"}
    assert photos[0]["provenance"]["reasons"][0] == "from_archive"
    for photo in photos:
        for rendition in photo["renditions"]:
            assert portal.media.size(Space.PUBLIC, rendition["name"]) == rendition["bytes"]
    with portal.database.reading() as session:
        kept = session.scalars(select(Photo)).all()
        assert portal.media.size(Space.SEALED, kept[0].original_name) == len(picture(0))
        assert list(session.scalars(select(ArchivePhoto))) == []


def test_photos_are_signed_under_the_number_of_their_note(portal, district, run, tmp_path):
    portal.photo_key.keep(PhotoKey.make("阳光督查", now=portal.now()))
    (tmp_path / "0.jpg").write_bytes(picture(0, size=(1600, 1200)))
    lines = rows(district.projects[0], 2, photos=("0.jpg",))
    said = bring(run, table(tmp_path / "old.csv", lines), "--photos", str(tmp_path))
    assert said.code == 0, said.err
    with portal.database.reading() as session:
        photo = session.scalars(select(Photo)).one()
        credits = {each["edge"]: each.get("credit") for each in photo.renditions if each["format"] == "jpeg"}
        number = photo.report.number
    assert credits == {2048: f"{number}/1", 1024: f"{number}/1", 480: None, 240: None}
    assert run("record", "verify").code == 0
    assert run("media", "verify").code == 0


def test_an_excel_table_comes_in_too(portal, district, run, tmp_path):
    (tmp_path / "old.xlsx").write_bytes(workbook({"旧档案": [HEADINGS, *rows(district.projects[0], 2)]}))
    said = bring(run, tmp_path / "old.xlsx")
    assert said.code == 0, said.err
    assert list(notes_of(portal)) == ["简报-0", "简报-1"]


def test_a_trial_finds_bad_photos_and_keeps_good_ones_nowhere(portal, district, run, tmp_path):
    (tmp_path / "0.jpg").write_bytes(picture(0))
    (tmp_path / "1.jpg").write_bytes(b"none")
    lines = rows(district.projects[0], 1, photos=("0.jpg", "1.jpg"))
    said = bring(run, table(tmp_path / "old.csv", lines), "--photos", str(tmp_path), "--dry-run")
    assert said.code == 1
    assert "“1.jpg”不是照片" in said.err
    assert list(portal.media.names(Space.SEALED)) == []


def test_a_photo_that_cannot_be_taken_is_named_by_its_row_and_no_note_comes_in(
    portal, district, run, tmp_path
):
    folder = tmp_path / "photos"
    folder.mkdir()
    (tmp_path / "secret.jpg").write_bytes(picture(9))
    (folder / "good.jpg").write_bytes(picture(1))
    (folder / "film.jpg").write_bytes(b"MZ not a photo at all")
    (folder / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    with (folder / "large.jpg").open("wb") as large:
        large.truncate(41 << 20)
    lines = rows(district.projects[0], 6)
    names = ("good.jpg", "film.jpg", "missing.jpg", "../secret.jpg", "link.jpg", "large.jpg")
    for line, name in zip(lines, names, strict=True):
        line[5], line[6] = name, "正面"
    said = bring(run, table(tmp_path / "old.csv", lines), "--photos", str(folder))
    assert said.code == 1
    for place, words in enumerate(
        ("不是照片", "没有", "走出了文件夹", "不是普通文件", "超过 40 MB"), start=3
    ):
        assert f"第 {place} 行「照片」" in said.err
        assert words in said.err
    assert notes_of(portal) == {}


def test_a_corrected_note_keeps_saying_where_it_comes_from(portal, district, run, tmp_path):
    assert bring(run, table(tmp_path / "old.csv", rows(district.projects[0], 1))).code == 0
    with portal.database.writing() as session:
        report = session.get_one(Report, session.scalars(select(ArchiveNote.report_id)).one())
        actor, now = district.person(session, "reporter"), portal.now()
        draft = start_correction(session, report=report, reason="日期写错", actor=actor, now=now)
        session.flush()
        words = {"milestone": str(report.project.milestones[0].id), "done": "改过的话。"}
        words |= {"month": report.month, "physical_percent": "5"}
        save_draft(session, report=draft, words=ReportWords(**words), seen_version=None, actor=actor, now=now)
        submit_report(session, report=draft, actor=actor, key=None, now=now)
        draft_id = draft.id
    district.decide(draft_id, Verb.APPROVE)
    note = notes_of(portal)["简报-0"]
    assert (note["done"], note["source"]["name"], note["dated"]) == ("改过的话。", SOURCE, "2026-02-03")
    assert note["approved_by"] == "区委区政府督查室"
    assert run("record", "verify").code == 0


def test_a_note_can_be_taken_down_and_does_not_come_back_with_its_file(portal, district, run, tmp_path):
    file = table(tmp_path / "old.csv", rows(district.projects[0], 2))
    assert bring(run, file).code == 0
    with portal.database.writing() as session:
        report = session.get_one(Report, session.scalars(select(ArchiveNote.report_id)).first())
        withdraw_report(
            session,
            report=report,
            reason="泄露个人信息",
            basis="《中华人民共和国个人信息保护法》第四十七条",
            actor=district.person(session, "supervisor"),
            queue=portal.queue,
            now=portal.now(),
        )
    assert bring(run, file).code == 0
    assert len(notes_of(portal)) == 1
