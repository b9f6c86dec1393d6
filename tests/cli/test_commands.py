"""Every command explains itself with an example, and says in one sentence what went wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest

from portal.cli import portal as commands
from tests.buckets import needs_folder


def every(group: click.Group, *before: str) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from every(command, *before, name)
        else:
            yield (*before, name)


ALL = sorted(every(commands))


def test_the_commands_that_people_rely_on_are_there():
    promised = {("init",), ("demo",), ("serve",), ("work",), ("run",), ("doctor",), ("assets",)}
    promised |= {("record", "verify"), ("record", "rebuild")}
    promised |= {("user", name) for name in ("list", "create", "move", "disable", "enable", "link")}
    assert promised <= set(ALL)


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_help_shows_an_example_of_exactly_this_command(run, words):
    said = run(*words, "--help")
    assert said.code == 0
    shown = re.sub(r"\s+", " ", said.out)
    assert f"Example: python -m portal {' '.join(words)}" in shown


def test_a_command_there_is_not_is_named(run):
    said = run("fly")
    assert said.code == 2
    assert "No such command 'fly'" in said.err


def test_init_may_be_run_twice(run, portal):
    assert [run("init").code, run("init").code] == [0, 0]
    assert run("record", "verify").code == 0


def test_a_production_init_puts_the_lamp_rules_on_the_record_once(run, tmp_path):
    production = {
        "mode": "production",
        "https": "1",
        "signing_key_file": str(tmp_path / "signing_key"),
        "hosts": "sunlight.example",
        "site_code": "3700000001",
        "icp": "鲁ICP备1号",
        "police": "鲁公网安备 37000000000001号",
    }
    for _time in range(2):
        assert run("init", **production).code == 0
    assert "\n1 entries, 1 documents, 0 renditions; root " in run("record", "verify").out


@pytest.mark.parametrize(
    "words", [("work",), ("serve",), ("user", "list"), ("record", "verify"), ("demo",)], ids=" ".join
)
def test_a_database_that_was_never_made_is_named_with_the_cure(run, tmp_path, words):
    said = run(*words, database_url=f"sqlite:///{tmp_path}/none.sqlite")
    assert said.code == 1
    assert "run `python -m portal init` first" in said.err


@pytest.mark.parametrize(
    ("setting", "value", "said_of_it"),
    [
        ("media_url", "ftp:x", "PORTAL_MEDIA_URL='ftp:x': nothing here answers to this address"),
        pytest.param(
            "media_url", "s3://bucket", "needs PORTAL_S3_KEY and PORTAL_S3_SECRET", marks=needs_folder
        ),
        ("search_url", "elastic:x", "PORTAL_SEARCH_URL='elastic:x': nothing here answers to this address"),
        ("database_url", "nonsense", "PORTAL_DATABASE_URL: "),
        ("database_url", "sqlite:////nowhere/at/all.sqlite", "unable to open database file"),
        ("port", "eighty", "PORTAL_PORT: "),
        ("mode", "holiday", "PORTAL_MODE: "),
    ],
)
def test_a_setting_that_leads_nowhere_is_said_in_one_sentence(run, setting, value, said_of_it):
    said = run("record", "verify", **{setting: value})
    assert said.code != 0
    assert said_of_it in said.err
    assert "Traceback" not in said.err


SAFE = {
    "mode": "production", "secret_key": "k" * 32, "signing_key_file": "/nowhere/signing_key", "https": "1", "hosts": "sunlight.example", "site_code": "3700000001",
    "icp": "鲁ICP备1号", "police": "鲁公网安备 37000000000001号", "demo_password": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("setting", "unsafe", "named"),
    [
        ("secret_key", "short", "PORTAL_SECRET_KEY"),
        ("https", "0", "PORTAL_HTTPS"),
        ("signing_key_file", "", "PORTAL_SIGNING_KEY_FILE"),
        ("hosts", "", "PORTAL_HOSTS"),
        ("site_code", "0000000000", "PORTAL_SITE_CODE"),
        ("icp", "某ICP备00000000号-1", "PORTAL_ICP"),
        ("police", "", "PORTAL_POLICE"),
        ("demo_password", "amber-birch", "PORTAL_DEMO_PASSWORD"),
    ],
)
@pytest.mark.parametrize("words", [("serve",), ("work",), ("doctor",)], ids=" ".join)
def test_production_refuses_each_unsafe_default_by_name_and_no_other(run, words, setting, unsafe, named):
    said = run(*words, **{**SAFE, setting: unsafe})
    assert said.code == 2
    assert set(re.findall(r"PORTAL_[A-Z_]+ (?=is|and)|PORTAL_[A-Z_]+(?=,)", said.err)) <= {f"{named} ", named}
    assert named in said.err


def test_production_with_everything_set_starts(run):
    assert run("doctor", **SAFE).code == 0


def test_production_never_holds_demonstration_data(run):
    said = run("demo", **SAFE)
    assert said.code == 1
    assert "production never holds demonstration data" in said.err
