"""Characters that are taken for each other: by their sound, by their look."""

from __future__ import annotations

from functools import cache

from portal.text.pinyin import sounding_like

# Written for each other by hand, by input by strokes, and by recognition of scans.
_SHAPES = (
    "竞竣 挖控空 拨拔 测侧则厕 徒徙陡 券卷 折拆析 侯候 己已巳 未末 土士 日曰目 人入八 大太犬 "
    "千干于 天夭无 贝见 治冶 堤提题 辩辨辫 竣峻俊 坡破波玻披 桩庄椿 粱梁 锋峰蜂 封卦 顶项顷 "
    "沥历厉 青清情请晴 淤於 渠梁架 架驾 填慎镇 镇慎 筑巩 基墓幕 础拙 绑帮 扎札 护沪户 "
    "支技枝 边达迈 消清稍 防仿纺妨访 检捡俭验 调周词 试式 梯弟 场汤扬 杨扬场 阳阴 柳抑 巷港 "
    "临监 江汪红 长张 东车乐 城诚域 白自百 石右古 教救 体休 育盲 卫工 健建 住往佳 房旁 "
    "设没 局届 水永冰 务条 交文 通能 运远 输喻 整正 改攻 造告 网冈 管官菅 道遒 路露 宽觅 "
    "拓拆 河何 小少 学字 扩旷 库车军 除徐 险检捡 加如 固因困 农衣 贸货 市布 院完 搬般 "
    "迁汪千 桥侨娇 维唯准 修休 公么 园圆 绿录 停亭 福幅 利和 中申 心必 洪供 竖坚 收牧 "
    "验检 征证 地他 钢纲岗 筋节 雨两 污汚 分份 流疏 灯打 安按 装袋"
)


@cache
def _shapes() -> dict[str, str]:
    table: dict[str, str] = {}
    for group in _SHAPES.split():
        for character in group:
            table[character] = table.get(character, "") + group.replace(character, "")
    return table


@cache
def common(characters: str) -> str:
    """Those of these characters that are in everyday use: the first level of GB 2312."""
    return "".join(dict.fromkeys(filter(_is_common, characters)))


def _is_common(character: str) -> bool:
    try:
        return character.encode("gb2312")[0] < 0xD8
    except UnicodeEncodeError:
        return False


@cache
def by_sound(character: str, *, blurred: bool = False) -> str:
    """The common characters that may be read like this one; blurred: also those that many do not tell apart."""
    return common(sounding_like(character, blurred=blurred))


def by_shape(character: str) -> str:
    """The characters that look like this one."""
    return _shapes().get(character, "")
