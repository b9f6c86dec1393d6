"""What is said around the thing a question is about: 城东小学 of 城东小学什么时候完工, 桥梁维修 of 有关桥梁维修的通报.

Works on a folded word of a query that stands nowhere itself.
"""

from __future__ import annotations

import re

_DOING = (
    "完工|竣工|完成|建成|建好|建完|修好|修完|修建|做好|做完|开工|动工|通车|开通|投用|启用|"
    "去过|来过|查过|验收|交付|结束|解决|整改|负责|主管|承建|施工|建设|"
    "延期|延误|滞后|停工|复工|开始|能用|可用|能修好|使用"
)
_NOUNS = (
    "督查|督办|总共|一共|总计|责任单位|责任部门|责任人|负责人|在建|查询|最新|目前|现在|最近|近期|当前|具体|整体|总体|相关|有关|存在的?|"
    "进度|进展|情况|状况|现状|状态|动态|消息|信息|资料|内容|详情|"
    "问题|困难|原因|结果|通报|报告|公告|通知|名单|项目|工程|工作|单位|部门|地方|投资|资金|费用"
)
_PLAIN = re.compile(  # asks by itself, wherever it stands
    "请问一?下?|麻烦|(?:我?想要?|我要)(?:知道|了解|查询?|看看?|问问?)一?下?|(?:查询?|搜索?|看|问|了解)一下|帮我[查找看]?|"
    "到?(?:什么|啥)程度|什么时候|什么时间|啥时候?|几时|何时|多久|到哪一?步|[哪那]一?步|怎么样|怎样|咋样|怎么办|怎么回事|怎么|咋|为什么|为啥|为何|如何|"
    "有没有|是不是|能不能|是否|有人|没有?人|多少钱?|几个|"
    "(?:归|由)?(?:谁|哪个(?:局|部门|单位|镇))(?:在?管|负责)|的?钱?花到?哪[里儿]?去?了?|到哪[里儿]?了?|"
    "我家(?:门口|附近|旁边|楼下)?的?|我们(?:村|镇|小区|这里|这边)的?|"
    "有?(?:哪里|哪儿|哪些|哪个|哪家|哪几个?|什么|啥)|谁(?:主?管|负责)?|这么慢?久?|那么|还没有?|没$|还在|没有(?=了?吗?$)|关于|有关|对于|[吗呢吧啊呀嘛么]+$"
)
_SOFT_ENDS = re.compile(
    rf"(?:{_DOING}|{_NOUNS}|进行|在[做建修]|[修建做搞弄花办管查看](?:[得了过]|成了?|好)|[的了得在到由是有做被还都要会和与及])$"
)
_SOFT_STARTS = re.compile(
    rf"^(?:{_DOING}|{_NOUNS}|查询|查看|查找|搜索|了解|正在|在[做建修]|做[了过]?|修[了过得]|建[了过得]|花[了过]|[的了得在由是有被都要会和与及])"
)
LEAST = 2  # characters of what a question is about


def without_asking(word: str) -> list[str]:
    """The word without what asks: 城东道路 of 谁负责城东道路. None when nothing in it does."""
    if word.isascii():
        return []
    parts = re.sub("[的了]+$", "", _PLAIN.sub(" ", word)).split()
    return parts if parts and parts != [word] else []


def about(word: str) -> list[str]:
    """The things a question is about, without what is asked of them either: 城东小学 of 城东小学什么时候完工."""
    if word.isascii():
        return []
    parts = [bare for piece in _PLAIN.sub(" ", word).split() if (bare := _bare(piece))]
    parts = [part for part in parts if len(part) >= LEAST] or (parts if asks(word) else [])
    return parts if parts != [word] else []


def asks(word: str) -> bool:
    """Whether something in the word asks, as a question does."""
    return _PLAIN.search(word) is not None


def is_asking(word: str) -> bool:
    """Whether a word is only said around others: 最近, 情况, 什么时候."""
    return not any(_bare(piece) for piece in _PLAIN.sub(" ", word).split())


def _bare(piece: str) -> str:
    """The piece without soft words at its two ends; "" when it is nothing else."""
    while piece:
        less = _SOFT_STARTS.sub("", _SOFT_ENDS.sub("", piece, count=1), count=1)
        if less == piece:
            break
        piece = less
    return piece
