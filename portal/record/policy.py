"""Which witnesses there are, and how many of them it takes (C2SP tlog-policy)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Self

from portal.record.cosigning import KINDS, Cosigned, cosigned
from portal.record.notes import ED25519, ML_DSA_44, Note, NoteRefused, PublicKey

NONE = "none"
MOST = 32  # logs, witnesses, groups: so many each
_BLANK = re.compile(r"[ \t]+")
_CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
_NUMBER = re.compile(r"[1-9][0-9]{0,2}", re.ASCII)


class PolicyRefused(ValueError):
    """Not a policy; the text says which line and why."""


@dataclass(frozen=True, kw_only=True)
class Witness:
    """name: in this policy alone; url: where it takes checkpoints, "" where nobody asks it."""

    name: str
    key: PublicKey
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Group:
    """Witnesses, or groups, of which so many must have signed."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Policy:
    """text: the file, without the addresses of witnesses, for readers."""

    logs: tuple[PublicKey, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    groups: tuple[Group, ...] = ()
    quorum: str = NONE

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Raises `PolicyRefused`."""
        if _CONTROL.search(data):
            raise PolicyRefused("a policy holds no control characters but tabs and ends of lines")
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            raise PolicyRefused("a policy is UTF-8 here") from error
        read = _Reading()
        for number, line in enumerate(text.split("\n"), start=1):
            words = [word for word in _BLANK.split(line) if word]
            if not words or words[0].startswith("#"):
                continue
            try:
                read.take(words)
            except (NoteRefused, PolicyRefused) as wrong:
                raise PolicyRefused(f"line {number}: {wrong}") from wrong
        if read.quorum is None:
            raise PolicyRefused("a policy has a line `quorum NAME`")
        return cls(
            logs=tuple(read.logs),
            witnesses=tuple(read.witnesses),
            groups=tuple(read.groups),
            quorum=read.quorum,
        )

    @property
    def text(self) -> str:
        """The policy for readers: the addresses at which the portal asks are nobody's business."""
        lines = [f"log {key.line}" for key in self.logs]
        lines += [f"witness {each.name} {each.key.line}" for each in self.witnesses]
        lines += [f"group {each.name} {each.threshold} {' '.join(each.members)}" for each in self.groups]
        return "\n".join([*lines, f"quorum {self.quorum}", ""])

    def is_met(self, names: Collection[str]) -> bool:
        """Whether witnesses of these names are enough."""
        met: dict[str, bool] = {NONE: True} | {each.name: each.name in names for each in self.witnesses}
        for group in self.groups:  # each names only what stands before it
            met[group.name] = sum(met[member] for member in group.members) >= group.threshold
        return met[self.quorum]

    def signed(self, note: Note) -> Mapping[str, Cosigned]:
        """Which witnesses signed this checkpoint, by their names here."""
        found = ((each.name, cosigned(note.text, note.signatures, each.key)) for each in self.witnesses)
        return {name: line for name, line in found if line is not None}


@dataclass
class _Reading:
    logs: list[PublicKey] = field(default_factory=list)
    witnesses: list[Witness] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    quorum: str | None = None
    names: set[str] = field(default_factory=set)
    members: set[str] = field(default_factory=set)

    def take(self, words: list[str]) -> None:
        takers: dict[str, Callable[[list[str]], None]] = {
            "log": self._log, "witness": self._witness, "group": self._group, "quorum": self._quorum,
        }  # fmt: skip
        if words[0] not in takers:
            raise PolicyRefused(f"{words[0][:40]!r} is none of log, witness, group, quorum")
        takers[words[0]](words[1:])

    def _log(self, words: list[str]) -> None:
        must(1 <= len(words) <= 2, "log VKEY [URL]")
        key = PublicKey.parse(words[0])
        must(key.kind in (ED25519, ML_DSA_44), "the key of a log is of another kind")
        must(key.public not in [each.public for each in self.logs], "a log stands here twice")
        self.logs.append(key)
        must(len(self.logs) <= MOST, f"more than {MOST} logs")

    def _witness(self, words: list[str]) -> None:
        must(2 <= len(words) <= 3, "witness NAME VKEY [URL]")
        key = PublicKey.parse(words[1])
        must(key.kind in KINDS, "the key of a witness is of another kind (cosignature/v1 or ML-DSA-44)")
        must(key.public not in [each.key.public for each in self.witnesses], "a witness stands here twice")
        self._name(words[0])
        self.witnesses.append(Witness(name=words[0], key=key, url=words[2] if len(words) == 3 else ""))
        must(len(self.witnesses) <= MOST, f"more than {MOST} witnesses")

    def _group(self, words: list[str]) -> None:
        must(len(words) >= 3, "group NAME all|any|K NAME…")
        name, least, *members = words
        must(least in ("all", "any") or _NUMBER.fullmatch(least) is not None, "all, any, or a number")
        threshold = {"all": len(members), "any": 1}.get(least) or int(least)
        must(threshold <= len(members), f"{threshold} of {len(members)} can never be met")
        for member in members:
            must(member in self.names, f"{member!r} is not defined above")
            must(member not in self.members, f"{member!r} is a member already")
            self.members.add(member)
        self._name(name)
        self.groups.append(Group(name=name, threshold=threshold, members=tuple(members)))
        must(len(self.groups) <= MOST, f"more than {MOST} groups")

    def _quorum(self, words: list[str]) -> None:
        must(len(words) == 1, "quorum NAME")
        must(self.quorum is None, "a second quorum")
        must(words[0] == NONE or words[0] in self.names, f"{words[0]!r} is not defined above")
        self.quorum = words[0]

    def _name(self, name: str) -> None:
        must(name != NONE and name not in self.names, f"{name!r} is taken")
        self.names.add(name)


def must(holds: bool, why: str) -> None:
    """Raises `PolicyRefused`."""
    if not holds:
        raise PolicyRefused(why)
