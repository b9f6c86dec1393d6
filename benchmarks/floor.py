"""The floor: a bare Flask application whose views return constants, one for each size in BENCH_SIZES.

Served by the same server with the same settings as the portal, it is what anything made with Flask costs.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from flask import Flask

application = Flask("floor")


def _constant(size: int) -> Callable[[], bytes]:
    body = b"x" * size
    return lambda: body


for _size in {int(size) for size in os.environ.get("BENCH_SIZES", "").split(",") if size}:
    application.add_url_rule(f"/{_size}", endpoint=f"constant-{_size}", view_func=_constant(_size))
