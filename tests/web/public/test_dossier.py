"""A project to take away: what is in it, that it proves itself, and that it is the same bytes for the same state."""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.database import Database
from portal.ports import Space
from portal.record import log
from portal.record.checkpoint import Checkpoint, ProofFile
from portal.record.notes import encode
from portal.record.signing import SigningKeys
from portal.record.tables import Entry
from portal.rules.clock import day_of
from portal.web.app import create_app
from portal.web.zip_stream import File, length, stream
from portal.worker import run_once
from portal.workflows.found_keys import replace_keys
from tests.browsing import Browser
from tests.conftest import Clock
from tests.record.log_files import keys_of
from tests.record.test_log import shown
from tests.record.test_verify import damage
from tests.signed_record import keys, other  # noqa: F401 - a fixture
from tests.small_district import SmallDistrict
from tests.web.public.reading import links, words

PATH = "/projects/2026-001/dossier.zip"


def opened(visitor: Browser, path: str = PATH) -> zipfile.ZipFile:
    answer = visitor.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "application/zip"
    assert answer.content_length == len(answer.data)
    found = zipfile.ZipFile(io.BytesIO(answer.data))
    assert found.testzip() is None
    return found


@pytest.fixture
def lived(district: SmallDistrict, clock: Clock, correct, withdraw) -> list[str]:
    """Three reports: one corrected, one withdrawn, one as it was; one of another project between them."""
    numbers = [district.published(photos=2, done="砌筑完成三层。")]
    district.published(code=district.projects[1], login="stranger", photos=1, done="另一个项目的话。")
    numbers += [district.published(photos=1, done="蓝鲸要撤下。"), district.published(photos=1)]
    correct(numbers[0], done="砌筑完成两层。", reason="丈量后重新计算")
    withdraw(numbers[1])
    return numbers


def test_it_holds_pages_photos_proofs_and_sums(visitor: Browser, lived: list[str], portal) -> None:
    dossier = opened(visitor)
    names = dossier.namelist()
    pages = [f"reports/{number}.html" for number in lived]
    assert {"README.txt", "index.html", "style.css", "SHA256SUMS", *pages} <= set(names)
    photos = [name for name in names if name.startswith("photos/")]
    assert len(photos) == 3, "two and one, each once, in its largest rendition"
    for name in photos:
        with portal.media.open(Space.PUBLIC, name.removeprefix("photos/")) as public:
            assert dossier.read(name) == public.read()
    page = dossier.read(pages[0]).decode()
    assert "砌筑完成<del>三</del>层。" in page
    assert "丈量后重新计算" in page
    assert "另一个项目的话" not in "".join(
        dossier.read(name).decode() for name in names if name.endswith((".html", ".json"))
    )


def test_the_sums_are_those_of_every_other_file(visitor: Browser, lived: list[str]) -> None:
    dossier = opened(visitor)
    lines = [line.split("  ") for line in dossier.read("SHA256SUMS").decode().splitlines()]
    assert [name for _sum, name in lines] == [name for name in dossier.namelist() if name != "SHA256SUMS"]
    for told, name in lines:
        assert hashlib.sha256(dossier.read(name)).hexdigest() == told, name


@pytest.fixture
def signed(portal, clock: Clock, keys: SigningKeys, lived: list[str]) -> list[str]:  # noqa: F811
    """The same, with every entry signed."""
    sign(portal, clock)
    return lived


def sign(portal, clock: Clock) -> None:
    clock.forward(minutes=1)
    run_once(portal)


def elsewhere(portal, clock: Clock, count: int, *, first: int) -> None:
    """Reports of another project."""
    with portal.database.writing() as session:
        for number in range(first, first + count):
            report = shown(f"report/2026-{number:06d}", project={"code": "2026-002"})
            log.publish(session, report, at=clock())


def own(portal, clock: Clock) -> None:
    """The project has another title."""
    with portal.database.writing() as session:
        before = log.latest(session, "project/2026-001")
        said = {**log.document_of(session, before.seq), "title": "西岸口袋公园"}
        log.publish(session, log.Disclosed(item=before.item, kind=before.kind, document=said), at=clock())


