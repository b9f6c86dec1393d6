"""What the archive search costs beside SQLite FTS5: `python -m benchmarks.search [notes]`.

Writes believable notes (10,000 unless told), always the same ones, into an index in a temporary folder and
into an FTS5 table of the same terms, and asks both the same. CPU milliseconds of this process, median and
95th percentile, with the ratio of the medians.
"""

from __future__ import annotations

import multiprocessing
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from benchmarks.fts5 import Fts5
from portal.adapters.whoosh_search import WhooshIndex
from portal.ports import Indexed, Query
from portal.text.fold import folded
from portal.text.highlight import snippet
from portal.text.terms import contains

BATCH = 1000


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


Act = Callable[[], object]


def spent(act: Act) -> float:
    """CPU milliseconds of one act."""
    start = time.process_time_ns()
    act()
    return (time.process_time_ns() - start) / 1e6


def _middle(samples: Sequence[float]) -> tuple[float, float]:
    ordered = sorted(samples)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


def report(name: str, ours: Sequence[float], theirs: Sequence[float] = ()) -> None:
    """One line: ours, FTS5, the ratio."""
    middle, last = _middle(ours)
    line = f"{name:<44}{middle:9.2f} /{last:8.2f}"
    if theirs:
        other, other_last = _middle(theirs)
        line += f"{other:10.2f} /{other_last:8.2f}{middle / max(other, 1e-3):9.2f}"
    print(line)


COMMON = ("道路", "工程", "完成", "督查", "投资")
PAIRS = ("道路 绿化", "桥梁 验收", "河道 巡查")
FILTER = (("year", "2024"), ("category", "水利"))


def _queries() -> dict[str, tuple[list[Query], dict[str, object]]]:
    """What is asked, and how FTS5 is asked the same."""
    phrases = [f"{place}{subject}" for place, subject in zip(PLACES, SUBJECTS, strict=False)]
    return {
        "common word, total, facets": ([Query(text=word) for word in COMMON], {"facets": True}),
        "common word, page 10": ([Query(text="工程", page=10), Query(text="投资", page=10)], {"page": 10}),
        "rare word (chainage)": ([Query(text=f"K{n}+{n * 7:03d}") for n in range(1, 25)], {}),
        "two words": ([Query(text=text) for text in PAIRS], {}),
        "phrase": ([Query(text=f'"{phrase}"') for phrase in phrases], {"phrase": True}),
        "filtered, facets": (
            [Query(text=word, filters=FILTER) for word in COMMON],
            {"facets": True, "filters": FILTER},
        ),
        "one page with ten snippets": ([Query(text=word, size=10) for word in COMMON], {"snippets": True}),
    }


