"""Grades of photos in words, for windows and desks alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from portal.rules.provenance import (
    CLOCK_MAY_DIFFER,
    EMBEDDED_SLACK,
    FRESH,
    OLD,
    SITE_RADIUS,
    VAGUE,
    Grade,
    Reason,
)
from portal.web.language import _

Say = Callable[[], str]
_MINUTE, _DAY = 60, 24 * 3600

GRADES: Mapping[Grade, Say] = {
    Grade.A: lambda: _("当场拍摄，时间地点核对过"),
    Grade.B: lambda: _("照片自带的信息完整，前后一致"),
    Grade.C: lambda: _("只有照片文件本身"),
}
REASONS: Mapping[Reason, Say] = {
    Reason.CAPTURED: lambda: _("在报送页面里当场拍的，服务器给的一次性编码只用了这一次。"),
    Reason.ON_SITE: lambda: _("手机报的位置在项目地点 %(n)s 米以内，误差也算进去了。", n=SITE_RADIUS),
    Reason.CLOCK_RIGHT: lambda: _("手机的时钟和服务器相差不到 %(n)s 分钟。", n=CLOCK_MAY_DIFFER // _MINUTE),
    Reason.DATA_AGREES: lambda: _("照片自带拍摄时间和机型，和收到的时间、项目的地点不矛盾。"),
    Reason.NOT_CAPTURED: lambda: _("不是在报送页面里当场拍的，是选好的文件。"),
    Reason.CODE_SPENT: lambda: _("带来的一次性编码已经用过。"),
    Reason.CODE_UNKNOWN: lambda: _("带来的一次性编码不是给这份报送的。"),
    Reason.CODE_LATE: lambda: _("从按下拍照到收到超过 %(n)s 分钟，网络慢也会这样。", n=FRESH // _MINUTE),
    Reason.NOT_FRESH: lambda: _("按下拍照以前，这个文件已经有了。"),
    Reason.CLOCK_UNKNOWN: lambda: _("不知道手机的时钟准不准。"),
    Reason.CLOCK_OFF: lambda: _("手机的时钟和服务器相差 %(n)s 分钟以上。", n=CLOCK_MAY_DIFFER // _MINUTE),
    Reason.NO_PLACE: lambda: _("没有带位置。带不带由拍的人定，都一样收。"),
    Reason.VAGUE_PLACE: lambda: _("手机报的位置误差超过 %(n)s 米，说明不了在哪里。", n=VAGUE),
    Reason.SITE_UNKNOWN: lambda: _("项目没有登记坐标，位置无从核对。"),
    Reason.AWAY: lambda: _("手机报的位置不在项目地点附近。"),
    Reason.DATA_CONTRADICTS: lambda: _("照片自带的信息和“刚才在现场拍的”对不上。"),
    Reason.FROM_ARCHIVE: lambda: _("随旧档案一起导入，不是报送时收到的。"),
    Reason.NO_TIME: lambda: _("照片没有自带拍摄时间，传送时常会去掉。"),
    Reason.TIME_AHEAD: lambda: _("照片自带的拍摄时间比收到的时间还晚。"),
    Reason.TIME_OLD: lambda: _("照片自带的拍摄时间比收到早 %(n)s 天以上。", n=OLD // _DAY),
    Reason.NO_MAKER: lambda: _("照片没有自带相机或手机的品牌。"),
    Reason.EDITED: lambda: _("照片经过修图软件。"),
    Reason.DATA_AWAY: lambda: _("照片自带的位置离项目地点 %(n)s 米以上。", n=SITE_RADIUS + EMBEDDED_SLACK),
}


_SAID = {reason.value: say for reason, say in REASONS.items()}


def in_words(grade: str, reasons: Iterable[str]) -> dict[str, Any]:
    """A grade as the `origin` macro shows it. A reason that this version does not know is passed over."""
    known = Grade(grade)
    return {
        "grade": known.value,
        "words": GRADES[known](),
        "reasons": [_SAID[reason]() for reason in reasons if reason in _SAID],
    }
