"""`portal subscriptions`: what citizens asked to be told by mail."""

from __future__ import annotations

import click
from sqlalchemy import func, select

from portal.cli.terminal import open_portal
from portal.domain.subscriptions import Subscription
from portal.workflows.subscribe import forget_address


@click.group()
def subscriptions() -> None:
    """Letters about new matches: how many there are, and forgetting an address."""


@subscriptions.command("count")
def count() -> None:
    """How many are confirmed, wait for it, and are due; no address is shown.

    Example: python -m portal subscriptions count
    """
    with open_portal() as portal, portal.database.reading() as session:
        confirmed = Subscription.confirmed_at.is_not(None)
        late = confirmed & (Subscription.due_at <= portal.now())
        for label, which in (("confirmed", confirmed), ("unconfirmed", ~confirmed), ("due", late)):
            found = session.scalar(select(func.count()).select_from(Subscription).where(which))
            click.echo(f"{label}\t{found}")


@subscriptions.command("forget")
@click.option("--address", prompt=True, help="Asked for when it is left out, so that no shell remembers it.")
def forget(address: str) -> None:
    """Delete everything of an address, for somebody who has no letter at hand.

    Example: python -m portal subscriptions forget --address li@example.org
    """
    with open_portal() as portal, portal.database.writing() as session:
        gone = forget_address(session, email=address)
    click.echo(f"{gone} deleted")
