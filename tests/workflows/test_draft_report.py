"""Writing a report: what is kept, what is named, and what stays closed."""

from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import func, select

from portal.domain.audit import AuditEntry
from portal.domain.editable import editable_passages, editable_photos
from portal.domain.errors import NotPermitted, Refused, Stale, WrongState
from portal.domain.lifecycle import MatterState, ReportState
from portal.domain.progress import MAX_CAPTION, MAX_PHOTOS, MAX_TEXT, Report, Verb
from portal.workflows.draft_photos import add_photo, move_photo, remove_photo
from portal.workflows.draft_report import ReportWords, discard_draft, save_draft, start_draft
from portal.workflows.moderate_report import Why

WORDS = ReportWords(month="2026-11", physical_percent="40", done="主体封顶。")


@pytest.fixture
def write(portal, district):
    """Do something with a report in one transaction: `write(report_id, act, login=…)`."""

    def do(report_id: int, act, login: str = "reporter"):
        with portal.database.writing() as session:
            return act(session, session.get_one(Report, report_id), district.person(session, login))

    return do


def save(
    write, clock, report_id: int, login: str = "reporter", seen: int | None = None, **typed
) -> list[str]:
    """Save words; the codes of what could not be kept."""
    words = dataclasses.replace(WORDS, **typed)
    return write(
        report_id,
        lambda session, report, actor: [
            problem.code
            for problem in save_draft(
                session, report=report, words=words, seen_version=seen, actor=actor, now=clock()
            )
        ],
        login,
    )


@pytest.mark.parametrize("login", ["stranger", "supervisor", "leader", "admin"])
def test_only_the_units_own_people_begin_a_report(portal, district, clock, login):
    with portal.database.writing() as session, pytest.raises(NotPermitted):
        start_draft(
            session,
            project=district.project(session, district.projects[0]),
            actor=district.person(session, login),
            now=clock(),
        )


@pytest.mark.parametrize(
    "state", [s for s in MatterState if s.value not in ("assigned", "accepted", "in_progress")]
)
def test_a_project_that_is_not_in_hand_takes_no_reports(portal, district, clock, state):
    with portal.database.writing() as session:
        project = district.project(session, district.projects[0])
        project.state = state
        with pytest.raises(WrongState, match="project_takes_no_reports"):
            start_draft(session, project=project, actor=district.person(session, "reporter"), now=clock())


def test_a_second_beginning_answers_the_draft_that_is_open(district):
    assert district.draft() == district.draft(login="head")


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("physical_percent", "101", "not_a_percent"),
        ("physical_percent", "-1", "not_a_percent"),
        ("physical_percent", "一半", "not_a_percent"),
        ("physical_percent", "½", "not_a_percent"),
        ("month", "2026-13", "not_a_month"),
        ("month", "2026-12", "in_the_future"),
        ("month", "2026-01", "before_the_start"),
        ("milestone", "999", "not_of_this_project"),
        ("done", "字" * (MAX_TEXT + 1), "too_long"),
    ],
)
def test_what_cannot_be_kept_is_named_and_everything_else_is_kept(write, district, clock, field, typed, code):
    report_id = district.draft()
    column = "milestone_id" if field == "milestone" else field
    before = write(report_id, lambda _s, report, _a: getattr(report, column))
    assert save(write, clock, report_id, problems="雨天。", **{field: typed}) == [code]
    kept = write(report_id, lambda _s, report, _a: (report.problems, getattr(report, column)))
    assert kept == ("雨天。", before)


@pytest.mark.parametrize("typed", ["45", " 45% ", "４５", "45％"])
def test_a_percent_is_understood_in_any_writing(write, district, clock, typed):
    report_id = district.draft()
    assert save(write, clock, report_id, physical_percent=typed) == []
    assert write(report_id, lambda _s, report, _a: report.physical_percent) == 45


def test_a_caption_that_is_too_long_is_named_and_not_cut(write, district, clock):
    report_id = district.draft(photos=1)
    photo_id = write(report_id, lambda _s, report, _a: report.photos[0].id)
    assert save(write, clock, report_id, captions={photo_id: "字" * (MAX_CAPTION + 1)}) == ["too_long"]
    assert write(report_id, lambda _s, report, _a: report.photos[0].caption) == "第 1 张：正面"


@pytest.mark.parametrize(("typed", "code"), [("昨天", "not_a_day"), ("2026-11-25", "in_the_future")])
def test_a_day_that_cannot_be_is_named(write, district, clock, typed, code):
    report_id = district.draft(photos=1)
    photo_id = write(report_id, lambda _s, report, _a: report.photos[0].id)
    assert save(write, clock, report_id, taken_on={photo_id: typed}) == [code]