def proofs_in(folder: Path) -> list[Path]:
    return sorted((folder / "proofs").iterdir(), key=lambda file: int(file.stem))


# Runs a program that ends, with 3, as soon as it looks for a network.
OFFLINE = """
import os, runpy, sys
sys.addaudithook(lambda event, _: event.startswith("socket.") and os._exit(3))
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def checked(folder: Path, *words: str) -> tuple[int, str]:
    """What the archive's own verify.py says in the unpacked archive."""
    command = [sys.executable, "-I", "-c", OFFLINE, "verify.py", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_program_in_it_finds_every_proof_to_hold_without_a_network(
    visitor: Browser,
    signed: list[str],
    keys: SigningKeys,  # noqa: F811
    tmp_path: Path,
) -> None:
    opened(visitor).extractall(tmp_path)
    lines = (tmp_path / "keys.txt").read_text().splitlines()
    assert lines == [key.line for key in keys.public]
    files = proofs_in(tmp_path)
    assert {file.suffix for file in files} == {".tlog-proof"}
    said = [checked(tmp_path, "proof", f"proofs/{file.name}", "--key", lines[0]) for file in files]
    assert [code for code, _told in said] == [0] * len(files), said
    assert sum("it holds" in told for _code, told in said) == len(files) == 6
    assert sum("its content is not shown any more" in told for _code, told in said) == 1


def test_a_changed_letter_hash_number_or_signature_does_not_hold(
    visitor: Browser,
    signed: list[str],
    keys: SigningKeys,  # noqa: F811
    tmp_path: Path,
) -> None:
    opened(visitor).extractall(tmp_path)
    key = keys.public[0].line
    file = next(file for file in proofs_in(tmp_path) if "两层".encode() in proof_of(file).extra)
    honest = proof_of(file)
    root = encode(Checkpoint.parse(honest.checkpoint.text).root)
    other = encode(hashlib.sha256(b"another").digest())
    changed = {
        "letter": replace(honest, extra=honest.extra.replace("两层".encode(), "三层".encode())),
        "leaf": replace(honest, extra=honest.extra.replace(b"corrected", b"published")),
        "path": replace(honest, path=[hashlib.sha256(b"another").digest(), *honest.path[1:]]),
        "number": replace(honest, index=honest.index - 1),
        "root": str(honest).replace(root, other),
        "signature": str(honest).replace(
            honest.checkpoint.signatures[0].line,
            replace(honest.checkpoint.signatures[0], signature=bytes(64)).line,
        ),
    }
    for what, proof in changed.items():
        assert str(proof) != str(honest), what
        file.write_text(str(proof))
        code, told = checked(tmp_path, "proof", f"proofs/{file.name}", "--key", key)
        assert (code, "WRONG" in told) == (1, True), (what, told)
    stranger = keys_of("stranger").public[0].line
    file.write_text(str(honest))
    assert checked(tmp_path, "proof", f"proofs/{file.name}", "--key", stranger)[0] == 1


def proof_of(file: Path) -> ProofFile:
    return ProofFile.parse(file.read_bytes())


@pytest.mark.parametrize("path", [PATH, f"/en{PATH}"])
def test_the_commands_of_the_readme_do_what_it_says(
    visitor: Browser, signed: list[str], tmp_path: Path, path: str
) -> None:
    opened(visitor, path).extractall(tmp_path)
    readme = (tmp_path / "README.txt").read_text()
    commands = re.findall(r"^(?:python3 verify\.py|for each) .*$", readme, re.M)
    assert [command.split()[0] for command in commands] == ["python3", "for"]
    for command in commands:
        typed = command.replace("python3", f"'{sys.executable}' -I")
        done = subprocess.run(["sh", "-c", typed], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.count("it holds\n") == (1 if command.startswith("python3") else 6)
        assert "proofs/" not in done.stdout, "names only what does not hold"


def test_its_proofs_and_checkpoint_are_those_that_the_record_gives(
    visitor: Browser, signed: list[str]
) -> None:
    dossier = opened(visitor)
    assert dossier.read("checkpoint") == visitor.get("/record/checkpoint").data
    for name in (name for name in dossier.namelist() if name.startswith("proofs/")):
        assert dossier.read(name) == visitor.get(f"/record/{name.removeprefix('proofs/')}").data
    assert dossier.read("verify.py") == visitor.get("/record/verify.py").data


def test_before_anything_is_signed_it_has_leaves_and_openings_and_says_so(
    visitor: Browser, lived: list[str], tmp_path: Path
) -> None:
    dossier = opened(visitor)
    dossier.extractall(tmp_path)
    assert not {"checkpoint", "keys.txt"} & set(dossier.namelist())
    readme = (tmp_path / "README.txt").read_text()
    assert "这些公开记录还没有签名" in readme
    assert "have not been signed yet" in readme
    assert "这些公开记录还没有签名" in dossier.read("index.html").decode()
    files = proofs_in(tmp_path)
    assert {file.suffix for file in files} == {".json"}
    for file in files:
        told = visitor.get(f"/record/opening/{file.name}").get_json()
        told.pop("destroyed_by", None)
        assert json.loads(file.read_text()) == told
    command = re.search(r"^python3 verify\.py (opening .*)$", readme, re.M)
    assert command
    code, said = checked(tmp_path, *command[1].split())
    assert code == 0, said
    file = next(file for file in files if "两层" in file.read_text())
    file.write_text(file.read_text().replace("两层", "三层"))
    assert checked(tmp_path, "opening", f"proofs/{file.name}")[0] == 1


def test_what_came_after_the_last_signature_comes_as_an_opening_until_the_next(
    visitor: Browser, portal, signed: list[str], clock: Clock
) -> None:
    own(portal, clock)
    answer = visitor.get(PATH)
    dossier = opened(visitor)
    names = [name for name in dossier.namelist() if name.startswith("proofs/")]
    assert [name.rpartition(".")[2] for name in names] == ["tlog-proof"] * 6 + ["json"]
    assert "最新的 1 条还没有签名" in dossier.read("index.html").decode()
    assert "1 files in proofs that end in .json" in dossier.read("README.txt").decode()
    sign(portal, clock)
    again = visitor.get(PATH, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 200
    assert ".json" not in "".join(zipfile.ZipFile(io.BytesIO(again.data)).namelist())


def test_it_is_the_same_bytes_however_the_rest_of_the_record_grows_and_is_signed(
    visitor: Browser,
    portal,
    owner: Database,
    signed: list[str],
    keys: SigningKeys,  # noqa: F811
    clock: Clock,
) -> None:
    before = visitor.get(PATH)
    size = int(zipfile.ZipFile(io.BytesIO(before.data)).read("checkpoint").split(b"\n")[1])

    def is_the_same() -> None:
        assert Browser(create_app(portal)).get(PATH).data == before.data

    elsewhere(portal, clock, 3, first=500)
    sign(portal, clock)
    portal.tiles.remove(f"tile/0/000.p/{size}")  # as `record rebuild tiles` would leave it
    is_the_same()
    elsewhere(portal, clock, 300, first=600)
    sign(portal, clock)
    is_the_same()
    clock.forward(days=2)
    run_once(portal)  # signs the same size again
    after = keys_of("after")
    with owner.writing() as session:
        replace_keys(session, after, before=keys, now=clock())
    portal.signing_key.keep(after)
    elsewhere(portal, clock, 1, first=1000)
    sign(portal, clock)
    is_the_same()
    known = visitor.get(PATH, headers={"If-None-Match": before.headers["ETag"]})
    assert known.status_code == 304
    own(portal, clock)
    sign(portal, clock)
    dossier = opened(visitor)
    assert dossier.read("keys.txt").decode().splitlines() == [key.line for key in after.public]


def test_a_past_day_is_the_dossier_of_that_evening(
    visitor: Browser, portal, signed: list[str], district: SmallDistrict, clock: Clock
) -> None:
    day, then = day_of(clock()), visitor.get(PATH).data
    clock.forward(days=3)
    district.published(done="三天以后。")
    sign(portal, clock)
    assert visitor.get(PATH).data != then
    assert visitor.get(f"{PATH}?as_of={day}").data == then


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE record_entry SET leaf = replace(leaf, 'published', 'corrected') WHERE seq = {seq}",
        f"UPDATE record_entry SET leaf_hash = {other('leaf_hash')} WHERE seq = {{seq}}",
        "UPDATE record_checkpoint SET note = replace(note, 'sunlight', 'moonlight')",
    ],
)
def test_nothing_is_given_as_proof_that_is_not_what_was_signed(
    visitor: Browser, portal, owner: Database, signed: list[str], statement: str
) -> None:
    with portal.database.reading() as session:
        seq = session.scalars(select(Entry.seq).where(Entry.item == f"report/{signed[0]}")).first()
    damage(owner, statement.format(seq=seq))
    assert visitor.get(PATH).status_code == 503


def test_it_is_the_same_bytes_until_something_is_done_on_the_project(
    visitor: Browser, lived: list[str], portal, district: SmallDistrict, clock: Clock
) -> None:
    before = visitor.get(PATH)
    clock.forward(days=3)
    district.published(code=district.projects[1], login="stranger")  # the record grows elsewhere
    again = Browser(create_app(portal)).get(PATH)
    assert again.data == before.data
    known = visitor.get(PATH, headers={"If-None-Match": before.headers["ETag"]})
    assert (known.status_code, known.data) == (304, b"")
    district.published()
    assert visitor.get(PATH).data != before.data
    assert visitor.get(PATH, headers={"If-None-Match": before.headers["ETag"]}).status_code == 200


def test_what_was_withdrawn_is_a_tombstone_and_in_no_byte(visitor: Browser, lived: list[str]) -> None:
    answer = visitor.get(PATH)
    assert "蓝鲸".encode() not in answer.data
    page = opened(visitor).read(f"reports/{lived[1]}.html").decode()
    for said in ("拍到了路人的正脸", "《个人信息保护法》第四十七条", "区委区政府督查室"):
        assert said in page


def test_no_page_needs_a_network_or_a_script_and_every_link_leads_to_a_file(
    visitor: Browser, lived: list[str]
) -> None:
    for path in (PATH, f"/en{PATH}"):
        dossier = opened(visitor, path)
        names = set(dossier.namelist())
        for name in (name for name in names if name.endswith(".html")):
            html = dossier.read(name).decode()
            assert "<script" not in html
            assert "http:" not in html.replace("http-equiv", "")
            assert "https:" not in html
            folder = name.rpartition("/")[0]
            for link in re.findall(r'(?:href|src)="([^"]*)"', html):
                target = (
                    link.removeprefix("../") if link.startswith("../") else f"{folder}/{link}".lstrip("/")
                )
                assert target in names, (name, link)


def test_the_project_page_leads_to_it_and_says_its_size(visitor: Browser, signed: list[str]) -> None:
    page = visitor.get("/projects/2026-001")
    assert PATH in links(page)
    told = re.search(r"约 ([\d.]+) (KB|MB)", words(page))
    assert told
    size = float(told[1]) * (1024 if told[2] == "KB" else 1024 * 1024)
    assert 0.7 < size / len(visitor.get(PATH).data) < 1.5


@pytest.mark.parametrize("path", ["/projects/2026-999/dossier.zip", "/projects/x/dossier.zip"])
def test_there_is_none_of_what_is_not_there(visitor: Browser, district: SmallDistrict, path: str) -> None:
    assert visitor.get(path).status_code == 404


def test_one_photo_at_a_time_is_read_and_only_when_its_turn_comes() -> None:
    read: list[str] = []

    def file(name: str) -> File:
        return File(name, 3, lambda: read.append(name) or (name.encode()[:3],))  # type: ignore[func-returns-value]

    files = [file("one.txt"), file("two.txt")]
    parts = stream(files)
    assert read == []
    next(parts)
    assert read == ["one.txt"]
    whole = b"".join(stream(files))
    assert len(whole) == length(files)
    assert zipfile.ZipFile(io.BytesIO(whole)).read("two.txt") == b"two"


def test_a_file_that_is_not_as_long_as_was_said_breaks_the_download() -> None:
    with pytest.raises(ValueError, match=r"one\.txt has 2 bytes and not 3"):
        list(stream([File("one.txt", 3, lambda: (b"12",))]))
    with pytest.raises(ValueError, match="too large"):
        length([File("one.txt", 2**32, lambda: ())])
