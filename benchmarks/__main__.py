"""All measurements, or those named: `python -m benchmarks [NAME …]`; the names are those of `ALL`."""

from __future__ import annotations

import sys
from collections.abc import Callable

from benchmarks import archives, growth, intake, likeness, pages, phone, processes, proofs, search, soak

ALL: dict[str, Callable[[], None]] = {
    "pages": pages.main,
    "search": search.main,
    "intake": intake.main,
    "growth": growth.main,
    "processes": processes.main,
    "proofs": proofs.main,
    "likeness": likeness.main,
    "archives": archives.main,
    "phone": phone.main,
    "soak": soak.main,
}


def main(names: list[str]) -> int:
    """Run them in order. The exit status is 2 for a name that is none."""
    if unknown := [name for name in names if name not in ALL]:
        print(f"there is no {unknown[0]!r}; there are {', '.join(ALL)}", file=sys.stderr)
        return 2
    for name in names or ALL:
        print(f"== {name} ==")
        ALL[name]()
        print(flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