def searching(folder: Path, items: Sequence[Indexed], fts5: Fts5) -> None:
    """Each query once on a fresh opening (postings from disk), then many times, beside FTS5."""
    bodies = {item.item: item.body for item in items}
    print(f"{'':<44}{'ours':>19}{'FTS5':>20}{'ratio':>9}")
    for name, (queries, how) in _queries().items():
        index = WhooshIndex(folder)
        index.count()  # opens it
        index.search(Query(text="没有的词"))

        def ours(query: Query, index: WhooshIndex = index, cut: bool = "snippets" in how) -> object:
            answer = index.search(query)
            return [snippet(bodies[item], answer.marks) for item in answer.items] if cut else answer

        def theirs(query: Query, how: dict[str, object] = how) -> object:
            found = fts5.search(query.text.strip('"'), **{k: v for k, v in how.items() if k != "snippets"})  # type: ignore[arg-type]
            return [snippet(items[n].body, (query.text,)) for n in found] if "snippets" in how else found

        report(f"{name}, first time", [spent(partial(ours, query)) for query in queries])
        rounds = 20 if len(queries) < 10 else 4
        again = [spent(partial(ours, query)) for _ in range(rounds) for query in queries]
        beside = [spent(partial(theirs, query)) for _ in range(max(rounds // 5, 1)) for query in queries]
        report(name, again, beside)


def further(folder: Path) -> None:
    """What FTS5 has no like of."""
    kinds = {
        "one character": [Query(text=character) for character in "路水桥学"],
        "date": [Query(text="2025年11月"), Query(text="二〇二四年三月")],
        "span of time": [Query(text="2024年11月到2025年2月"), Query(text="2023..2024")],
        "sorted by date": [Query(text="工程", sort="newest"), Query(sort="oldest")],
        "long phrase that stands nowhere": [Query(text="城东片区的道路拓宽管网改造验收")],
        "everything": [Query()],
    }
    for name, queries in kinds.items():
        index = WhooshIndex(folder)
        index.count()
        acts = [partial(index.search, query) for query in queries]
        report(f"{name}, first time", [spent(act) for act in acts])
        report(name, [spent(act) for _ in range(10) for act in acts])


def literally(folder: Path, items: Sequence[Indexed]) -> None:
    """Phrases against a scan of every text."""
    index, wrong = WhooshIndex(folder), 0
    texts = [(item.item, folded(item.title), folded(item.body)) for item in items]
    phrases = [f"{place}{subject}工程" for place, subject in zip(PLACES, SUBJECTS, strict=False)][:8]
    for phrase in phrases:
        truth = {key for key, title, body in texts if contains(title, phrase) or contains(body, phrase)}
        wrong += set(index.search(Query(text=f'"{phrase}"', size=len(items))).items) != truth
    print(f"{len(phrases)} phrases against a literal scan: {wrong} differ")


def adding(folder: Path, items: Sequence[Indexed], fts5: Fts5) -> None:
    """One note replaced and committed, and found again by a reader that had the index open."""
    writer, reader = WhooshIndex(folder), WhooshIndex(folder)
    reader.search(Query(text="工程"))
    size = len(items)
    written: list[float] = []
    seen: list[float] = []
    there: list[float] = []
    for n, item in enumerate(items[:60]):
        written.append(spent(partial(writer.apply, put=[item], drop=[], position=size + n)))
        seen.append(spent(lambda: reader.search(Query(text="工程"))))
        there.append(spent(partial(fts5.replace, n, item)))
    report("replacing one note and committing", written, there)
    report("the next search of another reader", seen)


def _look(folder: Path, word: str, told: object) -> None:
    index = WhooshIndex(folder)
    index.search(Query(text="工程"))
    told.put(0.0)  # type: ignore[attr-defined]
    while not index.search(Query(text=word)).total:
        time.sleep(0.02)
    told.put(time.time())  # type: ignore[attr-defined]


def elsewhere(folder: Path, items: Sequence[Indexed]) -> None:
    """How long after the commit two other processes find a note."""
    started = multiprocessing.get_context("spawn")
    told = started.Queue()
    others = [started.Process(target=_look, args=(folder, "闻所未闻的新词", told)) for _ in range(2)]
    for process in others:
        process.start()
    for _process in others:
        told.get()
    new = Indexed(
        item="new", seq=len(items) + 999, title="闻所未闻的新词", body="", dated=20251101, facets={}
    )
    WhooshIndex(folder).apply(put=[new], drop=[], position=len(items) + 999)
    committed = time.time()
    late = [told.get() - committed for _process in others]
    for process in others:
        process.join()
    print(f"found in two other processes after {max(late):.2f} s")


def _memory(path: Path, fts5: bool, told: object) -> None:
    engine = Fts5(path) if fts5 else WhooshIndex(path)
    for queries, how in _queries().values():
        for query in queries:
            if isinstance(engine, Fts5):
                engine.search(query.text.strip('"'), facets=bool(how.get("facets")))
            else:
                engine.search(query)
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    sizes = {
        line.split(":")[0]: int(line.split()[1]) // 1024
        for line in lines
        if line.startswith("Rss") or "VmRSS" in line
    }
    told.put((sizes["VmRSS"], sizes["RssAnon"]))  # type: ignore[attr-defined]


def memory(folder: Path, database: Path) -> None:
    """Resident memory of a fresh process after all queries, and how much of it is its own."""
    started = multiprocessing.get_context("spawn")
    for name, path, fts5 in (("ours", folder, False), ("FTS5", database, True)):
        told = started.Queue()
        process = started.Process(target=_memory, args=(path, fts5, told))
        process.start()
        whole, own = told.get()
        process.join()
        print(f"memory of a process that searches, {name}: {whole} MB, {own} of them its own")


def _megabytes(path: Path) -> float:
    return path.stat().st_size / 2**20


def main(size: int = 10_000) -> None:
    """Print the tables."""
    items = list(notes(size))
    with tempfile.TemporaryDirectory() as temporary:
        folder, database = Path(temporary) / "search", Path(temporary) / "fts5.db"
        index, fts5 = WhooshIndex(folder), Fts5(database)
        batches = [(at, items[at : at + BATCH]) for at in range(0, size, BATCH)]
        ours = sum(spent(partial(index.apply, put=some, drop=[], position=at)) for at, some in batches)
        theirs = sum(spent(partial(fts5.put, at, some)) for at, some in batches)
        disk = sum(map(_megabytes, folder.iterdir()))
        speed, other = size / ours * 1000, size / theirs * 1000
        print(f"{size} notes in batches of {BATCH}: {speed:.0f} a second, FTS5 {other:.0f}")
        print(f"on disk: {disk:.0f} MB with the texts, FTS5 {_megabytes(database):.0f} MB without")
        report("opening", [spent(lambda: WhooshIndex(folder).count()) for _ in range(3)])
        searching(folder, items, fts5)
        further(folder)
        literally(folder, items)
        memory(folder, database)
        adding(folder, items, fts5)
        elsewhere(folder, items)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
