"""How much is known about where a photo comes from: one table over stored facts, and the reasons in codes.

A grade informs. It is computed when a photo is shown or published, and nothing in the house asks it whether a photo is
accepted. docs/provenance.md tells the same table in words.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

SITE_RADIUS = 500  # metres around the project's one point; a street or a river bank is longer than its point
FRESH = 15 * 60  # seconds that a code may be old when its photo arrives
CLOCK_MAY_DIFFER = 120  # seconds between the phone's clock and ours
VAGUE = 100  # metres; a place that is known less exactly does not speak for the site
AHEAD = 5 * 60  # seconds that a camera's clock may run ahead of the receipt
OLD = 30 * 24 * 3600  # seconds between the camera's time and the receipt
EMBEDDED_SLACK = 100  # metres that a place in the file may lie outside the site
_EARTH = 6_371_000  # metres, mean radius


class Grade(StrEnum):
    """A: captured in the page, place and clock checked. B: what the file says of itself is whole and agrees.
    C: a bare file."""

    A = "A"
    B = "B"
    C = "C"


class Code(StrEnum):
    """What became of the one-time code that came with a photo."""

    NONE = "none"
    GOOD = "good"
    SPENT = "spent"
    UNKNOWN = "unknown"  # never given out, or to somebody else, or for another report


class Reason(StrEnum):
    """Why a photo has its grade. The words are the pages' business."""

    # What speaks for it.
    CAPTURED = "captured"
    ON_SITE = "on_site"
    CLOCK_RIGHT = "clock_right"
    DATA_AGREES = "data_agrees"
    # Why not A.
    NOT_CAPTURED = "not_captured"
    CODE_SPENT = "code_spent"
    CODE_UNKNOWN = "code_unknown"
    CODE_LATE = "code_late"
    NOT_FRESH = "not_fresh"
    CLOCK_UNKNOWN = "clock_unknown"
    CLOCK_OFF = "clock_off"
    NO_PLACE = "no_place"
    VAGUE_PLACE = "vague_place"
    SITE_UNKNOWN = "site_unknown"
    AWAY = "away"
    DATA_CONTRADICTS = "data_contradicts"
    # Why not B.
    FROM_ARCHIVE = "from_archive"
    NO_TIME = "no_time"
    TIME_AHEAD = "time_ahead"
    TIME_OLD = "time_old"
    NO_MAKER = "no_maker"
    EDITED = "edited"
    DATA_AWAY = "data_away"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is stored about one photo, as numbers. None where nothing is known.

    code_age: seconds from giving out the code to the arrival; file_age: seconds that the file had existed, by the
    phone's own clock, when the camera was pressed; skew: seconds that the phone's clock differs from ours;
    accuracy, distance: metres, of the place that the phone gave, and from there to the project's; camera_age: seconds
    from the time in the file to the arrival; maker: whether the file names one; edited: whether it names an editor;
    embedded_distance: metres from the place in the file to the project's; archive: whether it came with an old archive,
    so that nobody here saw it arrive.
    """

    code: Code = Code.NONE
    code_age: int | None = None
    file_age: int | None = None
    skew: int | None = None
    accuracy: int | None = None
    distance: int | None = None
    camera_age: int | None = None
    maker: bool = False
    edited: bool = False
    embedded_distance: int | None = None
    archive: bool = False


@dataclass(frozen=True, kw_only=True)
class Graded:
    """A grade with its reasons, in the order in which they are said."""

    grade: Grade
    reasons: tuple[Reason, ...]


Rule = tuple[Reason, Callable[[Facts], bool]]


def _contradicts(facts: Facts) -> bool:
    """Whether the file itself denies that it was taken just now, here, and left as it was."""
    taken_then = facts.camera_age is not None and not -AHEAD <= facts.camera_age <= FRESH + CLOCK_MAY_DIFFER
    return taken_then or facts.edited or _embedded_away(facts)


def _embedded_away(facts: Facts) -> bool:
    return facts.embedded_distance is not None and facts.embedded_distance > SITE_RADIUS + EMBEDDED_SLACK


# The table. Each row: the reason that is given when its condition holds. No reason left: the grade is reached.
AGAINST_A: tuple[Rule, ...] = (
    (Reason.NOT_CAPTURED, lambda f: f.code is Code.NONE),
    (Reason.CODE_SPENT, lambda f: f.code is Code.SPENT),
    (Reason.CODE_UNKNOWN, lambda f: f.code is Code.UNKNOWN),
    (Reason.CODE_LATE, lambda f: f.code is Code.GOOD and (f.code_age is None or f.code_age > FRESH)),
    (
        Reason.NOT_FRESH,
        lambda f: f.code is Code.GOOD and (f.file_age is None or f.file_age > CLOCK_MAY_DIFFER),
    ),
    (Reason.CLOCK_UNKNOWN, lambda f: f.skew is None),
    (Reason.CLOCK_OFF, lambda f: f.skew is not None and abs(f.skew) > CLOCK_MAY_DIFFER),
    (Reason.NO_PLACE, lambda f: f.accuracy is None),
    (Reason.VAGUE_PLACE, lambda f: f.accuracy is not None and f.accuracy > VAGUE),
    (Reason.SITE_UNKNOWN, lambda f: f.accuracy is not None and f.distance is None),
    (
        Reason.AWAY,
        lambda f: f.accuracy is not None and f.distance is not None and f.distance > SITE_RADIUS + f.accuracy,
    ),
    (Reason.DATA_CONTRADICTS, _contradicts),
)
AGAINST_B: tuple[Rule, ...] = (
    (Reason.FROM_ARCHIVE, lambda f: f.archive),
    (Reason.NO_TIME, lambda f: f.camera_age is None),
    (Reason.TIME_AHEAD, lambda f: f.camera_age is not None and f.camera_age < -AHEAD),
    (Reason.TIME_OLD, lambda f: f.camera_age is not None and f.camera_age > OLD),
    (Reason.NO_MAKER, lambda f: not f.maker),
    (Reason.EDITED, lambda f: f.edited),
    (Reason.DATA_AWAY, _embedded_away),
)
FOR_A = (Reason.CAPTURED, Reason.ON_SITE, Reason.CLOCK_RIGHT)


def grade(facts: Facts) -> Graded:
    """The grade of one photo. A needs every condition of A, B every condition of B, C needs nothing.

    What was never tried is said in one reason: a file that came without a code is not told that its clock is unknown.
    """
    against_a = _holding(AGAINST_A, facts)
    if not against_a:
        return Graded(grade=Grade.A, reasons=FOR_A)
    if facts.code is Code.NONE:
        against_a = (Reason.NOT_CAPTURED,)
    against_b = _holding(AGAINST_B, facts)
    if not against_b:
        return Graded(grade=Grade.B, reasons=(Reason.DATA_AGREES, *against_a))
    return Graded(grade=Grade.C, reasons=(*against_b, *against_a))


def _holding(rules: tuple[Rule, ...], facts: Facts) -> tuple[Reason, ...]:
    return tuple(reason for reason, holds in rules if holds(facts))


# Programs that change pixels, as they name themselves in the file. What a camera calls its own firmware is none.
EDITORS = (
    *(
        "photoshop",
        "lightroom",
        "snapseed",
        "picsart",
        "gimp",
        "pixelmator",
        "affinity",
        "paint.net",
        "canva",
        "vsco",
    ),
    *(
        "meitu",
        "美图",
        "美颜",
        "醒图",
        "xingtu",
        "facetune",
        "faceu",
        "b612",
        "picsew",
        "acdsee",
        "capture one",
    ),
    *(
        "darktable",
        "rawtherapee",
        "photoscape",
        "polarr",
        "fotor",
        "imagemagick",
        "photo editor",
        "windows photo",
    ),
)


def is_an_editor(software: str) -> bool:
    """Whether a file that names this software has been through an editor."""
    name = software.casefold()
    return any(editor in name for editor in EDITORS)


def metres_between(here: tuple[float, float], there: tuple[float, float]) -> int:
    """Metres along the great circle between two points (longitude, latitude) in WGS-84."""
    lon1, lat1, lon2, lat2 = (math.radians(value) for value in (*here, *there))
    half = (
        math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return round(2 * _EARTH * math.asin(math.sqrt(half)))
