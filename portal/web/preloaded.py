"""What every web process needs and none changes, loaded once by the process that starts them: a configuration of
gunicorn (`--config=python:portal.web.preloaded`).

Only modules: nothing here opens a file, a connection or a thread, so nothing is shared that must not be.
"""

from __future__ import annotations

import gc

import portal.web.app
import portal.wiring

gc.collect()
gc.freeze()  # so that looking for garbage touches none of it, and it stays in one place for all

__all__ = ["portal"]
