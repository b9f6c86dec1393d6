"""Plans and their projects: drawing up, adopting, changing with the difference shown first."""

from __future__ import annotations

import re

import pytest

from portal.domain.organisation import Person, Role
from portal.domain.plan import AnnualPlan, Project
from portal.record.tables import Entry
from portal.workflows.manage_people import Place, create_person
from tests.web.admin.conftest import fields_of

NEW = "/desk/admin/plan/2027/new"


def _edit(district):
    return f"/desk/admin/plan/projects/{district.projects[0]}/edit"


def _sent(browser, path, *, act, **changes):
    """The page's form, sent with these fields changed."""
    fields = fields_of(browser.get(path).get_data(as_text=True)) | changes
    return browser.post(path, data=fields | {"act": act})


def _entries(portal):
    with portal.database.reading() as session:
        return session.query(Entry).count()


@pytest.fixture
def people(district, portal):
    with portal.database.reading() as session:
        return {person.login: str(person.id) for person in session.query(Person)}


@pytest.fixture
def facts(people, portal):
    """A whole project as typed."""
    with portal.database.reading() as session:
        project = session.query(Project).first()
        town, unit = str(project.town_id), str(project.unit.id)
    return {
        "kind": ["project"],
        "name": ["南苑停车楼"],
        "content": ["建 6 层，320 个车位。"],
        "category": ["公共停车"],
        "town": [town],
        "place": ["南苑路口"],
        "lon": [""],
        "lat": [""],
        "investment_wan": ["３，２００"],
        "start_on": ["2027-03-01"],
        "due_on": ["2027-12-20"],
        "leader": [people["leader"]],
        "unit": [unit],
        "person": [people["head"]],
        "m_name": ["基础", "封顶", ""],
        "m_target": ["打桩 80 根。", "六层封顶。", ""],
        "m_due": ["2027-06-01", "2027-12-20", ""],
        "m_percent": ["40", "100%", ""],
    }


@pytest.fixture
def drafted(admin):
    """A plan of 2027 without a project."""
    assert admin.submit("/desk/admin/plan", {"year": "2027", "title": "2027 年重点工程"}).status_code == 303


@pytest.mark.parametrize(
    ("year", "title", "said"),
    [("x", "某计划", "年份写成 2027"), ("1999", "某计划", "年份写成"), ("2027", "", "填计划的名称")],
)
def test_a_plan_needs_a_year_and_a_name(admin, year, title, said):
    answer = admin.submit("/desk/admin/plan", {"year": year, "title": title})
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)


def test_a_plan_is_drawn_up_filled_confirmed_and_adopted(admin, drafted, facts, portal):
    before = _entries(portal)
    added = _sent(admin, NEW, act="check", **facts)
    assert added.status_code == 303, "nothing is public yet, so nothing needs to be shown first"
    assert _entries(portal) == before
    confirm = admin.get("/desk/admin/plan/2027/adopt").get_data(as_text=True)
    assert "南苑停车楼" in confirm
    assert "马上公开，收不回来" in confirm
    seen = fields_of(confirm)["seen"][0]
    assert admin.submit("/desk/admin/plan/2027/adopt", {"seen": seen}).status_code == 303
    assert _entries(portal) == before + 1
    assert (
        admin.submit("/desk/admin/plan/2027/adopt", {"seen": seen}, page="/desk/admin/people/new").status_code
        == 409
    ), "a plan is adopted once"


def test_a_plan_that_changed_after_the_confirming_page_is_shown_again(admin, drafted, facts, portal):
    _sent(admin, NEW, act="check", **facts)
    answer = admin.submit("/desk/admin/plan/2027/adopt", {"seen": "an older list"})
    assert answer.status_code == 409
    with portal.database.reading() as session:
        assert session.query(AnnualPlan).filter_by(year=2027).one().adopted_at is None


def test_an_empty_plan_offers_no_adopting(admin, drafted):
    assert "/adopt" not in admin.get("/desk/admin/plan/2027").get_data(as_text=True)
    assert admin.get("/desk/admin/plan/2027/adopt").status_code == 303


def test_everything_wrong_is_named_at_once_and_nothing_typed_is_lost(admin, drafted, facts, people, portal):
    with portal.database.writing() as session:
        place = Place(role=Role.LEADER, title="副书记")
        second = create_person(session, login="ws", name="苏望舒", place=place, actor=None, now=portal.now())
    wrong = facts | {
        "name": [""],
        "leader": [people["leader"], str(second.id)],
        "due_on": ["2027-01-01"],
        "lon": ["abc"],
        "investment_wan": ["很多"],
        "m_percent": ["40", "x", ""],
        "content": ["建 6 层 <b>楼</b>。"],
    }
    answer = _sent(admin, NEW, act="check", **wrong)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for words in (
        "填名称。",
        "责任领导有且只有一位，现在是 2 位。",
        "时限早于开始的日子",
        "坐标填经度和纬度",
        "投资额填整数万元。",
        "第 2 个阶段目标的时序进度填 0 到 100 的整数，现在是“x”",
    ):
        assert words in page
    kept = fields_of(page)
    for name in (
        "content",
        "place",
        "investment_wan",
        "due_on",
        "lon",
        "m_name",
        "m_target",
        "m_due",
        "m_percent",
        "leader",
        "unit",
        "person",
    ):
        assert kept[name] == wrong[name], name


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"person": []}, "责任人有且只有一位，现在是 0 位。"),
        ({"due_on": [""]}, "这一项要填。"),
        ({"start_on": ["2027-13-01"]}, "日期写成 2026-11-24 这样"),
        ({"m_percent": ["40", "90", ""]}, "要到 100%"),
        ({"m_name": ["", "封顶", ""]}, "第 1 个阶段目标没有填全"),
        ({"m_due": ["2027-06-01", "2028-01-01", ""]}, "不在开始和时限之间"),
        ({"lon": ["36.65"], "lat": ["118.12"]}, "可能填反了"),
        ({"investment_wan": ["-3"]}, "不能是负数"),
        ({"town": ["9999"]}, "所在乡镇街道要选一个"),
    ],
)
def test_each_fault_has_its_sentence(admin, drafted, facts, changes, said):
    answer = _sent(admin, NEW, act="check", **(facts | changes))
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)


