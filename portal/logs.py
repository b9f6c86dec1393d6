"""Logs: one JSON object a line on standard error, with the request's id and without personal data."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from config import Mode, Settings

# Keys that may stand in a log line besides time, level, logger, event and the traceback.
KNOWN = frozenset(
    (
        *("event", "timestamp", "level", "logger", "exception", "exc_info", "stack_info"),
        *("request_id", "method", "route", "status", "ms", "job", "kind", "attempt", "trouble", "endpoint"),
    )
)


def only_known(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop what nobody has allowed into logs: a new key has to be thought about first."""
    for key in [key for key in event if key not in KNOWN and not key.startswith("_")]:
        del event[key]
    return event


def configure_logs(settings: Settings) -> None:
    """Send every logger through structlog: JSON in production, readable lines in a demonstration."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        only_known,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.mode is Mode.PRODUCTION or not sys.stderr.isatty()
        else structlog.dev.ConsoleRenderer()
    )
    final = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        renderer,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=final))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for noisy in ("alembic", "gunicorn.error", "werkzeug"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
