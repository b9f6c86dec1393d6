"""What being provable costs: `python -m benchmarks.proofs`.

Appending beside bare durable inserts of the same bytes; tiles, for each entry; proofs in a tree of a million entries;
checking one in a browser beside a bare Ed25519 verification there. Each floor is measured in the same run, in turns.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import logging
import random
import shutil
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from benchmarks.fresh import fresh_portal
from benchmarks.notes import disclosed, endless_notes, time_of
from portal.ports import Space
from portal.record import log, merkle
from portal.record.checkpoint import Checkpoint
from portal.record.document import canonical, commitment
from portal.record.proofs import Tree, includes
from portal.record.proving import proof_in
from portal.record.signing import SigningKeys
from portal.record.tables import Entry, Opening
from portal.record.tiles import WIDTH, Tile, join, pack
from portal.web.app import create_app
from portal.wiring import Portal
from portal.workflows.sign_record import Watch, follow_into_tiles

ROUNDS, APPENDS = 5, 100
FOLLOWED = 5_000  # entries whose tiles are written
MILLION = 1_000_000
PROVEN = 200  # entries of them
CHECKED = 200  # times in a browser
AT = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)
IN_BROWSER = """async ([text, line, times]) => {
  const proof = await import("/static/js/proof.js");
  const key = await proof.parseKey(line);
  const pair = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
  const message = new Uint8Array(200), signature = await crypto.subtle.sign("Ed25519", pair.privateKey, message);
  const timed = async (act) => {
    const start = performance.now();
    for (let n = 0; n < times; n++) await act();
    return (performance.now() - start) / times;
  };
  const whole = async () => {
    const found = await proof.checkProof(text);
    if (!(await proof.signedBy(found.checkpoint.note, key))) throw new Error("not signed");
  };
  await whole();
  const bare = () => crypto.subtle.verify("Ed25519", pair.publicKey, signature, message);
  return [await timed(whole), await timed(bare)];
}"""


@dataclass(frozen=True)
class Spent:
    """Of one act: CPU milliseconds, and seconds on the clock."""

    cpu: float
    wall: float


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, fresh_portal(Path(folder), at=AT) as (portal, keys):
        _appends(portal, Path(folder))
        _tiles(portal, keys)
        files = _million()
        _proofs(files, keys)
        _browser(portal, files, keys)


# --- appending --------------------------------------------------------------------------------------


def _appends(portal: Portal, folder: Path) -> None:
    """One act, one transaction, on the disk before it is acknowledged; ours and the floor in turns."""
    notes = endless_notes(random.Random(1))
    bare = sqlite3.connect(folder / "bare.sqlite", isolation_level=None)
    for statement in (
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        "CREATE TABLE bare (seq INTEGER PRIMARY KEY, leaf TEXT, salt TEXT, document TEXT)",
    ):
        bare.execute(statement)
    leaf, salt = "x" * 230, "y" * 64

    def append() -> None:
        note = next(notes)
        with portal.database.writing() as session:
            log.publish(session, disclosed(note), at=time_of(note))

    def insert() -> None:
        document = canonical(next(notes)).decode()
        bare.execute("BEGIN IMMEDIATE")
        bare.execute("INSERT INTO bare (leaf, salt, document) VALUES (?, ?, ?)", (leaf, salt, document))
        bare.execute("COMMIT")

    append(), insert()
    rounds = [(_each(append, APPENDS), _each(insert, APPENDS)) for _ in range(ROUNDS)]
    ours, floor = (_middle(side) for side in zip(*rounds, strict=True))
    bare.close()
    print("one append, its own durable transaction (SQLite, WAL, synchronous=FULL)")
    print(f"{'':28}{'CPU ms':>8}{'a second':>10}")
    for name, spent in (("append to the record", ours), ("bare insert, same bytes", floor)):
        print(f"{name:28}{spent.cpu:>8.2f}{1 / spent.wall:>10.0f}")
    print(f"{'ratio':28}{ours.cpu / floor.cpu:>8.1f}{floor.wall / ours.wall:>10.2f}\n")


def _each(act: Callable[[], object], times: int) -> Spent:
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(times):
        act()
    return Spent((time.process_time() - cpu) * 1000 / times, (time.perf_counter() - wall) / times)


def _middle(side: tuple[Spent, ...]) -> Spent:
    return Spent(statistics.median(s.cpu for s in side), statistics.median(s.wall for s in side))


# --- tiles ------------------------------------------------------------------------------------------


def _tiles(portal: Portal, keys: SigningKeys) -> None:
    """The follower over many new entries, then over one more: reading, hashing, comparing, files, signing."""
    notes = endless_notes(random.Random(2))
    with portal.database.writing() as session:
        there = log.head(session).size
        for number in range(FOLLOWED - there):
            note = next(notes)
            log.publish(session, dataclasses.replace(disclosed(note), item=f"report/{number}"), at=AT)

    def follow() -> None:
        with portal.database.reading() as session:
            follow_into_tiles(
                session, tiles=portal.tiles, keys=keys, watch=Watch(), now=AT,
                open_public=lambda name: portal.media.open(Space.PUBLIC, name),
            )  # fmt: skip

    many = _each(follow, 1)
    again = _each(follow, 3)
    print(f"tiles of {FOLLOWED:,} entries: {many.cpu * 1000 / FOLLOWED:.0f} µs CPU an entry, all in one pass")
    print(f"a pass over the same with nothing new, every entry and tile compared: {again.cpu:.0f} ms CPU\n")


# --- a million entries --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Million:
    """A log in memory. rows: the hashes of each level of tiles, the leaves' first."""

    documents: dict[int, tuple[bytes, bytes, bytes]]
    rows: list[list[bytes]]
    root: bytes

    def fetch(self, tile: Tile) -> bytes:
        assert tile.level is not None
        first = tile.index * WIDTH
        return join(self.rows[tile.level][first : first + tile.width])


