"""Commands as a person runs them."""

from tests.cli.conftest import run  # noqa: F401
