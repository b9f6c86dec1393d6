"""The administrator's page of the yearly inspection."""

from __future__ import annotations

import re


def test_it_names_each_indicator_with_verdict_evidence_and_cure(admin, district):
    shown = admin.get("/desk/admin/inspection").get_data(as_text=True)
    for words in (
        "首页不更新",
        "栏目不更新",
        "网站标识码",
        "党政机关网站标识",
        "站内搜索",
        "国办秘函〔2019〕19号",
    ):
        assert words in shown
    row = re.search(r"<tr[^>]*><th[^>]*>网站标识码</th>.*?</tr>", shown, re.S)
    assert row is not None
    assert "不符合" in row[0]
    assert "PORTAL_SITE_CODE" in row[0]


def test_a_report_makes_the_front_page_fresh(admin, district, clock):
    def front_page() -> str:
        shown = admin.get("/desk/admin/inspection").get_data(as_text=True)
        return re.search(r"<tr[^>]*><th[^>]*>首页不更新</th>.*?</tr>", shown, re.S)[0]

    assert "不符合" in front_page()
    district.published()
    assert "不符合" not in front_page()
    clock.forward(days=15)
    admin.sign_in("admin")
    assert "不符合" in front_page()


def test_the_overview_leads_there(admin, district):
    assert 'href="/desk/admin/inspection"' in admin.get("/desk/admin").get_data(as_text=True)