def _million() -> Million:
    """Leaves as long as ours; of the proven ones their documents too."""
    chosen = set(random.Random(3).sample(range(MILLION), PROVEN))
    notes, documents, hashes = endless_notes(random.Random(4)), {}, []
    for seq in range(MILLION):
        opening = (b"", b"")
        commit = hashlib.sha256(b"%d" % seq).hexdigest()
        if seq in chosen:
            opening = (hashlib.sha256(b"salt %d" % seq).digest(), canonical(next(notes)))
            commit = commitment(*opening)
        leaf = (
            b'{"act":"published","at":"2026-11-24T04:00:00Z","commit":"%s","item":"report/2026-%06d",'
            b'"kind":"report","seq":%d,"v":1,"version":1}' % (commit.encode(), seq, seq)
        )
        if seq in chosen:
            documents[seq] = (leaf, *opening)
        hashes.append(merkle.leaf_hash(leaf))
    start = time.process_time()
    rows = [hashes]
    while len(rows[-1]) >= WIDTH:
        below = rows[-1]
        full = range(0, len(below) - WIDTH + 1, WIDTH)
        rows.append([merkle.root(below[at : at + WIDTH]) for at in full])
    spent = time.process_time() - start
    bundle = pack([documents[min(chosen)][0]] * WIDTH)
    size = sum(32 * len(row) for row in rows) + len(bundle) * MILLION // WIDTH
    print(
        f"a tree of {MILLION:,} entries: {size / 1e6:.0f} MB of tiles and bundles, {spent:.1f} s CPU above the leaves"
    )
    found = Million(documents, rows, b"")
    root = Tree(MILLION, found.fetch).root()
    return dataclasses.replace(found, root=root)


def _proofs(files: Million, keys: SigningKeys) -> None:
    """Making a proof file from tiles that nobody has in memory yet, and checking its way to the root."""
    note = keys.sign_checkpoint(Checkpoint(origin=keys.name, size=MILLION, root=files.root), at=AT)
    made, checked, sizes, bare = [], [], [], []
    for seq, (leaf, salt, document) in files.documents.items():
        entry = _entry(seq, leaf)
        opening = Opening(seq=seq, salt=salt.hex(), document=document.decode())
        start = time.process_time_ns()
        proof = proof_in(Tree(MILLION, files.fetch), entry, opening, checkpoint=note)
        text = str(proof)
        middle = time.process_time_ns()
        assert includes(merkle.leaf_hash(leaf), seq=seq, size=MILLION, proof=proof.path, root=files.root)
        checked.append((time.process_time_ns() - middle) / 1e3)
        made.append((middle - start) / 1e6)
        sizes.append(len(text.encode()))
        bare.append(sum(len(step) for step in proof.path))
    print(f"{'':44}{'median':>8}{'most':>8}")
    for name, found in (
        ("making a proof file, CPU ms", made),
        ("its way to the root checked, CPU µs", checked),
        ("bytes of the way", bare),
        ("bytes of the file, signatures and document", sizes),
    ):
        print(f"{name:44}{statistics.median(found):>8.4g}{max(found):>8.4g}")
    print()


def _entry(seq: int, leaf: bytes) -> Entry:
    commit = json.loads(leaf)["commit"]
    return Entry(seq=seq, leaf=leaf.decode(), leaf_hash=merkle.leaf_hash(leaf).hex(), commit=commit)


def _browser(portal: Portal, files: Million, keys: SigningKeys) -> None:
    """The page's own module checks such a proof in Chromium."""
    found = next((path for name in ("chromium", "google-chrome") if (path := shutil.which(name))), None)
    if found is None:
        print("no Chromium here: install it to measure checking in a browser", file=sys.stderr)
        return
    seq, (leaf, salt, document) = next(iter(files.documents.items()))
    note = keys.sign_checkpoint(Checkpoint(origin=keys.name, size=MILLION, root=files.root), at=AT)
    entry = _entry(seq, leaf)
    opening = Opening(seq=seq, salt=salt.hex(), document=document.decode())
    text = str(proof_in(Tree(MILLION, files.fetch), entry, opening, checkpoint=note))
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it would say every request
    server = make_server("127.0.0.1", 0, create_app(portal), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/verify")
        rounds = [page.evaluate(IN_BROWSER, [text, keys.public[0].line, CHECKED]) for _ in range(ROUNDS)]
        browser.close()
    server.shutdown()
    server.server_close()
    thread.join()
    whole, bare = (statistics.median(side) for side in zip(*rounds, strict=True))
    print(f"checked in Chromium: {whole:.2f} ms (document, leaf, way, Ed25519); bare Ed25519 {bare:.2f} ms")


if __name__ == "__main__":
    main()
