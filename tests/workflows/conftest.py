"""Fixtures of a signed record."""

from tests.signed_record import keys, signed  # noqa: F401
