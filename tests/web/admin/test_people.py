"""The administrator's pages of people."""

from __future__ import annotations

import re

import pytest

from portal.domain.organisation import Person, Posting
from portal.worker import run_once
from tests.browsing import Browser
from tests.small_district import PASSWORD


@pytest.fixture
def ids(district, portal):
    with portal.database.reading() as session:
        return {person.login: person.id for person in session.query(Person)}


def _page(browser, path):
    return browser.get(path).get_data(as_text=True)


def _version(browser, path):
    return re.search(r'name="version" value="(\d+)"', _page(browser, path)).group(1)


@pytest.mark.parametrize("login", ["reporter", "head", "supervisor", "leader"])
@pytest.mark.parametrize(
    "path", ["/desk/admin", "/desk/admin/people", "/desk/admin/plan", "/desk/admin/audit"]
)
def test_only_administrators_enter(district, visitor, login, path):
    visitor.sign_in(login)
    assert visitor.get(path).status_code == 403


@pytest.mark.parametrize(
    ("asked", "found", "left_out"),
    [
        ("?q=陆", ["陆知秋"], ["闻清远"]),
        ("?role=supervisor", ["沈砚书", "顾行舟", "江照野"], ["陆知秋"]),
        ("?q=副区长", ["林听澜"], ["陆知秋"]),
        ("?able=no", ["没有这样的人"], ["陆知秋"]),
        ("?page=abc&role=nonsense&unit=x", ["陆知秋", "许墨白"], []),
    ],
)
def test_people_are_found_by_words_role_and_account(admin, asked, found, left_out):
    main = _page(admin, f"/desk/admin/people{asked}").split("<main")[1]
    for name in found:
        assert name in main
    for name in left_out:
        assert name not in main


def test_somebody_is_added_given_a_link_and_signs_in(admin, portal):
    answer = admin.submit(
        "/desk/admin/people/new", {"name": "苏望舒", "login": "wangshu", "role": "leader", "title": "副书记"}
    )
    assert answer.status_code == 303
    assert "苏望舒" in _page(admin, answer.location)
    given = admin.submit(f"{answer.location}/link", page=answer.location).get_data(as_text=True)
    link = re.search(r'value="http://[^/"]+(/account/link/[^"]+)"', given).group(1)
    assert link not in _page(admin, answer.location), "it is shown once"
    theirs = Browser(admin.application)
    theirs.submit(link, {"password": "a phrase of my own", "again": "a phrase of my own"})
    assert theirs.sign_in("wangshu", "a phrase of my own").location == "/desk/leader"


