"""What a page says of itself to machines: the labels that government sites carry (国办发〔2017〕47号), what a chat
shows beside a link (Open Graph), and what search engines read (schema.org, as a block of data that runs nothing)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from portal.rules.clock import SHANGHAI
from portal.web.language import _

CARD = (1200, 630)


@dataclass(frozen=True, kw_only=True)
class Shared:
    """A page that somebody may pass on. path: its address here; url and image: whole ones; source: who says so;
    at: when it was published; data: what it is in schema.org's words."""

    title: str
    path: str
    url: str
    image: str
    size: tuple[int, int] | None
    source: str
    at: dt.datetime
    changed: dt.datetime
    data: Mapping[str, Any]

    @property
    def published(self) -> str:
        """As the government's labels want it: local, to the minute."""
        return f"{self.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def column_of(path: str) -> tuple[str, str]:
    """The column 栏目 that a window belongs to, and what kind of column that is."""
    for start, name, kind in (
        ("/projects", _("项目"), _("重点工程")),
        ("/reports", _("进展"), _("工作动态")),
        ("/map", _("地图"), _("重点工程")),
        ("/archive", _("档案"), _("信息查询")),
        ("/changes", _("变动"), _("工作动态")),
        ("/units", _("单位"), _("机构职能")),
        ("/record", _("存证"), _("公开记录")),
        ("/verify", _("存证"), _("公开记录")),
        ("/burden", _("减负账本"), _("工作动态")),
    ):
        if path == start or path.startswith(f"{start}/"):
            return name, kind
    return (_("首页"), _("首页")) if path == "/" else (_("关于本站"), _("网站说明"))


def json_ld(data: Mapping[str, Any]) -> Markup:
    """A block of data. Browsers run nothing of this type, so the content policy has nothing to forbid; `<` is
    written so that no word of it can end the block."""
    text = json.dumps({"@context": "https://schema.org", **data}, separators=(",", ":")).replace(
        "<", "\\u003c"
    )
    return Markup('<script type="application/ld+json">' + text + "</script>")  # noqa: S704 - escaped above
