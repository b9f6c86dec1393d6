"""The documents keep up: what people rely on is written down, and what is written down is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from config import Settings
from portal.cli import portal as command_line
from portal.domain.lifecycle import MATTER, REPORT, MatterAct, MatterState, ReportAct, ReportState
from portal.domain.organisation import Role
from portal.domain.permissions import AdminAct
from portal.web.app import create_app

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
README = ROOT / "README.md"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), ROOT / "uploads" / "README.md"])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"```.*?```", re.S)
LARGEST_PICTURE = 150_000  # bytes


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def spoken(path: Path) -> set[str]:
    """Everything that stands in backticks outside of examples."""
    return set(re.findall(r"`([^`\n]+)`", FENCE.sub("", text(path))))


def commands(group: click.Group, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}"


def links(page: Path) -> list[str]:
    return [link for link in LINK.findall(FENCE.sub("", text(page))) if "://" not in link]


def anchors(page: Path) -> set[str]:
    """The fragments by which a repository's host links to headings."""
    headings = re.findall(r"^#+ +(.+)$", FENCE.sub("", text(page)), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_setting_is_documented_and_nothing_else_is():
    names = {f"PORTAL_{name.upper()}" for name in Settings.model_fields}
    documented = {word for word in spoken(DOCS / "settings.md") if word.startswith("PORTAL_")}
    assert documented == names


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_document_names_a_setting_that_does_not_exist(page):
    settings = {f"PORTAL_{name.upper()}" for name in Settings.model_fields}
    # What only tests and benchmarks read is no setting of the portal, but must be read there.
    sources = [*(ROOT / "benchmarks").glob("*.py"), *(ROOT / "tests").rglob("*.py")]
    of_tests = {name for source in sources for name in re.findall(r"PORTAL_TEST_[A-Z]+", text(source))}
    assert set(re.findall(r"PORTAL_[A-Z][A-Z_]*[A-Z]", text(page))) <= settings | of_tests


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_the_documented_default_of_a_plain_setting_is_the_real_one(name):
    row = next(
        line for line in text(DOCS / "settings.md").splitlines() if f"| `PORTAL_{name.upper()}` |" in line
    )
    default = Settings.model_fields[name].default
    said = row.split("|")[2]
    if name in ("database_url", "instance", "secret_key", "demo_password"):
        assert "instance" in said  # made or placed at first start, said in words
    elif isinstance(default, bool):
        assert said.strip() == f"`{int(default)}`"
    else:
        assert said.strip() == (f"`{default}`" if str(default) else "empty")


def test_every_address_is_documented_and_every_documented_address_exists(portal):
    rules = {
        re.sub(r"<(?:[^<>:]*(?:\([^)]*\))?:)?(\w+)>", r"<\1>", str(rule))
        for rule in create_app(portal).flask.url_map.iter_rules()
    }
    rows = [line for line in text(DOCS / "addresses.md").splitlines() if line.startswith("| `/")]
    documented = {address for row in rows for address in re.findall(r"`(/[^`]*)`", row.split("|")[1])}
    assert documented == rules


def test_every_role_every_act_and_every_state_is_documented():
    words = spoken(DOCS / "roles.md")
    expected = {*Role, *ReportAct, *MatterAct, *AdminAct, *ReportState, *MatterState}
    assert {str(word) for word in expected} - words == set()


@pytest.mark.parametrize(
    ("lifecycle", "heading"), [(REPORT, "## Progress reports"), (MATTER, "## Projects and work items")]
)
def test_the_documented_lifecycle_is_the_real_one(lifecycle, heading):
    section = text(DOCS / "roles.md").partition(heading)[2].partition("\n## ")[0]
    told = {
        (state, act, following)
        for row in re.findall(r"^\| `(\w+)` [^|]*\|(.*)\|$", section, re.M)
        for state in [row[0]]
        for act, following in re.findall(r"`(\w+)` → `(\w+)`", row[1])
    }
    real = {(state.value, act.value, following.value) for (state, act), following in lifecycle.table.items()}
    assert told == real


def test_every_command_is_documented():
    words = {
        word.removeprefix("portal ") for page in (README, DOCS / "operations.md") for word in spoken(page)
    }
    for name in commands(command_line):
        assert any(word == name or word.startswith(f"{name} ") for word in words), name


def test_the_operations_page_tells_every_command_by_its_whole_name():
    rows = re.findall(r"^\| `portal ([a-z -]+?)(?: [A-Z]+)*` \|", text(DOCS / "operations.md"), re.M)
    real = {name for name in commands(command_line) if name != "record rebuild"}
    assert set(rows) == real | {"record rebuild search", "record rebuild shelf", "record rebuild tiles"}


def test_every_target_of_the_makefile_is_in_the_readme():
    targets = re.findall(r"^([a-z-]+):.*##", text(ROOT / "Makefile"), re.M)
    words = spoken(README) | set(re.findall(r"^make [a-z]+", text(README), re.M))
    missing = [target for target in targets if f"make {target}" not in words]
    assert targets
    assert missing == []


@pytest.mark.parametrize("half", ["## 中文", "## English"])
def test_the_readme_names_both_commands_in_both_languages(half):
    section = text(README).partition(half)[2].partition("\n## ")[0]
    assert re.search(r"^make run\b", section, re.M)
    assert re.search(r"^make test\b", section, re.M)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading(page):
    for link in links(page):
        name, _, fragment = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        if fragment:
            assert fragment in anchors(target), link


def test_pictures_are_there_are_used_and_are_small():
    used = {(page.parent / link).resolve() for page in PAGES for link in links(page) if "images/" in link}
    there = {path.resolve() for path in (DOCS / "images").iterdir()}
    assert used == there
    assert [path.name for path in there if path.stat().st_size > LARGEST_PICTURE] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_document_says_what_we_do_not_say(page):
    assert "留痕" not in text(page)


@pytest.mark.parametrize("unit", ["web", "worker"])
def test_the_service_files_start_commands_that_exist(unit):
    started = re.search(
        r"^ExecStart=\S+ -m portal (\w+)$", text(ROOT / "deploy" / f"sunlight-{unit}.service"), re.M
    )
    assert started is not None
    assert started[1] in set(commands(command_line))


def test_the_proxy_example_lets_photos_stream():
    unit = text(ROOT / "deploy" / "nginx.conf").partition("/desk/unit")[2].partition("}")[0]
    assert "proxy_request_buffering off;" in unit
