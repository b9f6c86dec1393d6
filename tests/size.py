"""On which size this run of the tests is: one machine's (SQLite, a folder, Whoosh), or a cluster's (PostgreSQL, S3,
OpenSearch) with PORTAL_TEST_SIZE=cluster. Each part can be chosen alone, such as PORTAL_TEST_DATABASE=postgresql. Limits
in Redis have their suite and their faults for themselves, since what it counts all tests would share."""

from __future__ import annotations

import os

SMALL = {"DATABASE": "sqlite", "MEDIA": "file", "SEARCH": "whoosh"}
CLUSTER = {"DATABASE": "postgresql", "MEDIA": "s3", "SEARCH": "opensearch"}
# Fixtures that lead to what differs between the sizes; a test without them would do the same twice.
DIFFERENT = {"database_urls", "media_settings", "search_url", "settings"}


def is_cluster() -> bool:
    return os.environ.get("PORTAL_TEST_SIZE", "small") == "cluster"


def chosen(part: str) -> str:
    """What stands for DATABASE, MEDIA or SEARCH in this run."""
    usual = CLUSTER if is_cluster() else SMALL
    value = os.environ.get(f"PORTAL_TEST_{part}", usual[part])
    assert value in (SMALL[part], CLUSTER[part]), (
        f"PORTAL_TEST_{part}={value}: {SMALL[part]} or {CLUSTER[part]}"
    )
    return value
