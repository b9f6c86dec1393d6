"""Progress notes of a county that does not exist, for measuring the archive: always the same ones."""

from __future__ import annotations

import random
from collections.abc import Iterator

from portal.ports import Indexed


def _listed(words: str) -> list[str]:
    return words.split()


PLACES = _listed(
    "城东 城西 滨河 南山 北湖 青龙 白云 石桥 柳林 梅溪 枫岭 杨树湾 清水塘 凤凰 新桥 红星 平安 长丰 安定 永兴"
)
SUBJECTS = _listed(
    "道路拓宽 管网改造 河道治理 小学扩建 安置房 污水处理厂 水库除险加固 农贸市场 "
    "卫生院 桥梁维修 公园绿化 停车场 老旧小区改造 S210省道改线 标准厂房 福利中心"
)
WORKS = _listed(
    "路基填筑 基础开挖 主体封顶 桩基施工 管道敷设 沥青摊铺 绿化栽植 外墙粉刷 设备安装 竣工验收 "
    "征地拆迁 图纸会审 模板安装 钢筋绑扎 混凝土浇筑 边坡支护 消防检测 电梯调试 雨污分流 路灯安装"
)
PROBLEMS = _listed(
    "连续降雨影响土方外运 电力杆线迁改尚未完成 个别农户拆迁协议未签订 砂石材料供应紧张 劳务人员不足 "
    "变更设计批复较慢 PM10监测偶有超标 交叉作业较多 资金拨付滞后 地下管线情况不明"
)
NEXT = _listed("加快推进 倒排工期 增加班组 现场协调 专题会商 复查整改 组织验收 加强巡查 督促落实 及时公开")
GIVEN = _listed("建国 志强 秀英 海燕 立新 明远 思源 晓东")
OFFICES = _listed("街道 镇 建设局 水务局 教育局")
CATEGORIES = _listed("交通 水利 教育 民生 产业 生态 城建 卫生")


def notes(size: int) -> Iterator[Indexed]:
    """Progress notes of a district, newest last; the same for the same size."""
    chance = random.Random(20251108)
    for number in range(1, size + 1):
        year, month, day = (
            chance.choice((2021, 2022, 2023, 2024, 2025)),
            chance.randint(1, 12),
            chance.randint(1, 28),
        )
        place, subject = chance.choice(PLACES), chance.choice(SUBJECTS)
        yield Indexed(
            item=f"report-{number}",
            seq=number,
            title=f"{place}{subject}工程{year}年{month}月进展",
            body=_body(chance, place, subject, f"{year}年{month}月{day}日"),
            dated=year * 10000 + month * 100 + day,
            facets={
                "kind": chance.choices(("report", "project", "notice"), (90, 6, 4))[0],
                "unit": f"{chance.choice(PLACES)}{chance.choice(OFFICES)}",
                "town": f"{place}镇",
                "category": chance.choice(CATEGORIES),
                "year": str(year),
            },
        )


def _body(chance: random.Random, place: str, subject: str, day: str) -> str:
    done, work = "、".join(chance.sample(WORKS, 3)), chance.choice(WORKS)
    chainage = f"K{chance.randint(0, 40)}+{chance.randint(0, 999):03d}"
    said = [
        f"截至{day}，{place}{subject}工程完成{done}，形象进度达到{chance.randint(5, 100)}%。",
        f"{chainage}至{chance.choice(PLACES)}段现场投入{chance.randint(8, 120)}人、"
        f"机械{chance.randint(2, 30)}台，本月完成投资{chance.randint(20, 4000)}万元。",
        f"存在问题：{chance.choice(PROBLEMS)}，{chance.choice(PROBLEMS)}。",
        f"下一步{chance.choice(NEXT)}，{chance.choice(NEXT)}，确保{chance.randint(1, 12)}月底前完成{work}。",
        f"督查员{chance.choice('王李张刘陈杨赵黄周吴')}{chance.choice(GIVEN)}"
        f"到场查看，要求{chance.choice(PLACES)}片区{chance.choice(NEXT)}并附照片{chance.randint(3, 20)}张。",
    ]
    return "".join(said[: chance.randint(3, 5)])
