"""Signing in as a workflow: what is kept, what is counted, when a sign-in ends."""

from __future__ import annotations

import pytest

from portal.adapters.limit_table import LimitedAct
from portal.domain.access import (
    ABSOLUTE,
    IDLE,
    TRIES_PER_ADDRESS,
    TRIES_PER_NAME,
    TRIES_WINDOW,
    SignIn,
    secret_hash,
)
from portal.domain.audit import AuditEntry
from portal.domain.errors import NoSuchThing, TooOften
from portal.ports import keyed_hash
from portal.workflows.manage_people import disable_person, issue_link
from portal.workflows.sign_in import (
    change_password,
    end_all_sign_ins,
    end_sign_in,
    keep_alive,
    note_failed_try,
    open_sign_in,
    refuse_if_too_often,
    use_link,
)

NAME, ADDRESS = "n" * 64, "a" * 64


@pytest.fixture
def session(district, portal):
    with portal.database.writing() as session:
        yield session


@pytest.fixture
def head(district, session):
    return district.person(session, "head")


def _row(session, token):
    return session.get_one(SignIn, secret_hash(token))


@pytest.fixture
def tries(portal, session):
    """Tries in this session: `fail` some, and `look` whether another one may be made."""

    class Tries:
        def fail(self, now, *, times, name=NAME, address=ADDRESS):
            for _try in range(times):
                note_failed_try(session, limits=portal.limits, name_hash=name, address_hash=address, now=now)

        def look(self, now, *, name=NAME, address=ADDRESS):
            refuse_if_too_often(session, limits=portal.limits, name_hash=name, address_hash=address, now=now)

    return Tries()


def test_a_name_is_refused_after_its_tries_and_told_the_seconds(tries, clock):
    tries.fail(clock(), times=TRIES_PER_NAME - 1)
    tries.look(clock())
    tries.fail(clock(), times=1)
    with pytest.raises(TooOften) as refusal:
        tries.look(clock.forward(seconds=20), address="other")
    assert refusal.value.facts["seconds"] == TRIES_WINDOW.total_seconds() - 20 + 1


def test_a_failed_try_beyond_the_limit_is_refused_and_not_written_down(tries, session, clock):
    tries.fail(clock(), times=TRIES_PER_NAME)
    written = session.query(AuditEntry).count()
    with pytest.raises(TooOften):
        tries.fail(clock(), times=1)
    assert session.query(AuditEntry).count() == written


def test_an_address_is_refused_over_all_names(tries, clock):
    for number in range(TRIES_PER_ADDRESS):
        tries.fail(clock(), times=1, name=f"{number:064}")
    with pytest.raises(TooOften):
        tries.look(clock())
    tries.look(clock(), address="another")


def test_tries_are_forgotten_after_the_window(tries, session, clock):
    tries.fail(clock(), times=TRIES_PER_NAME)
    clock.at += TRIES_WINDOW
    tries.look(clock())
    tries.fail(clock(), times=1)
    assert session.query(LimitedAct).count() == 2, "one for the name, one for the address"


def test_of_names_and_addresses_only_keyed_hashes_are_kept():
    assert keyed_hash("one key", " Admin ") == keyed_hash("one key", "admin")
    assert keyed_hash("one key", "admin") != keyed_hash("another key", "admin")
    assert "admin" not in keyed_hash("one key", "admin")


def test_of_a_token_only_its_hash_is_kept(session, head, clock):
    token = open_sign_in(session, person=head, browser="x" * 200, now=clock())
    session.flush()
    row = _row(session, token)
    assert token not in (row.token_hash, row.browser)
    assert len(row.browser) == 80
    assert token != open_sign_in(session, person=head, browser="", now=clock())


def test_a_sign_in_ends_by_idleness_and_by_age(session, head, clock):
    token = open_sign_in(session, person=head, browser="", now=clock())
    session.flush()
    row, began = _row(session, token), clock()
    assert not row.open_at(began + IDLE)
    moment = began
    while moment - began < ABSOLUTE - IDLE:
        moment += IDLE * 0.9
        keep_alive(session, token=token, now=moment)
        assert row.open_at(moment)
    keep_alive(session, token=token, now=began + ABSOLUTE - IDLE / 100)
    assert not row.open_at(began + ABSOLUTE)


def test_a_sign_in_that_ended_cannot_be_kept_alive(session, head, clock):
    token = open_sign_in(session, person=head, browser="", now=clock())
    session.flush()
    end_sign_in(session, token=token, now=clock())
    keep_alive(session, token=token, now=clock.forward(minutes=5))
    assert not _row(session, token).open_at(clock())


def test_disabling_ends_every_sign_in_at_once(session, head, clock):
    token = open_sign_in(session, person=head, browser="", now=clock())
    disable_person(session, person=head, seen_version=None, actor=None, now=clock())
    assert not _row(session, token).open_at(clock())


def test_signing_out_everywhere_ends_what_is_open_and_leaves_others(session, district, head, clock):
    own = [open_sign_in(session, person=head, browser="", now=clock()) for _each in range(2)]
    other = open_sign_in(session, person=district.person(session, "leader"), browser="", now=clock())
    session.flush()
    end_all_sign_ins(session, person=head, now=clock())
    session.expire_all()
    assert [_row(session, token).open_at(clock()) for token in own] == [False, False]
    assert _row(session, other).open_at(clock())


def test_a_new_password_leaves_only_a_fresh_sign_in(session, head, clock):
    old = open_sign_in(session, person=head, browser="", now=clock())
    session.flush()
    new = change_password(session, person=head, password_hash="hash", browser="Firefox", now=clock())
    session.flush()
    session.expire_all()
    assert not _row(session, old).open_at(clock())
    assert _row(session, new).open_at(clock())
    assert head.password_hash == "hash"


def test_a_link_sets_a_password_once(session, head, clock):
    token = issue_link(session, person=head, actor=None, now=clock())
    session.flush()
    use_link(session, token=token, password_hash="hash", now=clock())
    with pytest.raises(NoSuchThing):
        use_link(session, token=token, password_hash="another", now=clock())
    assert head.password_hash == "hash"
