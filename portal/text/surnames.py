"""Characters that names of people begin with. A word of three that begins so may be somebody: 祝明合 is not 祝明河."""

from __future__ import annotations

_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏"
    "钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安"
    "颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项"
    "曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶瞿戚丘古米池滕晋苑邬臧畅宫"
    "闻褚庹欧阳司马上官诸葛东方皇甫尉迟公孙慕容令狐宇文长孙阿"
) - frozenset("沿成时上长公解强路")


def may_be_somebody(word: str) -> bool:
    """Whether a word of Han characters may be the name of a person."""
    return len(word) in (2, 3) and word[0] in _SURNAMES
