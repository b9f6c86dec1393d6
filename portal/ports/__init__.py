"""The seams: what the portal asks of the outside, each with its contract.

Every port has one suite of tests that is run against every real implementation (`tests/ports/`).
"""

from __future__ import annotations

from portal.ports.asked import Asked
from portal.ports.cards import Card, Cards
from portal.ports.credentials import Credentials, CredentialsUnavailable, Statement
from portal.ports.jobs import Job, JobQueue, Leases
from portal.ports.limits import Limit, Limits, LimitsUnavailable, keyed_hash
from portal.ports.mail import AddressRefused, Letter, Mailer, MailerUnavailable
from portal.ports.media import (
    Aside,
    MediaMissing,
    MediaStore,
    Quarantine,
    Received,
    Space,
    StoreBroken,
    StoreFull,
    StoreUnavailable,
)
from portal.ports.partial import NotWhole, OffsetConflict, PartialUploads, PieceTooLong
from portal.ports.room import Room, Short
from portal.ports.search import FACETS, Answer, Indexed, Query, SearchIndex, SearchUnavailable, Understood
from portal.ports.tiles import TileMissing, TileStore
from portal.ports.witnesses import Replied, Witnesses, WitnessSilent

__all__ = [
    "FACETS",
    "AddressRefused",
    "Answer",
    "Aside",
    "Asked",
    "Card",
    "Cards",
    "Credentials",
    "CredentialsUnavailable",
    "Indexed",
    "Job",
    "JobQueue",
    "Leases",
    "Letter",
    "Limit",
    "Limits",
    "LimitsUnavailable",
    "Mailer",
    "MailerUnavailable",
    "MediaMissing",
    "MediaStore",
    "NotWhole",
    "OffsetConflict",
    "PartialUploads",
    "PieceTooLong",
    "Quarantine",
    "Query",
    "Received",
    "Replied",
    "Room",
    "SearchIndex",
    "SearchUnavailable",
    "Short",
    "Space",
    "Statement",
    "StoreBroken",
    "StoreFull",
    "StoreUnavailable",
    "TileMissing",
    "TileStore",
    "Understood",
    "WitnessSilent",
    "Witnesses",
    "keyed_hash",
]
