"""`python -m services start [NAME…] | stop [NAME…] | status`: real services for the tests.

State is kept in `.services/<name>/`; the addresses of what runs are in `.services/addresses.json`.
"""

from __future__ import annotations

import argparse
import fcntl
import importlib
import json
import pkgutil
import sys
import time
from pathlib import Path
from typing import Protocol, cast

import services
from services.machine import Trouble, say

ROOT = Path(__file__).parents[1]
STATE = ROOT / ".services"
ADDRESSES = STATE / "addresses.json"


class Service(Protocol):
    """What a module of this package is when it is a service. `folder` is its own, made already."""

    NAME: str

    def start(self, folder: Path) -> dict[str, str]:
        """Install what is missing, start on a free loopback port, wait (with a limit) until it answers.
        Returns variables of the environment for the tests. Raises `Trouble`."""

    def stop(self, folder: Path) -> None:
        """End it by its pid: TERM, then KILL. Nothing to end is fine."""

    def running(self, folder: Path) -> bool:
        """Whether it runs now."""


def known() -> dict[str, Service]:
    """Every service of this package by name."""
    modules = [
        importlib.import_module(f"services.{found.name}")
        for found in pkgutil.iter_modules(services.__path__)
        if not found.name.startswith("_")
    ]
    return {module.NAME: cast(Service, module) for module in modules if hasattr(module, "NAME")}


def start(service: Service) -> None:
    """Start one service, unless it runs."""
    folder = STATE / service.NAME
    folder.mkdir(parents=True, exist_ok=True)
    own = folder / "addresses.json"
    if service.running(folder) and own.exists():
        _tell(json.loads(own.read_text(encoding="utf-8")))
        say(f"{service.NAME} runs already")
        return
    service.stop(folder)
    say(f"{service.NAME} starts …")
    began = time.monotonic()
    addresses = service.start(folder)
    own.write_text(json.dumps(addresses, indent=2), encoding="utf-8")
    _tell(addresses)
    say(f"{service.NAME} answers after {time.monotonic() - began:.1f} s")
    for variable, value in addresses.items():
        say(f"  {variable}={value}")


def stop(service: Service) -> None:
    """Stop one service and forget its addresses."""
    folder = STATE / service.NAME
    own = folder / "addresses.json"
    if own.exists():
        _tell(dict.fromkeys(json.loads(own.read_text(encoding="utf-8")), None))
        own.unlink()
    if folder.exists():
        service.stop(folder)
        say(f"{service.NAME} is stopped")


def _tell(addresses: dict[str, str] | dict[str, None]) -> None:
    """Write addresses down for the tests; None takes one away. Two starts at once agree."""
    with (STATE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = json.loads(ADDRESSES.read_text(encoding="utf-8")) if ADDRESSES.exists() else {}
        known = {name: value for name, value in {**known, **addresses}.items() if value is not None}
        made = ADDRESSES.with_suffix(".new")
        made.write_text(json.dumps(known, indent=2, sort_keys=True), encoding="utf-8")
        made.replace(ADDRESSES)


def main() -> int:
    """0 when everything asked for was done."""
    every = known()
    parser = argparse.ArgumentParser(prog="python -m services", description=__doc__)
    parser.add_argument("act", choices=("start", "stop", "status"))
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(every)}; all when none is named"
    )
    asked = parser.parse_args()
    if wrong := [name for name in asked.names if name not in every]:
        parser.error(f"there is no service {', '.join(wrong)}; there are {', '.join(every)}")
    failed = 0
    for name in asked.names or every:
        service = every[name]
        try:
            if asked.act == "status":
                say(f"{name}: {'runs' if service.running(STATE / name) else 'does not run'}")
            else:
                (start if asked.act == "start" else stop)(service)
        except Trouble as trouble:
            failed += 1
            say(f"{name}: {trouble}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
