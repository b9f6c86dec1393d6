"""A project to take away: what is in it, that it proves itself, and that it is the same bytes for the same state."""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from portal.ports import Space
from portal.record import merkle
from portal.web.app import create_app
from portal.web.zip_stream import File, length, stream
from tests.browsing import Browser
from tests.conftest import Clock
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


def test_every_proof_leads_to_the_root(visitor: Browser, lived: list[str]) -> None:
    dossier = opened(visitor)
    leaves = [visitor.get(f"/record/opening/{seq}.json").get_json()["leaf"] for seq in range(12)]
    proofs = [json.loads(dossier.read(n)) for n in dossier.namelist() if n.startswith("proofs/")]
    size = proofs[0]["size"]
    assert proofs[0]["root"] == merkle.root([merkle.leaf_hash(leaf.encode()) for leaf in leaves[:size]]).hex()
    assert [proof["seq"] for proof in proofs] == sorted(proof["seq"] for proof in proofs)
    gone = [proof for proof in proofs if "document" not in proof]
    assert [proof["destroyed_by"] for proof in gone] == [size - 1]


def test_the_program_in_the_readme_checks_it_and_notices_a_changed_letter(
    visitor: Browser, lived: list[str], tmp_path: Path
) -> None:
    dossier = opened(visitor)
    dossier.extractall(tmp_path)
    program = re.search(
        r"^import hashlib.*?^print\(\"agrees\"\)$", (tmp_path / "README.txt").read_text(), re.S | re.M
    )
    assert program

    def check() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-c", program[0]]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert check().stdout == "agrees\n"
    for name in sorted((tmp_path / "proofs").iterdir()):
        before = name.read_text()
        for changed in (
            before.replace("砌", "氣", 1),
            before.replace('"path": [\n  "', '"path": [\n  "00', 1),
        ):
            if changed != before:
                name.write_text(changed)
                assert check().returncode != 0, name
        name.write_text(before)
    assert check().stdout == "agrees\n"


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


def test_the_project_page_leads_to_it_and_says_its_size(visitor: Browser, lived: list[str]) -> None:
    page = visitor.get("/projects/2026-001")
    assert PATH in links(page)
    told = re.search(r"约 ([\d.]+) (KB|MB)", words(page))
    assert told
    size = float(told[1]) * (1024 if told[2] == "KB" else 1024 * 1024)
    assert 0.5 < size / len(visitor.get(PATH).data) < 2


@pytest.mark.parametrize("path", ["/projects/2026-999/dossier.zip", "/projects/x/dossier.zip"])
def test_there_is_none_of_what_is_not_there(visitor: Browser, district: SmallDistrict, path: str) -> None:
    assert visitor.get(path).status_code == 404


def test_one_photo_at_a_time_is_read_and_only_when_its_turn_comes() -> None:
    read: list[str] = []

    def file(name: str) -> File:
        return File(name, 3, lambda: read.append(name) or name.encode()[:3])  # type: ignore[func-returns-value]

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
        list(stream([File("one.txt", 3, lambda: b"12")]))
    with pytest.raises(ValueError, match="too large"):
        length([File("one.txt", 2**32, lambda: b"")])
