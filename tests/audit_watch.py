"""Watches every transaction of every request in every test: what changes the house writes an audit row with it.

Windows never write; a desk's act that commits a change without its audit row in the same transaction is a
fault of the portal, wherever in the suite it happens.
"""

from __future__ import annotations

import re
from typing import Any

from flask import has_request_context, request
from sqlalchemy import Engine, event

WRITES = re.compile(r"^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)", re.I)
# What a request may write without an act of a person: that somebody is still there, queued work, a count, and what
# citizens ask to be told by mail: nobody of the house acts there, and a list of who asked is what must not be kept.
SILENT = {"sign_in", "job", "limited_act", "intake_attempt", "subscription"}


class AuditWatch:
    """Attached to an engine; `unaudited` names the requests that changed something in silence."""

    def __init__(self, engine: Engine) -> None:
        self.unaudited: list[str] = []
        event.listen(engine, "begin", self._begin)
        event.listen(engine, "before_cursor_execute", self._execute)
        event.listen(engine, "commit", self._commit)

    def _begin(self, connection: Any) -> None:
        connection.info[self] = set()

    def _execute(self, connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        found = WRITES.match(statement)
        if found:
            connection.info.setdefault(self, set()).add(found.group(1).lower())

    def _commit(self, connection: Any) -> None:
        written = connection.info.pop(self, set())
        if has_request_context() and written - SILENT and "audit_entry" not in written:
            self.unaudited.append(f"{request.method} {request.url_rule} wrote {sorted(written)}")
