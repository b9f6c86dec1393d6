"""Numbers and keys of public things. They never change once given."""

from __future__ import annotations

import re

PROJECT_CODE = re.compile(r"20\d\d-\d{3}")


def report_number(year: int, count: int) -> str:
    """The public number of a progress report, `2026-000123`."""
    return f"{year:04d}-{count:06d}"


def project_code(year: int, count: int) -> str:
    """The code of a project in its year's plan, `2026-017`."""
    return f"{year:04d}-{count:03d}"


def project_item(code: str) -> str:
    return f"project/{code}"


def report_item(number: str) -> str:
    return f"report/{number}"


def unit_item(code: str) -> str:
    return f"unit/{code}"


def burden_item(month: str) -> str:
    return f"burden/{month}"


LAMP_RULES_ITEM = "rules/lamps"
ALIASES_ITEM = "rules/aliases"
