"""Letters to citizens, from the machine itself."""

from __future__ import annotations

from portal.domain.subscriptions import Every
from portal.ports import Asked
from portal.workflows.subscribe import ask_to_be_told, confirm


def test_an_address_is_counted_without_being_shown_and_forgotten_on_request(run, portal, clock):
    with portal.database.writing() as session:
        for word in ("桥", "路"):
            how = {
                "email": "reader@post.example",
                "every": Every.DAILY,
                "queue": portal.queue,
                "now": clock(),
            }
            subscription_id = ask_to_be_told(session, asked=Asked(text=word), **how)
        confirm(session, subscription_id=subscription_id, now=clock())
    counted = run("subscriptions", "count")
    assert counted.out.splitlines()[:2] == ["confirmed\t1", "unconfirmed\t1"]
    assert "reader" not in counted.out
    assert run("subscriptions", "forget", "--address", "Reader@post.example").out == "2 deleted\n"
    assert run("subscriptions", "count").out.splitlines() == ["confirmed\t0", "unconfirmed\t0", "due\t0"]
