"""The archive follows the record: what stands is found, what is gone is not, from wherever the index stands."""

from __future__ import annotations

from sqlalchemy import select

from portal.domain.progress import Report
from portal.ports import Query
from portal.record.followers import last_seq
from portal.worker import run_once
from portal.workflows.follow_record import follow_into_search
from portal.workflows.withdraw_report import withdraw_report
from tests.search_engine import lose_index


def follow(portal, **how):
    with portal.database.reading() as session:
        return follow_into_search(session, index=portal.search, **how)


def found(portal, text):
    return portal.search.search(Query(text=text)).items


def test_every_passage_caption_name_and_number_of_a_report_is_found(portal, district):
    words = {"done": "安装护栏。", "problems": "雨天停工。", "next_step": "铺沥青。"}
    number = district.published(photos=1, **words)
    follow(portal)
    for text in ("护栏", "停工", "沥青", "第 1 张：正面", "东岸街道", number, "挡墙加固"):
        assert f"report/{number}" in found(portal, text), text


def test_a_project_is_found_by_its_targets_and_by_who_answers_for_it(portal, district):
    follow(portal)
    for text in ("挡墙", "月季", "旧货场北口", "林听澜", "闻清远", "2026-001"):
        assert "project/2026-001" in found(portal, text), text


def test_nothing_that_is_not_published_is_found(portal, district):
    district.draft(done="草稿里的词。")
    district.submitted(code="2026-002", login="stranger", done="送审里的词。")
    follow(portal)
    assert (found(portal, "草稿里"), found(portal, "送审里")) == ((), ())


def test_the_index_reads_to_the_head_once_and_then_has_nothing_to_read(portal, district):
    with portal.database.reading() as session:
        head = last_seq(session)
    assert follow(portal) == head + 1
    assert portal.search.position() == head
    assert follow(portal) == 0


def test_progress_is_told_up_to_the_end(portal, district):
    told = []
    follow(portal, progress=lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1] == portal.search.position() + 1


def test_what_was_withdrawn_is_found_no_more(portal, district):
    number = district.published(done="写了某人的住址。")
    follow(portal)
    assert found(portal, "住址") == (f"report/{number}",)
    with portal.database.writing() as session:
        withdraw_report(
            session, report=session.scalars(select(Report)).one(), reason="住址", basis="《个人信息保护法》",
            actor=district.person(session, "supervisor"), queue=portal.queue, now=portal.now(),
        )  # fmt: skip
    run_once(portal)
    assert found(portal, "住址") == ()
    assert found(portal, number) == ()


def test_an_index_that_was_withdrawn_from_while_away_does_not_bring_it_back(portal, district):
    district.published(done="写了某人的住址。")
    with portal.database.writing() as session:
        withdraw_report(
            session, report=session.scalars(select(Report)).one(), reason="住址", basis="《个人信息保护法》",
            actor=district.person(session, "supervisor"), queue=portal.queue, now=portal.now(),
        )  # fmt: skip
    lose_index(portal.settings)
    run_once(portal)
    run_once(portal)
    assert found(portal, "住址") == ()
    assert portal.search.count() == 2  # the projects


def test_an_index_of_another_record_is_emptied_first(portal, district):
    follow(portal)
    portal.search.apply(put=[], drop=[], position=10_000)
    with portal.database.reading() as session:
        head = last_seq(session)
    assert follow(portal) == head + 1
    assert portal.search.position() == head
