"""The portal that pages are measured on: the demonstration district grown to 10,000 published notes.

Built once, into instance/bench: first the demonstration as everybody gets it, then notes published onto the
record directly, each a copy of a real published document with its own number, day, percent and prose.
"""

from __future__ import annotations

import copy
import datetime as dt
import hashlib
import json
import random
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from config import ROOT, Settings
from portal.adapters import schema
from portal.adapters.whoosh_codec import FORMAT
from portal.demo import prose
from portal.demo.build import build_district
from portal.demo.projects import ProjectSpec, projects
from portal.record import log
from portal.record.shelf import Shelf
from portal.record.tables import Shelved
from portal.rules.clock import day_of, month_of
from portal.rules.numbers import report_item
from portal.wiring import Portal, wire
from portal.workflows.follow_record import follow_into_search

NOTES = 10_000
FOLDER = ROOT / "instance" / "bench"
BUILT_AT = dt.datetime(2026, 11, 24, 8, tzinfo=dt.UTC)
SERVED_ON = "2026-12-05"  # the day that the measured portal believes it is, after the last note
APART = dt.timedelta(minutes=1)  # between two notes on the record
TOGETHER = 250  # notes in one transaction
COMMON = 0.08  # share of notes that a common word stands in, at least
Document = dict[str, Any]


def environment() -> dict[str, str]:
    """The settings of the measured portal, as the environment of a process."""
    return {
        "PORTAL_MODE": "demo",
        "PORTAL_DATABASE_URL": f"sqlite:///{FOLDER / 'portal.sqlite'}",
        "PORTAL_MEDIA_URL": f"file:{FOLDER / 'uploads'}",
        "PORTAL_SEARCH_URL": f"whoosh:{FOLDER / 'index'}",
        "PORTAL_INSTANCE": str(FOLDER / "own"),
        "PORTAL_DEVELOPMENT_CLOCK": SERVED_ON,
        "PORTAL_DEMO_PASSWORD": "measured-and-never-used",
        "PORTAL_PROCESSES": "1",
    }


def settings() -> Settings:
    """The same for this process."""
    given: dict[str, Any] = {
        name.removeprefix("PORTAL_").lower(): value for name, value in environment().items()
    }
    return Settings(**given)


def common_words() -> list[str]:
    """Pairs of characters that stand in many notes: what a search finds most of. Commonest first."""
    return list(json.loads((FOLDER / "words.json").read_text(encoding="utf-8")))


def prepared() -> None:
    """Build the district unless it stands already and the record still has the same tables."""
    made, stamp = FOLDER / "made", _stamp()
    if made.exists() and made.read_text(encoding="ascii") == stamp:
        return
    print(f"building a district with {NOTES:,} notes in {FOLDER} (once; minutes)", file=sys.stderr)
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    portal = wire(settings(), now=lambda: BUILT_AT)
    schema.upgrade(portal.database)
    build_district(portal, password="measured-and-never-used", progress=lambda _done, _total: None)
    _grow(portal)
    portal.close()
    made.write_text(stamp, encoding="ascii")


def _stamp() -> str:
    """What the district depends on: this module, the shape of documents and tables, and the index's format."""
    files = (Path(__file__), ROOT / "portal" / "record" / "tables.py", ROOT / "portal" / "disclosure.py")
    tables = sorted((ROOT / "migrations" / "versions").glob("*.py"))
    stamp = hashlib.sha256(b"".join(file.read_bytes() for file in (*files, *tables)))
    stamp.update(str(FORMAT).encode())
    return stamp.hexdigest()


def _grow(portal: Portal) -> None:
    with portal.database.reading() as session:
        there = Shelf(session).items(Shelved.kind == "report", newest_first=False)
    chance = random.Random(10_000)
    notes = sorted(_notes(there, wanted=NOTES - len(there), chance=chance), key=lambda note: note["dated"])
    for number, note in enumerate(notes, 1):
        note["number"] = f"2020-{number:06d}"  # no demonstration report has a number of that year
    for start in range(0, len(notes), TOGETHER):
        with portal.database.writing() as session:
            for at, note in enumerate(notes[start : start + TOGETHER], start):
                shown = log.Disclosed(item=report_item(note["number"]), kind="report", document=note)
                log.publish(session, shown, at=BUILT_AT + APART * (at + 1))
    with portal.database.reading() as session:
        follow_into_search(session, index=portal.search)
    words = json.dumps(_common(notes), ensure_ascii=False)
    (FOLDER / "words.json").write_text(words, encoding="utf-8")


def _notes(there: Sequence[Any], *, wanted: int, chance: random.Random) -> Iterator[Document]:
    """As many new notes, spread over the projects and over the days on which each was worked on."""
    specs = {spec.code: spec for spec in projects(day_of(BUILT_AT))}
    real: dict[str, list[Document]] = {}
    for shown in there:
        real.setdefault(shown.document["project"]["code"], []).append(shown.document)
    for place, (code, documents) in enumerate(sorted(real.items())):
        share = wanted * (place + 1) // len(real) - wanted * place // len(real)
        for number in range(share):
            model = documents[number * len(documents) // share]
            yield _note(specs[code], model, done=(number + 1) / (share + 1), chance=chance)


def _note(spec: ProjectSpec, model: Document, *, done: float, chance: random.Random) -> Document:
    """A believable sibling of a published report, at a share `done` of the time from start to due day."""
    last = min(spec.due_on, day_of(BUILT_AT))
    day = spec.start_on + (last - spec.start_on) * done
    percent = spec.actual_percent(day)
    milestone = spec.milestone_at(percent)
    words = prose.note(spec, milestone=milestone, percent=percent, day=day, rng=chance)
    note = copy.deepcopy(model)
    note.update(dated=day.isoformat(), year=day.year, month=month_of(day), physical_percent=percent)
    note["milestone"] = {"ordinal": spec.milestones.index(milestone) + 1, "name": milestone.name}
    for passage in ("done", "problems", "next_step"):
        note.pop(passage, None)
        if said := getattr(words, passage):
            note[passage] = said
    return note


def _common(notes: Sequence[Document]) -> list[str]:
    found: Counter[str] = Counter()
    for note in notes:
        text = note["done"]
        pairs = {text[at : at + 2] for at in range(len(text) - 1)}
        found.update(pair for pair in pairs if all("一" <= character <= "鿿" for character in pair))
    return [word for word, count in found.most_common(400) if count >= COMMON * len(notes)]