def test_a_refused_person_keeps_everything_typed(admin):
    answer = admin.submit(
        "/desk/admin/people/new", {"name": "苏望舒", "login": "admin", "role": "reporter", "title": "干事"}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for words in ('value="苏望舒"', 'value="干事"', "这个登录名有人用了", "选一个单位"):
        assert words in page


def test_moving_somebody_keeps_the_chain_and_signs_them_out(admin, ids, portal, clock):
    theirs = Browser(admin.application)
    theirs.sign_in("second")
    path = f"/desk/admin/people/{ids['second']}"
    clock.forward(minutes=1)
    moved = admin.submit(
        f"{path}/move", {"version": _version(admin, path), "role": "leader", "title": "调研员"}, page=path
    )
    assert moved.status_code == 303
    page = _page(admin, path)
    assert "区委区政府督查室" in page
    assert "调研员" in page
    assert theirs.get("/account").status_code == 303
    with portal.database.reading() as session:
        assert session.query(Posting).filter_by(person_id=ids["second"]).count() == 2


def test_a_stale_form_changes_nothing_and_keeps_what_was_typed(admin, ids, portal):
    path = f"/desk/admin/people/{ids['second']}"
    version = _version(admin, path)
    admin.submit(f"{path}/disable", {"version": version}, page=path)
    answer = admin.submit(
        f"{path}/move", {"version": version, "role": "leader", "title": "调研员"}, page=path
    )
    assert answer.status_code == 409
    assert 'value="调研员"' in answer.get_data(as_text=True)
    with portal.database.reading() as session:
        assert session.get_one(Person, ids["second"]).role == "supervisor"


def test_a_disabled_person_is_out_at_once_and_can_be_enabled_again(admin, ids):
    theirs = Browser(admin.application)
    theirs.sign_in("leader")
    path = f"/desk/admin/people/{ids['leader']}"
    admin.submit(f"{path}/disable", {"version": _version(admin, path)}, page=path)
    assert theirs.get("/account").status_code == 303
    assert theirs.sign_in("leader").status_code == 422
    admin.submit(f"{path}/enable", {"version": _version(admin, path)}, page=path)
    assert theirs.sign_in("leader", PASSWORD).status_code == 303


def test_administrators_cannot_shut_themselves_out(admin, ids):
    path = f"/desk/admin/people/{ids['admin']}"
    assert "/disable" not in _page(admin, path)
    answer = admin.submit(f"{path}/disable", {"version": _version(admin, path)}, page=path)
    assert answer.status_code == 422
    assert "不能停用自己的账号" in answer.get_data(as_text=True)


def test_whoever_answers_for_projects_is_shown_with_them(admin, ids):
    assert "东岸口袋公园与邻里书亭" in _page(admin, f"/desk/admin/people/{ids['head']}")


def test_nobody_is_not_found(admin):
    assert admin.get("/desk/admin/people/9999").status_code == 404


def test_the_overview_says_how_things_stand(admin):
    page = _page(admin, "/desk/admin")
    for words in ("后台", "单位报送员", "2026年", "乡镇街道", "登录"):
        assert words in page


def test_the_trail_is_filtered_by_person_and_act(admin, ids):
    page = _page(admin, f"/desk/admin/audit?person={ids['admin']}&act=adopt_plan").split("<main")[1]
    assert "共 1 条" in page
    assert "year=2026" in page
    assert "没有这样的记录" in _page(admin, f"/desk/admin/audit?person={ids['head']}&act=adopt_plan")


@pytest.mark.parametrize("path", ["/desk/admin/people/new", "/desk/admin/people/{second}/email"])
def test_an_address_that_is_none_is_refused_with_the_cure_and_kept(admin, ids, path):
    path = path.format(**ids)
    page = path.removesuffix("/email")
    typed = {"name": "苏望舒", "login": "wangshu", "role": "leader", "email": "苏望舒@post.example"}
    if path != page:
        typed = {"email": typed["email"], "version": _version(admin, page)}
    answer = admin.submit(path, typed, page=page)
    said = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "邮箱写成 liwen@example.org 这样" in said
    assert 'value="苏望舒@post.example"' in said


def test_an_address_is_kept_changed_and_taken_away(admin, portal):
    made = admin.submit(
        "/desk/admin/people/new",
        {"name": "苏望舒", "login": "wangshu", "role": "leader", "email": " wangshu@post.example "},
    )
    page = made.location
    for typed, kept in (("su@post.example", "su@post.example"), ("", None)):
        changed = admin.submit(f"{page}/email", {"email": typed, "version": _version(admin, page)}, page=page)
        assert changed.status_code == 303
        with portal.database.reading() as session:
            assert session.query(Person).filter_by(login="wangshu").one().email == kept


def test_issuing_a_link_to_an_address_says_so_and_the_page_tells_what_became_of_it(
    admin, ids, portal, capsys
):
    path = f"/desk/admin/people/{ids['second']}"
    admin.submit(
        f"{path}/email", {"email": "second@post.example", "version": _version(admin, path)}, page=path
    )
    given = admin.submit(f"{path}/link", page=path).get_data(as_text=True)
    assert "/account/link/" in given
    assert "另一个链接正发往 second@post.example" in given
    assert "有一封邮件等着发" in _page(admin, path)
    run_once(portal)
    printed = capsys.readouterr().out
    assert "To: second@post.example" in printed
    assert "/account/link/" in printed
    assert "交给了邮件服务器" in _page(admin, path)


def test_an_address_is_shown_to_administrators_alone(admin, ids, portal):
    with portal.database.writing() as session:
        session.get_one(Person, ids["second"]).email = "second@post.example"
    assert "second@post.example" in _page(admin, f"/desk/admin/people/{ids['second']}")
    assert "second@post.example" not in _page(admin, "/desk/admin/people")
    assert "second@post.example" not in _page(admin, "/desk/admin/audit")
