"""Videos of a report from the moment they arrive until they are public, or destroyed."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import select

from portal.adapters.job_table import JobRow
from portal.domain.errors import Invalid, Refused, WrongState
from portal.domain.lifecycle import ReportState
from portal.domain.progress import FilmState, Report, Verb, Video
from portal.domain.receipts import content_of
from portal.imaging.film_room import FilmCrashed
from portal.imaging.filmed import FilmRefusal, FilmRefused
from portal.ports import Space
from portal.record.shelf import Shelf
from portal.rules.numbers import report_item
from portal.worker import run_idle, run_once
from portal.workflows.draft_videos import add_video, remove_video, restore_video
from portal.workflows.moderate_report import Why, decide_report
from portal.workflows.submit_report import submit_report
from tests.filmed_district import (
    SAID,
    add,
    films_are_remembered,  # noqa: F401
    make,
    published,
    received,
    say,
    submit,
    submitted,
)
from tests.workflows.after_publication import corrected, take_down


def stored(portal, video_id):
    with portal.database.reading() as session:
        return session.get_one(Video, video_id)


def names(portal, space):
    return set(portal.media.names(space))


def decide(portal, district, report_id, verb, *reasons):
    with portal.database.writing() as session:
        report = session.get_one(Report, report_id)
        return decide_report(
            session,
            report=report,
            verb=verb,
            reasons=reasons,
            seen_round=report.round,
            seen_hash=report.content_hash,
            actor=district.person(session, "supervisor"),
            queue=portal.queue,
            now=portal.now(),
        ).id


def test_a_video_arrives_with_its_length_a_picture_and_the_original_sealed(portal, district):
    report_id = district.draft()
    video = stored(portal, add(district, report_id))
    assert (video.state, video.film, video.sound, video.description) == (FilmState.WAITING, {}, True, SAID)
    assert 900 <= video.milliseconds <= 1100
    assert video.original_name in names(portal, Space.SEALED)
    assert {r["name"] for r in video.renditions} <= names(portal, Space.STAGED)
    assert not names(portal, Space.PUBLIC)


def test_the_worker_makes_our_film_in_idle_hours_alone(portal, district):
    video_id = add(district, district.draft())
    run_once(portal)
    assert stored(portal, video_id).state is FilmState.WAITING, (
        "nothing that people wait for waits for a film"
    )
    assert portal.queue.waiting(now=portal.now())[0] == 0
    assert run_idle(portal) == 1
    assert run_idle(portal) == 0
    video = stored(portal, video_id)
    assert (video.state, video.percent) == (FilmState.READY, 100)
    with portal.media.open(Space.STAGED, video.film["name"]) as stream:
        data = stream.read()
    assert hashlib.sha256(data).hexdigest() + ".mp4" == video.film["name"]
    assert len(data) == video.film["bytes"]


def test_the_same_video_is_not_added_twice_and_three_are_enough(portal, district):
    report_id = district.draft()
    first = add(district, report_id)
    assert add(district, report_id) == first
    add(district, report_id, "telephone.mov")
    add(district, report_id, "browser.webm")
    with pytest.raises(Refused) as refused:
        add(district, report_id, "other.mp4")
    assert refused.value.code == "too_many_videos"


def test_a_report_is_not_sent_before_every_video_is_described(portal, district):
    report_id = district.draft()
    video_id = add(district, report_id, said="挡墙")
    with pytest.raises(Invalid) as refused:
        submit(district, report_id)
    assert [(p.field, p.code) for p in refused.value.problems] == [
        (f"description-{video_id}", "description_missing")
    ]
    with portal.database.writing() as session:
        say(session, session.get_one(Report, report_id), {video_id: SAID}, portal.now())
    submit(district, report_id)


def test_nobody_approves_a_film_that_is_not_made_yet_and_anybody_may_return_it(portal, district):
    report_id, _video_id = submitted(district, made=False)
    with pytest.raises(WrongState) as refused:
        decide(portal, district, report_id, Verb.APPROVE)
    assert refused.value.code == "film_not_ready"
    decide(portal, district, report_id, Verb.RETURN, Why(passage="videos", preset="film_faces"))


def test_the_converting_of_a_film_is_no_change_of_what_a_moderator_saw(portal, district):
    report_id, _video_id = submitted(district, made=False)
    with portal.database.reading() as session:
        before = session.get_one(Report, report_id).content_hash
    make(district)
    with portal.database.reading() as session:
        assert session.get_one(Report, report_id).content_hash == before


def test_the_hash_of_what_was_seen_covers_videos_and_that_of_a_report_without_them_stays(portal, district):
    report_id = district.draft()
    with portal.database.reading() as session:
        without = session.get_one(Report, report_id).content_hash
    video_id = add(district, report_id)
    hashes = {without}
    for words in (SAID, "另外几句话，说的是别的地方。"):
        with portal.database.writing() as session:
            say(session, session.get_one(Report, report_id), {video_id: words}, portal.now())
        with portal.database.reading() as session:
            hashes.add(session.get_one(Report, report_id).content_hash)
    assert len(hashes) == 3
    with portal.database.writing() as session:
        report = session.get_one(Report, report_id)
        remove_video(session, report=report, video=report.videos[0], actor=report.author, now=portal.now())
    with portal.database.reading() as session:
        assert session.get_one(Report, report_id).content_hash == without


def test_a_receipt_names_the_original_and_the_words_of_every_video(portal, district):
    report_id, video_id = submitted(district, made=False)
    with portal.database.reading() as session:
        report = session.get_one(Report, report_id)
        [video] = content_of(report)["videos"]
        assert video == {"description": SAID, "sha256": session.get_one(Video, video_id).original_sha256}


def test_what_is_published_is_our_film_with_its_words_and_nothing_of_the_original(portal, district):
    number, film = published(district)
    with portal.database.viewing() as session:
        document = Shelf(session).get(report_item(number)).document
    [video] = document["videos"]
    assert video["film"] == film
    assert video["description"] == SAID
    assert set(video) == {"description", "tone", "received_on", "original", "film", "renditions"}
    public = names(portal, Space.PUBLIC)
    assert film["name"] in public
    assert {r["name"] for r in video["renditions"]} <= public


def test_a_report_without_videos_has_none_in_its_document(portal, district):
    number = district.published()
    with portal.database.viewing() as session:
        assert "videos" not in Shelf(session).get(report_item(number)).document


def test_a_correction_brings_its_films_along_and_makes_none_again(portal, district):
    number, film = published(district)
    corrected(district, number)
    assert run_idle(portal) == 0
    with portal.database.reading() as session:
        drafts = session.scalars(select(Video).where(Video.film != {})).all()
        assert [video.film for video in drafts] == [film, film]


def test_a_withdrawal_destroys_film_pictures_and_words_and_keeps_the_sealed_original(portal, district, clock):
    number, film = published(district)
    sealed = names(portal, Space.SEALED)
    take_down(district, number)
    clock.forward(seconds=1)
    run_once(portal)
    assert names(portal, Space.PUBLIC) == set()
    assert film["name"] not in names(portal, Space.STAGED)
    assert names(portal, Space.SEALED) == sealed
    with portal.database.reading() as session:
        [video] = session.scalars(select(Video))
        assert (video.description, video.file_name, video.film, video.renditions) == ("", "", {}, [])


def test_a_film_of_what_was_taken_out_meanwhile_is_not_made(portal, district):
    report_id = district.draft()
    video_id = add(district, report_id)
    with portal.database.writing() as session:
        report = session.get_one(Report, report_id)
        remove_video(session, report=report, video=report.videos[0], actor=report.author, now=portal.now())
    staged = names(portal, Space.STAGED)
    make(district)
    assert names(portal, Space.STAGED) == staged
    with portal.database.writing() as session:
        report = session.get_one(Report, report_id)
        video = session.get_one(Video, video_id)
        restore_video(
            session, report=report, video=video, actor=report.author, queue=portal.queue, now=portal.now()
        )
    make(district)
    assert stored(portal, video_id).state is FilmState.READY


def test_a_video_that_cannot_be_converted_says_why_and_holds_the_report_until_it_is_taken_out(
    portal, district, monkeypatch
):
    report_id, video_id = submitted(district, made=False)

    def refuse(*_args, **_kwargs):
        raise FilmRefused(FilmRefusal.CORRUPT)

    monkeypatch.setattr(portal.films, "make", refuse)
    make(district)
    assert (stored(portal, video_id).state, stored(portal, video_id).trouble) == (FilmState.FAILED, "corrupt")
    with pytest.raises(WrongState) as refused:
        decide(portal, district, report_id, Verb.APPROVE)
    assert refused.value.code == "film_failed"
    district.decide(report_id, Verb.RETURN, reasons=(Why(passage="videos", preset="film_unclear"),))
    with portal.database.writing() as session:
        report = session.get_one(Report, report_id)
        assert report.state is ReportState.RETURNED
        with pytest.raises(Invalid) as refused:
            submit_report(session, report=report, actor=report.author, key=None, now=portal.now())
        assert {p.code for p in refused.value.problems} == {"film_failed", "passage_not_changed"}
    with portal.database.writing() as session:
        report = session.get_one(Report, report_id)
        remove_video(session, report=report, video=report.videos[0], actor=report.author, now=portal.now())
        submit_report(session, report=report, actor=report.author, key=None, now=portal.now())


def test_a_film_that_kills_the_child_twice_is_set_aside(portal, district, clock, monkeypatch):
    _report_id, video_id = submitted(district, made=False)
    calls = []

    def die(*_args, **_kwargs):
        calls.append(1)
        raise FilmCrashed("ended with -11")

    monkeypatch.setattr(portal.films, "make", die)
    for _ in range(4):
        run_idle(portal)
        clock.forward(hours=1)
    assert len(calls) == 2
    assert (stored(portal, video_id).state, stored(portal, video_id).trouble) == (FilmState.FAILED, "crashed")
    with portal.database.reading() as session:
        assert (
            session.scalars(select(JobRow.done_at).where(JobRow.kind == "transcode_video")).one() is not None
        )


def test_a_worker_that_is_stopped_lets_the_film_go_and_the_next_one_makes_it(portal, district, clock):
    import threading

    _report_id, video_id = submitted(district, made=False)
    stop = threading.Event()
    stop.set()
    assert run_idle(portal, stop=stop) == 1
    assert stored(portal, video_id).state is FilmState.CONVERTING
    clock.forward(minutes=1)
    make(district)
    assert stored(portal, video_id).state is FilmState.READY


def test_videos_of_a_report_that_was_returned_for_something_else_stay_as_they_are(portal, district):
    report_id, _video_id = submitted(district)
    district.decide(report_id, Verb.RETURN, reasons=(Why(passage="done", preset="too_vague"),))
    arrived = received(district, "telephone.mov")
    with portal.database.writing() as session, pytest.raises(Refused) as refused:
        report = session.get_one(Report, report_id)
        add_video(
            session, report=report, arrived=arrived, actor=report.author, queue=portal.queue, now=portal.now()
        )
    assert refused.value.code == "videos_not_open"
