"""Policies say who must have signed (C2SP tlog-policy)."""

from __future__ import annotations

import pytest

from portal.record.checkpoint import Checkpoint
from portal.record.cosigning import CosigningKey, with_lines
from portal.record.policy import Policy, PolicyRefused
from tests.record.log_files import AT, keys_of

KEYS = {name: CosigningKey.make(f"{name}.example") for name in ("X1", "X2", "X3", "Y1", "Y2", "Y3")}
WITNESSES = "".join(f"witness {name} {key.public.line}\n" for name, key in KEYS.items())
EXAMPLE = (
    "# the example of the standard\n\n"
    + WITNESSES
    + "group X-witnesses 2 X1 X2 X3\n\tgroup  Y-witnesses any Y1 Y2 Y3 \n"
    + "group X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n"
)


@pytest.mark.parametrize(
    ("names", "met"),
    [
        ("", False),
        ("X1 X2", False),
        ("X1 Y1", False),
        ("X1 X3 Y2", True),
        ("Y1 Y2 Y3", False),
        ("X1 X2 X3 Y1", True),
    ],
)
def test_groups_of_groups_are_counted(names, met):
    assert Policy.parse(EXAMPLE.encode()).is_met(names.split()) is met


def test_readers_get_the_policy_without_addresses():
    policy = Policy.parse(EXAMPLE.replace("\ngroup X", " http://10.0.0.1/w\ngroup X", 1).encode())
    assert policy.witnesses[-1].url == "http://10.0.0.1/w"
    assert "10.0.0.1" not in policy.text
    assert Policy.parse(policy.text.encode()).is_met(["X1", "X3", "Y2"])


REFUSED = [
    "", WITNESSES, "quorum none\nquorum none\n", "quorum X1\n" + WITNESSES, WITNESSES + WITNESSES + "quorum X1\n",
    WITNESSES + "group none any X1\nquorum none\n", WITNESSES + "group g 0 X1\nquorum g\n",
    WITNESSES + "group g 2 X1\nquorum g\n", WITNESSES + "group g any\nquorum g\n",
    WITNESSES + "group g any X1 X1\nquorum g\n", WITNESSES + "group g any none\nquorum g\n",
    WITNESSES + "group g any X1\ngroup h any X1\nquorum g\n", "x y\nquorum none\n", "quorum none\r\n", "quorum none\x00",
    f"witness a {keys_of().public[0].line}\nquorum a\n", f"log {KEYS['X1'].public.line}\nquorum none\n",
    "witness a b\nquorum a\n", "quorum\n",
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))  # keys are made anew in each process
def test_what_the_standard_refuses_is_refused(text):
    with pytest.raises(PolicyRefused):
        Policy.parse(text.encode())


def test_the_log_and_nobody_else_is_a_policy():
    line = keys_of().public[0].line
    assert Policy.parse(f"log {line} https://x.example\nquorum none".encode()).is_met([])


def test_only_lines_that_hold_count():
    policy, checkpoint = (
        Policy.parse(EXAMPLE.encode()),
        Checkpoint(origin="log.example", size=3, root=bytes(32)),
    )
    other = Checkpoint(origin="log.example", size=4, root=bytes(32))
    note = with_lines(
        keys_of().sign_checkpoint(checkpoint, at=AT),
        [KEYS["X1"].cosign(checkpoint.text, at=AT), KEYS["X2"].cosign(other.text, at=AT)],
    )
    assert {name: each.at for name, each in policy.signed(note).items()} == {"X1": AT}
