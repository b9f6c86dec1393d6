"""The job queue: at least once, counted before the work, set aside when it never works."""

import datetime as dt

import pytest

from portal.adapters.job_table import LEASE, JobRow, JobTable

NOW = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)


@pytest.fixture(params=["table"])
def queue(request, portal):
    return JobTable(portal.database, max_attempts=3)


def enqueue(queue, *, kind="greet", payload=None, at=NOW, key=None):
    with queue.database.writing() as session:
        queue.enqueue(session, kind=kind, payload=payload or {}, not_before=at, key=key)


def test_a_due_job_runs_once_with_its_payload(queue):
    enqueue(queue, payload={"to": "清河"})
    seen = []
    assert queue.run_due({"greet": seen.append}, now=NOW) == 1
    assert [(job.kind, job.payload, job.attempt) for job in seen] == [("greet", {"to": "清河"}, 1)]
    assert queue.run_due({"greet": seen.append}, now=NOW) == 0


def test_a_job_waits_for_its_time_and_the_oldest_comes_first(queue):
    enqueue(queue, payload={"n": 2}, at=NOW + dt.timedelta(seconds=10))
    enqueue(queue, payload={"n": 1}, at=NOW + dt.timedelta(seconds=5))
    seen = []
    assert queue.run_due({"greet": seen.append}, now=NOW) == 0
    queue.run_due({"greet": seen.append}, now=NOW + dt.timedelta(seconds=10))
    assert [job.payload["n"] for job in seen] == [1, 2]


def test_a_job_of_a_rolled_back_act_was_never_there(queue):
    class Stop(Exception):
        pass

    with pytest.raises(Stop), queue.database.writing() as session:
        queue.enqueue(session, kind="greet", payload={}, not_before=NOW)
        raise Stop
    assert queue.run_due({"greet": lambda job: None}, now=NOW) == 0


def test_the_same_key_is_waited_for_only_once_and_can_be_taken_back(queue):
    enqueue(queue, key="decision/1")
    enqueue(queue, key="decision/1")
    assert queue.waiting(now=NOW)[0] == 1
    with queue.database.writing() as session:
        assert queue.cancel(session, key="decision/1")
        assert not queue.cancel(session, key="decision/1")
    assert queue.run_due({"greet": lambda job: None}, now=NOW) == 0


def test_a_failing_job_is_tried_again_later_and_set_aside_in_the_end(queue):
    enqueue(queue)

    def fail(job):
        raise RuntimeError("no network")

    now = NOW
    for attempt in (1, 2, 3):
        assert queue.run_due({"greet": fail}, now=now) == 1, attempt
        assert queue.run_due({"greet": fail}, now=now) == 0, "it waits before the next try"
        now += dt.timedelta(hours=2)
    assert queue.run_due({"greet": fail}, now=now) == 0
    [(job, error)] = queue.set_aside()
    assert (job.attempt, error) == (3, "RuntimeError: no network")


def test_a_job_whose_worker_died_is_given_back_when_its_lease_runs_out_and_never_kills_for_ever(queue):
    enqueue(queue)
    now = NOW
    for _ in range(3):
        assert queue._claim(now) is not None  # and the worker dies here
        assert queue._claim(now) is None
        now += LEASE
    assert queue._claim(now) is None
    assert [error for _job, error in queue.set_aside()] == ["the worker died each time"]


def test_what_is_begun_can_no_longer_be_taken_back(queue):
    enqueue(queue, key="decision/1")
    queue._claim(NOW)
    with queue.database.writing() as session:
        assert not queue.cancel(session, key="decision/1")


def test_how_long_the_oldest_has_waited_is_known(queue):
    assert queue.waiting(now=NOW) == (0, dt.timedelta())
    enqueue(queue)
    assert queue.waiting(now=NOW + dt.timedelta(seconds=90)) == (1, dt.timedelta(seconds=90))
    with queue.database.reading() as session:
        assert session.query(JobRow).count() == 1


def _set_aside(queue):
    """A job that has failed as often as it may; its id."""
    enqueue(queue)

    def fail(job):
        raise RuntimeError("no network")

    now = NOW
    for _ in range(3):
        queue.run_due({"greet": fail}, now=now)
        now += dt.timedelta(hours=2)
    [(job, _error)] = queue.set_aside()
    return job.id


def test_a_job_set_aside_can_be_tried_again_with_all_its_attempts(queue):
    job_id = _set_aside(queue)
    with queue.database.writing() as session:
        assert queue.retry(session, job_id=job_id, now=NOW)
        assert not queue.retry(session, job_id=job_id, now=NOW)
    seen = []
    assert queue.set_aside() == []
    assert queue.run_due({"greet": seen.append}, now=NOW) == 1
    assert [job.attempt for job in seen] == [1]


def test_a_job_given_up_is_neither_shown_nor_tried_again(queue):
    job_id = _set_aside(queue)
    with queue.database.writing() as session:
        assert queue.discard(session, job_id=job_id, now=NOW)
        assert not queue.discard(session, job_id=job_id, now=NOW)
        assert not queue.retry(session, job_id=job_id, now=NOW)
    assert queue.set_aside() == []
    assert queue.run_due({"greet": lambda job: None}, now=NOW + dt.timedelta(days=1)) == 0


def test_only_what_is_set_aside_can_be_tried_again_or_given_up(queue):
    enqueue(queue)
    with queue.database.writing() as session:
        for job_id in (1, 99):
            assert not queue.retry(session, job_id=job_id, now=NOW)
            assert not queue.discard(session, job_id=job_id, now=NOW)
    assert queue.run_due({"greet": lambda job: None}, now=NOW) == 1


def test_idle_work_is_run_by_those_who_ask_for_it_alone_one_at_a_time(queue):
    enqueue(queue, kind="transcode_video", payload={"video": 1})
    enqueue(queue, kind="transcode_video", payload={"video": 2}, at=NOW + dt.timedelta(seconds=1))
    seen = []
    later = NOW + dt.timedelta(seconds=5)
    assert queue.run_due({"transcode_video": seen.append}, now=later) == 0
    assert queue.waiting(now=later)[0] == 0
    assert queue.run_idle({"transcode_video": seen.append}, now=later) == 1
    assert [job.payload["video"] for job in seen] == [1]
    assert queue.run_idle({"transcode_video": seen.append}, now=later) == 1
    assert queue.run_idle({"transcode_video": seen.append}, now=later) == 0


def test_who_says_that_it_still_works_keeps_its_job_and_who_falls_silent_loses_it(queue):
    enqueue(queue, kind="transcode_video")
    job = queue._claim(NOW, idle=True)
    assert queue.keep(job, now=NOW + LEASE / 2)
    assert queue._claim(NOW + LEASE, idle=True) is None
    taken_over = queue._claim(NOW + LEASE * 2, idle=True)
    assert taken_over.attempt == 2
    assert not queue.keep(job, now=NOW + LEASE * 2)
    assert queue.keep(taken_over, now=NOW + LEASE * 2)
