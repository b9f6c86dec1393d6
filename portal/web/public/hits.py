"""One thing found: where it leads, and the words that were looked for, marked in the original."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from portal.record.shelf import Shown
from portal.text.highlight import highlight, marks_in, snippet
from portal.web.filters import month
from portal.web.language import _
from portal.web.public.evidence import first_photo, photo_of
from portal.web.public.links import item_href, pieces_zh, zh
from portal.web.public.standing import Standing
from portal.web.states import ITEM_KINDS, word


def hit_of(shown: Shown, *, marks: tuple[str, ...], standing: Standing | None) -> dict[str, Any]:
    """A found item as the `result` macro expects it."""
    document = shown.document
    hit: dict[str, Any] = {
        "kind": _kind(shown),
        "href": item_href(shown.item),
        "title": pieces_zh(highlight(document["title"], marks)),
        "snippet": pieces_zh(snippet(_passage(shown, marks), marks)),
        "day": document["dated"],
        "unit": zh(document["unit"]["name"]),
        "seq": shown.seq,
        "photo": _photo(shown, marks) if shown.kind == "report" else None,
    }
    if standing is not None and standing.verdict is not None:
        hit["colour"] = standing.colour
    return hit


def _kind(shown: Shown) -> str:
    kind = word(ITEM_KINDS, shown.kind)
    if shown.kind != "report":
        return kind
    return _("%(kind)s：%(month)s", kind=kind, month=month(shown.document["month"]))


def _photo(shown: Shown, marks: tuple[str, ...]) -> dict[str, Any] | None:
    """The first photo whose caption was found, else the first one."""
    for photo in shown.document["photos"]:
        if marks_in(photo["caption"], marks):
            return photo_of(shown, photo)
    return first_photo(shown)


def _passage(shown: Shown, marks: tuple[str, ...]) -> str:
    """What the snippet is cut from: the report or promise itself when it has the words, else whatever has."""
    document = shown.document
    main = _joined([document.get(name, "") for name in ("done", "problems", "next_step", "content")])
    for text in (main, *_others(document)):
        if marks_in(text, marks):
            return text
    return main


def _others(document: Mapping[str, Any]) -> Iterator[str]:
    """The rest of what the archive searches, piece by piece."""
    yield _joined([photo["caption"] for photo in document.get("photos", ())])
    yield _joined([video["description"] for video in document.get("videos", ())])
    for milestone in document.get("milestones", ()):
        yield f"{milestone['name']}：{milestone['target']}"
    if "milestone" in document:
        yield document["milestone"]["name"]
    for name in ("town", "place", "unit"):
        yield document.get(name, {}).get("name", "")
    for name in ("leader", "person"):
        yield document.get("responsible", {}).get(name, {}).get("name", "")
    for name in ("name", "number"):
        yield document.get("source", {}).get(name, "")
    yield document.get("number") or document.get("project", {}).get("code", "")


def _joined(parts: list[str]) -> str:
    return "　".join(" ".join(part.split()) for part in parts if part)
