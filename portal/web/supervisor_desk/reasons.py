"""The reasons of a return as the form carries them: presets and free text, per photo or passage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from portal.domain.progress import PASSAGES, Decision
from portal.domain.return_reasons import PASSAGE_PRESETS, VIDEO_PRESETS
from portal.workflows.moderate_report import Why

FIELD = re.compile(r"(photo-[0-9]{1,12}|passage-[a-z_]{1,20})-(preset|text)")
# The presets that make sense for what is not prose.
OTHER_PRESETS = ("contradicts_photos",)


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What was chosen and written, by target: `photo-12`, `passage-done`."""

    presets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def targets(self) -> list[str]:
        """What anything was said about, in the order of the form."""
        return list(dict.fromkeys((*self.presets, *self.texts)))

    def whys(self) -> list[Why]:
        """Each preset a reason of its own; the words go with the first, or stand alone."""
        found = []
        for target in self.targets:
            kind, _dash, name = target.partition("-")
            about = {"photo_id": int(name)} if kind == "photo" else {"passage": name}
            text = self.texts.get(target, "")
            for preset in sorted(self.presets.get(target, ())) or [""]:
                found.append(Why(preset=preset, text=text, **about))
                text = ""
        return found


def typed_in(form: MultiDict[str, str]) -> Typed:
    """The reasons in a posted form."""
    presets: dict[str, frozenset[str]] = {}
    texts: dict[str, str] = {}
    for name in form:
        parts = FIELD.fullmatch(name)
        if parts is None:
            continue
        target, kind = parts.groups()
        if kind == "preset":
            presets[target] = frozenset(form.getlist(name))
        elif form[name].strip():
            texts[target] = form[name]
    return Typed(presets=presets, texts=texts)


def typed_before(decision: Decision | None) -> Typed:
    """The reasons of a decision that was taken back, as if they had just been typed."""
    presets: dict[str, frozenset[str]] = {}
    texts: dict[str, str] = {}
    for reason in decision.reasons if decision is not None else ():
        target = f"photo-{reason.photo_id}" if reason.photo_id is not None else f"passage-{reason.passage}"
        if reason.preset:
            presets[target] = presets.get(target, frozenset()) | {reason.preset}
        if reason.text:
            texts[target] = reason.text
    return Typed(presets=presets, texts=texts)


def presets_for(passage: str) -> Iterable[str]:
    """What can be picked for a passage."""
    if passage == "videos":
        return VIDEO_PRESETS
    return PASSAGE_PRESETS if passage in PASSAGES else OTHER_PRESETS
