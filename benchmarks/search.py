"""What the archive search costs beside SQLite FTS5: `python -m benchmarks.search [notes …]`.

Writes believable notes (10,000 and 100,000 unless told), always the same ones, into an index in a temporary folder
(or in one of BENCH_KEEP, which the next run finds) and into an FTS5 table of the same terms, and asks both the
same. CPU milliseconds of this process, median and 95th percentile, with the ratio of the medians.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from benchmarks.county import PLACES, SUBJECTS, notes
from benchmarks.fts5 import Fts5
from portal.adapters.whoosh_search import WhooshIndex
from portal.ports import Indexed, Query
from portal.text.fold import folded
from portal.text.highlight import snippet
from portal.text.terms import contains

BATCH = 1000
CHANGES = 60  # notes replaced, and as many added, one by one


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
        "phrase of common words": [Query(text=f'"{phrase}"') for phrase in ("工程完成", "水利工程建设")],
        "sum of money": [Query(text="大于500万元")],
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


def changing(folder: Path, items: Sequence[Indexed], fts5: Fts5) -> None:
    """Notes replaced and added one by one, and found again by a reader that had the index open."""
    for name, started in (("replacing", 0), ("adding", len(items))):
        writer, reader = WhooshIndex(folder), WhooshIndex(folder)
        reader.search(Query(text="工程"))
        written: list[float] = []
        seen: list[float] = []
        there: list[float] = []
        for n, item in enumerate(items[:CHANGES]):
            new = replace(item, item=f"report-{started + n + 1}", seq=started + n + 1)
            position = 2 * len(items) + started + n
            written.append(spent(partial(writer.apply, put=[new], drop=[], position=position)))
            seen.append(spent(lambda reader=reader: reader.search(Query(text="工程"))))  # type: ignore[misc]
            there.append(spent(partial(fts5.replace, started + n, new)))
        report(f"{name} one note and committing", written, there)
        report("the next search of another reader", seen)
        segments = len(list(folder.glob("*.seg")))
        print(f"{segments} segments; the commit that cost most: {max(written):.0f} ms, FTS5 {max(there):.0f}")
    elsewhere(folder, items)


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


def built(folder: Path, items: Sequence[Indexed]) -> dict[str, float]:
    """Index and table in a folder, unless they are there already; what building them cost."""
    told = folder / "built.json"
    if not told.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        index, fts5 = WhooshIndex(folder / "search"), Fts5(folder / "fts5.db")
        batches = [(at, items[at : at + BATCH]) for at in range(0, len(items), BATCH)]
        ours = [spent(partial(index.apply, put=some, drop=[], position=at)) for at, some in batches]
        theirs = [spent(partial(fts5.put, at, some)) for at, some in batches]
        cost = {"ours": sum(ours), "theirs": sum(theirs), "longest": max(ours)}
        told.write_text(json.dumps(cost), encoding="ascii")
    return dict(json.loads(told.read_text(encoding="ascii")))


@contextmanager
def _folder(size: int) -> Iterator[Path]:
    """Where the index lies: kept for the next run where BENCH_KEEP names a folder."""
    if keep := os.environ.get("BENCH_KEEP"):
        yield Path(keep) / str(size)
        return
    with tempfile.TemporaryDirectory() as temporary:
        yield Path(temporary) / str(size)


def pace() -> None:
    """How fast this machine is now: a fixed piece of work, to read the other figures by."""

    def add() -> int:
        total = 0
        for number in range(1_000_000):
            total += number
        return total

    took = sorted(spent(add) for _ in range(9))
    print(f"a million additions: {took[4]:.0f} ms, at least {took[0]:.0f}")


def measure(size: int) -> None:
    """The tables of one size."""
    pace()
    items = list(notes(size))
    with _folder(size) as kept, tempfile.TemporaryDirectory() as temporary:
        cost = built(kept, items)
        folder, database = kept / "search", kept / "fts5.db"
        disk = sum(map(_megabytes, folder.iterdir()))
        speed, other = size / cost["ours"] * 1000, size / cost["theirs"] * 1000
        print(f"{size} notes in batches of {BATCH}: {speed:.0f} a second, FTS5 {other:.0f}")
        print(f"the batch that cost most: {cost['longest'] / 1000:.1f} s")
        print(f"on disk: {disk:.0f} MB with the texts, FTS5 {_megabytes(database):.0f} MB without")
        report("opening", [spent(lambda: WhooshIndex(folder).count()) for _ in range(3)])
        searching(folder, items, Fts5(database))
        further(folder)
        literally(folder, items)
        memory(folder, database)
        copy = Path(shutil.copytree(kept, Path(temporary) / "copy"))
        changing(copy / "search", items, Fts5(copy / "fts5.db"))
    pace()


def main(*sizes: int) -> None:
    """Print the tables."""
    for size in sizes or (10_000, 100_000):
        measure(size)
        print(flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
