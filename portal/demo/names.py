"""Names of people who do not exist: common surnames with uncommon pairs of given characters."""

from __future__ import annotations

import random
from collections.abc import Iterable

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
    "苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史"
    "顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_FIRST = "思雨子书明晓若望知云清春秋景怀庭远安素砚修亦承嘉佳维绍立启映慕竹松柏月禾青舒宛静以广存其"
_SECOND = "川禾溪原野岚舟帆桐楠枫杉晴朗岩屿池亭渔樵芸蘅菁荷蔓萍苓芷宁和平顺实谦慎恒笃砺锦绣棠梨杏槐榆柳"
_SINGLE = "岚峥桐楠璟昀晖筠澍淼堃垚珩琦翎霁荻蓁芮苒"


def people(rng: random.Random, *, count: int, taken: Iterable[str] = ()) -> list[str]:
    """`count` distinct names, none of them in `taken`; the same seed gives the same names."""
    used = set(taken)
    names: list[str] = []
    while len(names) < count:
        surname = rng.choice(_SURNAMES)
        given = rng.choice(_SINGLE) if rng.random() < 0.12 else rng.choice(_FIRST) + rng.choice(_SECOND)
        name = surname + given
        if name not in used and len(set(name)) == len(name):
            used.add(name)
            names.append(name)
    return names
