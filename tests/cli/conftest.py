"""Commands run as a person runs them, on an instance of their own, inside this process."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from config import Settings
from portal.cli import main
from tests.faults.running import environment


@dataclass(frozen=True)
class Said:
    """What a command left: its exit code, and what it said on each stream."""

    code: int
    out: str
    err: str


Run = Callable[..., Said]


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`run("user", "list")`; settings of this one call by name: `run("doctor", mode="production")`."""
    for name, value in environment(settings).items():
        if name.startswith("PORTAL_"):
            monkeypatch.setenv(name, value)

    def call(*words: str, **settings_of_this_call: str) -> Said:
        capsys.readouterr()
        with monkeypatch.context() as only_now:
            only_now.setattr(sys, "argv", ["portal", *words])
            for name, value in settings_of_this_call.items():
                only_now.setenv(f"PORTAL_{name.upper()}", value)
            try:
                main()
                code = 0
            except SystemExit as ended:
                code = int(ended.code or 0)
        said = capsys.readouterr()
        return Said(code, re.sub(r"\x1b\[[0-9;]*m", "", said.out), said.err)

    return call
