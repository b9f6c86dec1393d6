"""Two photos of one place, set against each other: which two, and how they are shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from portal.record.pictures import Picture
from portal.web.filters import day as day_words
from portal.web.public.evidence import Photo, photo_of
from portal.web.public.links import item_href, to

STEP, MIDDLE = 5, 50  # percent: how finely a page without script can be set, and where it begins


@dataclass(frozen=True, kw_only=True)
class Pair:
    """The earlier and the later picture of one thing. name: of the view or milestone."""

    name: str
    before: Picture
    after: Picture

    @property
    def days(self) -> int:
        return (self.after.day - self.before.day).days


def side(picture: Picture) -> dict[str, Any]:
    """One side of a comparison, as `components/compare.html` expects it."""
    photo: Photo = photo_of(picture.report, picture.photo, proof=True)
    day = day_words(picture.day)
    return {
        "photo": photo | {"alt": f"{day}　{photo['alt']}"},
        "day": picture.day,
        "href": item_href(picture.report.item),
        "key": picture.key,
    }


def shown_pair(code: str, pair: Pair) -> dict[str, Any]:
    """A pair for the page of its project."""
    return {
        "name": pair.name,
        "days": pair.days,
        "before": side(pair.before),
        "after": side(pair.after),
        "href": to(f"/projects/{code}/compare", a=pair.before.key, b=pair.after.key),
    }


def pairs_of(project: dict[str, Any], pictures: Sequence[Picture]) -> list[Pair]:
    """First and newest of every view with pictures of two days; then of milestones, newest first, as their reports
    say, unless the two stand there already."""
    by_view = _by(pictures, lambda each: each.view)
    pairs = [
        _pair(view["name"], by_view[view["ordinal"]])
        for view in project.get("views", ())
        if view["ordinal"] in by_view
    ]
    by_milestone = _by(_one_each(pictures), _milestone)
    pairs += [
        _pair(_name(by_milestone[each]), by_milestone[each]) for each in sorted(by_milestone, reverse=True)
    ]
    found: dict[tuple[str, str], Pair] = {}
    for pair in pairs:
        if pair.days > 0:
            found.setdefault((pair.before.key, pair.after.key), pair)
    return list(found.values())


def chosen_pair(
    project: dict[str, Any], pictures: Sequence[Picture], *, a: str, b: str, view: int | None
) -> tuple[Picture, Picture] | None:
    """The two that were asked for; whichever was not, or does not stand, is the first or the newest of the same view,
    else of the project. None where there are no two pictures."""
    if len(pictures) < 2:
        return None
    by_key = {each.key: each for each in pictures}
    before, after = by_key.get(a), by_key.get(b)
    if before and after:
        return before, after
    known = before or after
    wanted = known.view if known else view
    if wanted is None and known is None and (pairs := pairs_of(project, pictures)):
        return pairs[0].before, pairs[0].after
    of_view = [each for each in pictures if each.view == wanted]
    among = of_view if wanted is not None and len(of_view) > 1 else list(pictures)
    others = [each for each in among if each is not known]
    return before or others[0], after or others[-1]


def asked_step(text: str) -> int:
    """Where the edge stands, in percent from the left: the nearest that a page can be sent with."""
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        return MIDDLE
    return min((int(text) + STEP // 2) // STEP * STEP, 100)


def _by(pictures: Sequence[Picture], key: Callable[[Picture], int | None]) -> dict[int, list[Picture]]:
    found: dict[int, list[Picture]] = defaultdict(list)
    for each in pictures:
        if (value := key(each)) is not None:
            found[value].append(each)
    return found


def _one_each(pictures: Sequence[Picture]) -> list[Picture]:
    """The first picture of every report, which is the one that its unit put first."""
    return [each for each in pictures if each.photo is each.report.document["photos"][0]]


def _milestone(picture: Picture) -> int | None:
    milestone = picture.report.document.get("milestone")
    return int(milestone["ordinal"]) if milestone else None


def _name(pictures: Sequence[Picture]) -> str:
    return str(pictures[-1].report.document["milestone"]["name"])


def _pair(name: str, pictures: Sequence[Picture]) -> Pair:
    return Pair(name=name, before=pictures[0], after=pictures[-1])