def test_a_row_is_added_and_taken_away_without_scripts(admin, drafted, facts):
    more = fields_of(_sent(admin, NEW, act="add-row", **facts).get_data(as_text=True))
    assert more["m_name"] == ["基础", "封顶", "", ""]
    less = fields_of(_sent(admin, NEW, act="drop-row:0", **facts).get_data(as_text=True))
    assert (less["m_name"], less["m_due"]) == (["封顶", ""], ["2027-12-20", ""])
    assert less["content"] == facts["content"]


def test_a_project_brought_into_an_adopted_plan_is_shown_before_it_is_public(admin, facts, portal):
    before, path = _entries(portal), "/desk/admin/plan/2026/new"
    dated = facts | {
        "start_on": ["2026-03-01"],
        "due_on": ["2026-12-20"],
        "m_due": ["2026-06-01", "2026-12-20", ""],
    }
    shown = _sent(admin, path, act="check", **dated)
    page = shown.get_data(as_text=True)
    assert shown.status_code == 200
    assert "3,200 万元" in page
    assert _entries(portal) == before
    saved = admin.post(path, data=fields_of(page) | {"act": "save"})
    assert saved.status_code == 303
    assert _entries(portal) == before + 1
    assert "南苑停车楼" in admin.get(saved.location).get_data(as_text=True)


def test_a_change_is_shown_field_by_field_before_it_is_public(admin, district, people, portal):
    before, path = _entries(portal), _edit(district)
    shown = _sent(admin, path, act="check", person=[people["reporter"]], reason=["负责人轮岗"])
    page = shown.get_data(as_text=True)
    assert shown.status_code == 200
    assert re.findall(r"<del>([^<]*)</del>", page) == ["闻清远"]
    assert re.findall(r"<ins>([^<]*)</ins>", page) == ["陆知秋"]
    assert "负责人轮岗" in page
    assert _entries(portal) == before, "nothing was changed by looking"
    back = admin.post(path, data=fields_of(page) | {"act": "back"}).get_data(as_text=True)
    assert fields_of(back)["reason"] == ["负责人轮岗"]
    assert admin.post(path, data=fields_of(page) | {"act": "save"}).status_code == 303
    assert _entries(portal) == before + 1
    project = admin.get(path.removesuffix("/edit")).get_data(as_text=True)
    assert "负责人轮岗" in project
    assert "闻清远" in project, "whoever answered before stays in the chain"


@pytest.mark.parametrize("act", ["check", "save"])
def test_a_public_project_does_not_change_without_a_reason(admin, district, portal, act):
    before = _entries(portal)
    answer = _sent(admin, _edit(district), act=act, name=["另一个名字"])
    assert answer.status_code == 422
    assert "写明原因" in answer.get_data(as_text=True)
    assert fields_of(answer.get_data(as_text=True))["name"] == ["另一个名字"]
    assert _entries(portal) == before


def test_a_change_that_changes_nothing_says_so(admin, district):
    answer = _sent(admin, _edit(district), act="check", reason=["没有原因"])
    assert answer.status_code == 422
    assert "什么都没有改" in answer.get_data(as_text=True)


def test_a_stale_form_keeps_what_was_typed_and_can_be_sent_again(admin, district, portal):
    path = _edit(district)
    old = fields_of(admin.get(path).get_data(as_text=True))
    _sent(admin, path, act="save", place=["新址"], reason=["地点写错了"])
    answer = admin.post(path, data=old | {"content": ["建 4 处。"], "reason": ["多建一处"], "act": "save"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "刚被别人改过" in page
    kept = fields_of(page)
    assert kept["content"] == ["建 4 处。"]
    assert admin.post(path, data=kept | {"act": "save"}).status_code == 303


def test_a_published_milestone_cannot_be_taken_away(admin, district, portal):
    path = _edit(district)
    fields = fields_of(admin.get(path).get_data(as_text=True))
    fewer = {name: fields[name][1:] for name in ("m_name", "m_target", "m_due", "m_percent")}
    answer = _sent(admin, path, act="save", reason=["少一步"], **fewer)
    assert answer.status_code == 422
    assert "第 3 个阶段目标没有填全" in answer.get_data(as_text=True)


def test_a_project_is_suspended_with_a_reason_only(admin, district, portal):
    page = f"/desk/admin/plan/projects/{district.projects[0]}"
    assert admin.submit(f"{page}/act", {"act": "suspend", "reason": ""}, page=page).status_code == 422
    assert admin.submit(f"{page}/act", {"act": "nonsense"}, page=page).status_code == 422
    assert (
        admin.submit(f"{page}/act", {"act": "suspend", "reason": "等管线迁改"}, page=page).status_code == 303
    )
    with portal.database.reading() as session:
        assert district.project(session, district.projects[0]).state == "suspended"


@pytest.mark.parametrize(
    "path", ["/desk/admin/plan/2031", "/desk/admin/plan/2031/new", "/desk/admin/plan/projects/2031-001"]
)
def test_what_is_not_there_is_not_found(admin, path):
    assert admin.get(path).status_code == 404