def test_a_stale_save_changes_nothing(write, district, clock):
    report_id = district.draft()
    seen = write(report_id, lambda _s, report, _a: report.version_id)
    assert save(write, clock, report_id, seen=seen, done="一。") == []
    with pytest.raises(Stale):
        save(write, clock, report_id, seen=seen, done="二。")
    assert write(report_id, lambda _s, report, _a: report.done) == "一。"


def test_a_change_of_a_caption_alone_makes_older_forms_stale(write, district, clock):
    report_id = district.draft(photos=1)
    seen, photo_id = write(report_id, lambda _s, report, _a: (report.version_id, report.photos[0].id))
    same = {"milestone": "", "done": "主体封顶，砌筑完成三层。", "next_step": "下周做屋面防水。"}
    save(write, clock, report_id, seen=seen, captions={photo_id: "新的说明"}, **same)
    with pytest.raises(Stale):
        save(write, clock, report_id, seen=seen, captions={photo_id: "旧的说明"}, **same)


def test_only_what_was_returned_may_change(write, portal, district, clock):
    report_id = district.submitted(photos=2)
    photo_id = write(report_id, lambda _s, report, _a: report.photos[1].id)
    reasons = (Why(photo_id=photo_id, preset="unclear"), Why(passage="done", preset="too_vague"))
    district.decide(report_id, Verb.RETURN, reasons=reasons)
    open_now = write(report_id, lambda _s, report, _a: (editable_passages(report), editable_photos(report)))
    assert open_now == ({"done"}, {photo_id})
    save(write, clock, report_id, done="写细了。", problems="不许改的。", physical_percent="99")
    kept = write(report_id, lambda _s, report, _a: (report.done, report.problems, report.physical_percent))
    assert kept == ("写细了。", "", 40)


def test_the_twenty_first_photo_is_refused(write, district, clock):
    report_id = district.draft(photos=MAX_PHOTOS)
    with pytest.raises(Refused, match="too_many_photos"):
        write(
            report_id,
            lambda session, report, actor: add_photo(
                session, report=report, arrived=district.photo(90), actor=actor, now=clock()
            ),
        )


def test_the_same_picture_is_added_once(write, district, clock):
    report_id, same = district.draft(), district.photo(1)
    first, again = (
        write(
            report_id,
            lambda session, report, actor: _flushed(
                session, add_photo(session, report=report, arrived=same, actor=actor, now=clock())
            ),
        )
        for _ in range(2)
    )
    assert first == again


def _flushed(session, photo) -> int:
    session.flush()
    return photo.id


def test_photos_change_places_only_with_their_neighbours(write, district, clock):
    report_id = district.draft(photos=3)

    def move(place: int, *, up: bool) -> None:
        write(
            report_id,
            lambda session, report, actor: move_photo(
                session, report=report, photo=report.photos[place], up=up, actor=actor, now=clock()
            ),
        )

    names = lambda: write(report_id, lambda _s, report, _a: [p.file_name for p in report.photos])  # noqa: E731
    first, second, third = names()
    move(0, up=True)
    assert names() == [first, second, third]
    move(2, up=True)
    assert names() == [first, third, second]
    move(0, up=False)
    assert names() == [third, first, second]


def test_another_unit_changes_nothing(write, district, clock):
    report_id = district.draft(photos=1)
    with pytest.raises(NotPermitted):
        save(write, clock, report_id, login="stranger", done="别人写的。")
    for act in (discard_draft,):
        with pytest.raises(NotPermitted):
            write(
                report_id,
                lambda s, report, actor, act=act: act(s, report=report, actor=actor, now=clock()),
                "stranger",
            )
    with pytest.raises(NotPermitted):
        write(
            report_id,
            lambda s, report, actor: remove_photo(
                s, report=report, photo=report.photos[0], actor=actor, now=clock()
            ),
            "stranger",
        )


def test_a_sent_report_is_closed(write, district, clock):
    report_id = district.submitted(photos=1)
    with pytest.raises(WrongState):
        save(write, clock, report_id, done="还想改。")
    with pytest.raises(WrongState):
        write(report_id, lambda s, r, a: remove_photo(s, report=r, photo=r.photos[0], actor=a, now=clock()))


def test_throwing_a_draft_away_keeps_its_row(write, district, clock):
    report_id = district.draft()
    write(report_id, lambda s, report, actor: discard_draft(s, report=report, actor=actor, now=clock()))
    assert write(report_id, lambda _s, report, _a: report.state) is ReportState.DISCARDED


def test_every_change_writes_who_did_it(portal, district):
    district.draft(photos=2)
    with portal.database.reading() as session:
        count = (
            select(AuditEntry.act, func.count())
            .where(AuditEntry.subject_kind == "report")
            .group_by(AuditEntry.act)
        )
        assert dict(session.execute(count).all()) == {"start_draft": 1, "add_photo": 2, "save_draft": 1}
