"""People, from the machine itself."""

from __future__ import annotations

import datetime as dt
import re

from sqlalchemy import select

from portal.domain.audit import AuditEntry
from portal.domain.organisation import Role
from portal.web.app import create_app
from tests.browsing import Browser
from tests.small_district import PASSWORD


def acts(portal):
    with portal.database.reading() as session:
        return list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.id.desc()).limit(4)))


def test_everybody_is_listed_one_a_line_and_a_role_can_be_picked(run, district):
    lines = run("user", "list").out.splitlines()
    assert len(lines) == 8
    assert "reporter\t陆知秋\treporter\t东岸街道\t" in lines
    picked = run("user", "list", "--role", "supervisor").out.splitlines()
    assert [line.split("\t")[0] for line in picked] == ["outsider", "second", "supervisor"]


def test_a_new_person_gets_a_link_that_sets_a_password_once_and_lets_them_in(run, district, portal, clock):
    said = run("user", "create", "li.wen", "--name", "李文", "--role", "reporter", "--unit", "001")
    assert said.code == 0
    path = re.search(r"/account/link/\S+", said.out)[0]
    assert "li.wen\t李文\treporter\t东岸街道\tno password yet" in run("user", "list").out
    assert "create_person" in acts(portal)
    clock.at = dt.datetime.now(dt.UTC)
    browser = Browser(create_app(portal))
    typed = {"password": "a long enough sentence", "again": "a long enough sentence"}
    assert browser.submit(path, typed).status_code == 303
    fresh = Browser(create_app(portal))
    assert fresh.sign_in("li.wen", "a long enough sentence").status_code == 303
    assert fresh.get(path).status_code == 404


def test_a_login_that_is_taken_and_a_missing_unit_are_refused_in_words(run, district):
    taken = run("user", "create", "reporter", "--name", "某", "--role", "reporter", "--unit", "001")
    homeless = run("user", "create", "new.one", "--name", "某", "--role", "reporter")
    unknown = run("user", "create", "new.one", "--name", "某", "--role", "reporter", "--unit", "999")
    assert [taken.code, homeless.code, unknown.code] == [1, 1, 1]
    assert "login" in taken.err
    assert "unit" in homeless.err
    assert "there is no unit '999'" in unknown.err
    assert len(run("user", "list").out.splitlines()) == 8


def test_a_person_who_is_disabled_is_out_at_once_and_stays_in_history(run, district, portal):
    browser = Browser(create_app(portal))
    browser.sign_in("reporter")
    assert browser.get("/desk/unit").status_code == 200
    assert run("user", "disable", "reporter").code == 0
    assert browser.get("/desk/unit").status_code == 303
    assert browser.sign_in("reporter", PASSWORD).status_code != 303
    assert "reporter\t陆知秋\treporter\t东岸街道\tdisabled" in run("user", "list").out
    assert run("user", "enable", "reporter").code == 0
    assert browser.sign_in("reporter", PASSWORD).status_code == 303


def test_a_person_who_is_moved_has_a_new_posting_and_keeps_the_old_one(run, district, portal):
    assert run("user", "move", "reporter", "--role", "head", "--unit", "030").code == 0
    with portal.database.reading() as session:
        person = district.person(session, "reporter")
        assert (person.role, person.unit.code) == (Role.HEAD, "030")
    assert "move_person" in acts(portal)


def test_a_new_link_ends_the_old_one(run, district, portal, clock):
    clock.at = dt.datetime.now(dt.UTC)
    old, new = (re.search(r"/account/link/\S+", run("user", "link", "head").out)[0] for _time in range(2))
    browser = Browser(create_app(portal))
    assert browser.get(old).status_code == 404
    assert browser.get(new).status_code == 200


def test_a_login_nobody_has_is_named(run, district):
    for words in (
        ("disable", "nobody"),
        ("enable", "nobody"),
        ("link", "nobody"),
        ("move", "nobody", "--role", "leader"),
    ):
        said = run("user", *words)
        assert said.code == 1
        assert "nobody has the login 'nobody'" in said.err
