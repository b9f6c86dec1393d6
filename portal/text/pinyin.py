"""Pinyin: which characters a syllable may be, and how letters may be cut into syllables.

`readings.txt` has a line for every syllable with the characters that are read so, tones left out; a
character with several readings stands in several lines (data of pypinyin, MIT). No phrase dictionary:
a character is found by any of its readings, so 长堤 is found by changdi and by zhangdi.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path

MOST_CUTS = 8  # ways to cut one run of letters that are tried
_INITIAL = re.compile("[zcs]h?|[a-z]")
_TONES = re.compile("(?:[a-z]{1,6}[0-5])+")
_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"), ("l", "n"))


@cache
def readings() -> dict[str, str]:
    """Syllable → its characters; ü is written v, and u as well, as people type it."""
    lines = (Path(__file__).parent / "readings.txt").read_text(encoding="utf-8").splitlines()
    table = dict(line.split(" ", 1) for line in lines)
    for syllable in [each for each in table if "v" in each]:
        plain = syllable.replace("v", "u")
        table[plain] = table.get(plain, "") + table[syllable]
    return table


@cache
def _beginning(prefix: str) -> str:
    """The characters of all syllables that begin so."""
    return "".join(characters for syllable, characters in readings().items() if syllable.startswith(prefix))


@cache
def _syllables_of() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for syllable, characters in readings().items():
        for character in characters:
            found[character].append(syllable)
    return {character: tuple(syllables) for character, syllables in found.items()}


@cache
def _blurred(syllable: str) -> str:
    """A syllable without what many speakers do not tell apart: zh z, n l, -ang -an."""
    for one, other in _ALIKE:
        if one == "l" or len(one) == 2:
            syllable = re.sub(f"^{one}", other, syllable)
        else:
            syllable = re.sub(f"{one}$", other, syllable)
    return syllable


@cache
def _blurred_readings() -> dict[str, str]:
    table: dict[str, str] = defaultdict(str)
    for syllable, characters in readings().items():
        table[_blurred(syllable)] += characters
    return table


def sounding_like(character: str, *, blurred: bool) -> str:
    """The characters that may be read like this one, itself among them."""
    syllables = _syllables_of().get(character, ())
    if blurred:
        return "".join(_blurred_readings()[_blurred(syllable)] for syllable in syllables) or character
    return "".join(readings()[syllable] for syllable in syllables) or character


def cuts(letters: str, *, open_end: bool = False) -> list[tuple[str, ...]]:
    """The ways to cut letters into whole syllables; with open_end the last may be a beginning of one."""
    found: list[tuple[str, ...]] = []
    for cut in _cuts(letters, open_end):
        found.append(cut)
        if len(found) == MOST_CUTS:
            break
    return found


def _cuts(letters: str, open_end: bool) -> Iterator[tuple[str, ...]]:
    if not letters:
        yield ()
        return
    table = readings()
    for length in range(min(6, len(letters)), 0, -1):
        if letters[:length] in table and (length > 1 or letters[0] in "aeo"):
            for rest in _cuts(letters[length:], open_end):
                yield (letters[:length], *rest)
    if open_end and len(letters) < 6 and letters not in table and _beginning(letters):
        yield (letters,)


def patterns(
    word: str, known: frozenset[str], *, open_end: bool = False, least: int = 2, blurred: bool = False
) -> list[str]:
    """Regular expressions for the Han characters that a word of pinyin, or of pinyin and Han, may mean.

    dong'an, chengdong, 城dong, cheng东. known: the characters that can come out of it; at least two do,
    unless `least` says otherwise. blurred: with sounds that many do not tell apart (chendong). None when it is no
    pinyin.
    """
    ways: list[list[tuple[str, ...]]] = []
    for run in re.findall(r"[a-z]+|[^a-z]", word.replace("'", "|").replace("-", "|")):
        if run == "|":
            continue
        if not run.isascii():
            ways.append([(run,)])
            continue
        last = open_end and word.endswith(run)
        ways.append(cuts(run, open_end=last))
    made = [tuple(part for parts in way for part in parts) for way in product(*ways)][: 2 * MOST_CUTS]
    may_be = _may_be_about if blurred else _may_be
    classes = [[one_of(may_be(part), known) for part in way] for way in made]
    return ["".join(way) for way in classes if len(way) >= least and all(way)]


def _may_be(part: str) -> str:
    """The characters of a syllable, of a beginning of one, or the character itself."""
    return readings().get(part) or _beginning(part) or part


def _may_be_about(part: str) -> str:
    return _blurred_readings().get(_blurred(part), part) if part in readings() else part


def without_tones(word: str) -> str:
    """cheng2dong1 without its numbers; any other word as it is."""
    return re.sub("[0-5]", "", word) if _TONES.fullmatch(word) else word


def one_of(characters: str, known: frozenset[str]) -> str:
    """A regular expression for one of these characters, as far as they are known; "" for none of them."""
    some = "".join(sorted(known.intersection(characters)))
    return f"[{some}]" if some else ""


def initials_pattern(letters: str, known: frozenset[str]) -> str:
    """A regular expression for the characters whose readings begin with these letters: rsj, zhbgs."""
    classes = [one_of(_beginning(initial), known) for initial in _INITIAL.findall(letters)]
    return "".join(classes) if all(classes) else ""
