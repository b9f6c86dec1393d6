"""The names there are: of units, towns, projects; their other names; how they sound.

Made from the published record (`portal.record.names`), so nothing that is not public is ever suggested.
What somebody typed is compared with them when the texts themselves do not have it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property, lru_cache
from types import MappingProxyType

from portal.text.fold import folded
from portal.text.forms import DISTRICTS, aliases_of, offices, stems
from portal.text.pinyin import cuts, initials_pattern, one_of, patterns, sounding_like, without_tones
from portal.text.terms import is_han

MOST_FORMS = 12  # that one word of pinyin may mean
MOST_LEFT_OUT = 4  # characters of a name that somebody leaves out in its middle
MOST_LIKE = 30  # names compared letter by letter with a word that is nowhere
LIKE_ENOUGH = 0.55  # share of letters in common with a name that is offered
SHORTEST_BEGINNING = 4  # initials; fewer have to be those of a whole name
MOST_LETTERS = 40  # of pinyin in one word
SHORTEST_WHOLE = 5  # characters of a whole name that is heard before a word is cut into pieces
LONGEST = 24  # characters of a word that is compared by ear or by likeness
_BODIES = ("委员会", "部门", "系统", "局", "委", "办", "站", "中心")  # what a body may be called at its end
_LETTERS = re.compile(r"[a-z]+(?:['-][a-z]+)*")
_MIXED = re.compile(r"(?=.*[a-z])(?=.*[^a-z'])[a-z'\u3400-\u9fff]+")
_AND = re.compile("[与及跟]")
_DISTRICT = re.compile(r"[^\n]{1,8}?([区县市])([^\n]{2,})")


@dataclass(frozen=True)
class Name:
    """A name as it is written; kind: of what (`unit`, `project`, `category`, `alias`); item: its key or ""."""

    text: str
    kind: str = ""
    item: str = ""


class Names:
    """Safe to share by threads; never changes."""

    def __init__(
        self,
        names: Iterable[Name] = (),
        *,
        groups: Iterable[Sequence[str]] = (),
        labels: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
    ) -> None:
        """groups: names that mean the same, each group as many as there are. labels: for a facet, the names
        of its values where those are codes."""
        self.all = tuple(dict.fromkeys(names))
        self.groups = tuple(tuple(group) for group in groups)
        bureaus = (offices(folded(name.text)) for name in self.all if name.kind == "unit")
        self.aliases = aliases_of([*self.groups, *filter(None, bureaus)])
        self.labels = {
            facet: {value: folded(label) for value, label in values.items()}
            for facet, values in labels.items()
        }

    def __repr__(self) -> str:
        return f"<{len(self.all)} names, {len(self.aliases)} aliases>"

    @cached_property
    def _forms(self) -> tuple[str, ...]:
        """Every form once, folded."""
        forms: dict[str, None] = {}
        for name in self.all:
            form = folded(name.text)
            forms.update(dict.fromkeys([form, *stems(form)]))
        return tuple(dict.fromkeys([*forms, *self.aliases]))

    @cached_property
    def _lines(self) -> str:
        return "\n".join(self._forms)

    @cached_property
    def _unit_lines(self) -> str:
        return "\n".join(stem for form in self._units for stem in (form, *stems(form)))

    @cached_property
    def _units(self) -> tuple[str, ...]:
        return tuple(folded(name.text) for name in self.all if name.kind == "unit")

    @cached_property
    def _whole(self) -> frozenset[str]:
        return frozenset(self._forms)

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(filter(is_han, self._lines))

    @cached_property
    def _by_pair(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number, form in enumerate(self._forms):
            for pair in {form[i : i + 2] for i in range(len(form) - 1)}:
                found.setdefault(pair, []).append(number)
        return found

    @cached_property
    def _paged(self) -> dict[str, list[int]]:
        """For every form, the names with a page of their own that have it."""
        found: dict[str, list[int]] = {}
        for number, name in enumerate(self.all):
            if name.item:
                for form in dict.fromkeys((whole := folded(name.text), *stems(whole))):
                    found.setdefault(form, []).append(number)
        return found

    def label(self, facet: str, value: str) -> str:
        """The folded name of a facet value."""
        return self.labels.get(facet, {}).get(value) or folded(value)

    def spoken(self, word: str) -> tuple[str, ...]:
        """What a folded word of pinyin, of initials or of pinyin and Han means among the names."""
        word = without_tones(word)
        letters = _LETTERS.fullmatch(word) is not None
        if len(word) > MOST_LETTERS or not (letters or _MIXED.fullmatch(word)):
            return ()
        for open_end in (False, True):
            found = self._matching(tuple(patterns(word, self._known, open_end=open_end)))
            if found:
                return found
        return self._by_initials(word) if letters and word.isalpha() else ()

    def is_pinyin(self, word: str) -> bool:
        """Whether these letters are whole syllables."""
        return len(word) <= MOST_LETTERS and word.isascii() and word.isalpha() and bool(cuts(word))

    def _sounding(self, letters: str) -> tuple[str, ...]:
        """The beginnings of forms that may be read so, one character or two letters of initials included."""
        if len(letters) < 2 or not letters.isascii() or not letters.isalpha():
            return ()
        single = patterns(letters, self._known, open_end=True, least=1)
        expressions = [*single, initials_pattern(letters, self._known)]
        return self._matching(tuple(f"(?m)^{expression}" for expression in expressions if expression))

    def _matching(self, expressions: tuple[str, ...]) -> tuple[str, ...]:
        found: Counter[str] = Counter()
        for expression in expressions:
            found.update(_compiled(expression).findall(self._lines))
        return tuple(form for form, _ in sorted(found.items(), key=lambda f: (-f[1], f[0]))[:MOST_FORMS])

    def _by_initials(self, word: str) -> tuple[str, ...]:
        if not 2 <= len(word) <= LONGEST:
            return ()
        end, expression = "" if len(word) >= SHORTEST_BEGINNING else "$", initials_pattern(word, self._known)
        return self._matching((f"(?m)^{expression}{end}",) if expression else ())

    def heard(self, word: str) -> tuple[str, ...]:
        """Parts of names that sound like a folded word: 城栋 for 城东; what sounds alike (chendong) only where nothing
        sounds the same."""
        if self.is_pinyin(word):
            return self._misspelt(word)
        if not 2 <= len(word) <= LONGEST or not all(map(is_han, word)):
            return ()
        for blurred in (False, True):
            classes = [one_of(sounding_like(c, blurred=blurred), self._known) for c in word]
            anchor = "(?m)^" if len(word) == 2 else ""  # two characters inside a name may be of two words
            expressions = (anchor + "".join(classes),) if all(classes) else ()
            found = tuple(form for form in self._matching(expressions) if form != word)
            if found:
                return found
        return ()

    def nearly(self, word: str) -> tuple[str, ...]:
        """Whole names, of five characters or more, that a folded word is but for what sounds the same."""
        if len(word) < SHORTEST_WHOLE:
            return ()
        return tuple(form for form in self.heard(word) if form in self._whole)

    def with_and(self, word: str) -> tuple[str, ...]:
        """The name that a folded word is with another word for 和: 人力资源与社会保障局."""
        called = _AND.sub("和", word)
        return (called,) if called != word and called in self._whole else ()

    def _misspelt(self, letters: str) -> tuple[str, ...]:
        """The beginnings of names that pinyin with a wrong -n or -ng, z or zh may mean."""
        blurred = patterns(letters, self._known, blurred=True)
        return self._matching(tuple(f"(?m)^{expression}" for expression in blurred))

    def shortened(self, word: str) -> tuple[str, ...]:
        """The one unit whose name a folded word is with something left out: 教育局 for 区教育和体育局."""
        if not 3 <= len(word) < LONGEST or not all(map(is_han, word)):
            return ()
        found = self._shortened(word, among=self._unit_lines)
        return (
            found
            if len({form.removeprefix(form[:1] if form[0] in DISTRICTS else "") for form in found}) == 1
            else ()
        )

    def abridged(self, word: str) -> tuple[str, ...]:
        """Parts of names that a folded word is without a piece of their middle: 污水厂 for 污水处理厂."""
        if not 3 <= len(word) <= LONGEST // 2 or not all(map(is_han, word)):
            return ()
        first = 1 if len(word) > MOST_LEFT_OUT else 2
        gaps = (
            f"{word[:place]}[^\n]{{1,{MOST_LEFT_OUT}}}?{word[place:]}" for place in range(first, len(word))
        )
        return self._matching(tuple(gaps))

    def has(self, word: str) -> bool:
        """Whether a folded word is part of a name."""
        return "\n" not in word and word in self._lines

    def longest_at(self, text: str, place: int, *, part: int) -> int:
        """How many characters of a folded text, from this place, are a name or a part of one of at least so many; 0
        for none."""
        if text[place : place + 2] not in self._by_pair:
            return 0
        for length in range(min(len(text) - place, LONGEST), 1, -1):
            piece = text[place : place + length]
            if piece in self._whole or (length >= part and self.has(piece)):
                return length
        return 0

    def without_district(self, word: str) -> tuple[str, ...]:
        """清河区水务局 is what is called 区水务局 here."""
        cut = _DISTRICT.fullmatch(word)
        forms = (f"{cut[1]}{cut[2]}", cut[2]) if cut else ()
        return tuple(form for form in forms if form in self._whole)[:1]

    def near(self, word: str, *, limit: int = 3) -> tuple[str, ...]:
        """Names that look like a folded word, or of which it may be short: 住建局 for 住房和城乡建设局."""
        if not 2 <= len(word) <= LONGEST:
            return ()
        short = self._shortened(word) if len(word) < 7 and all(map(is_han, word)) else ()
        likely = self._sharing_characters(word) if len(word) <= 4 else self._sharing_pairs(word)
        rated = [(SequenceMatcher(None, word, form, autojunk=False).ratio(), form) for form in likely]
        good = [form for rate, form in sorted(rated, key=lambda r: (-r[0], r[1])) if rate >= LIKE_ENOUGH]
        return tuple(form for form in dict.fromkeys([*short, *good]) if form != word)[:limit]

    def _sharing_pairs(self, word: str) -> list[str]:
        shared = Counter(n for i in range(len(word) - 1) for n in self._by_pair.get(word[i : i + 2], ()))
        return [self._forms[number] for number, _ in shared.most_common(MOST_LIKE)]

    def _sharing_characters(self, word: str) -> list[str]:
        """Short names of about the length of a short word, all but one of whose characters they have."""
        needed, characters = len(word) - 1, set(word)
        near = (form for form in self._forms if abs(len(form) - len(word)) <= 1)
        return [form for form in near if len(characters.intersection(form)) >= needed][:MOST_LIKE]

    def called(self, word: str, *, limit: int = 3) -> list[Name]:
        """The names, with a page of their own, that a folded word is: as written, by another name, by its sound."""
        forms = {*self.aliases.get(word, (word,)), *self.spoken(word)}
        found = sorted({number for form in forms for number in self._paged.get(form, ())})
        return [self.all[number] for number in found[:limit]]

    def begun_other(self, word: str) -> tuple[str, ...]:
        """Other names that begin so: 住建局 for 住建."""
        return tuple(form for form in self.aliases if len(word) > 1 and form.startswith(word))

    def is_name(self, form: str) -> bool:
        """Whether a folded text is a whole name, or one of its shorter forms."""
        return form in self._whole

    def renamed(self, word: str) -> tuple[str, ...]:
        """The body that goes by another ending here: 卫健局 for 卫健委, 住建局 for 住建部门."""
        stem = next((word.removesuffix(end) for end in _BODIES if word.endswith(end)), "")
        forms = (f"{stem}{end}" for end in _BODIES) if len(stem) >= 2 else ()
        return tuple(form for form in forms if form != word and form in self._whole)[:1]

    def _shortened(self, word: str, *, among: str | None = None) -> tuple[str, ...]:
        """Names that begin and end as the word does and have its characters in this order."""
        between = "[^\n]{0,6}?".join(map(re.escape, word))
        found = _compiled(f"(?m)^[区县市]?({between})$").findall(self._lines if among is None else among)
        return tuple(sorted(found, key=len))

    def begun(self, typed: str, *, limit: int = 8) -> list[Name]:
        """Suggestions for what is being typed: names that begin so, then those that contain it, then by sound."""
        form = folded(typed).strip()
        if not form:
            return []
        parts = {*self.spoken(form), *self._sounding(form)}
        rated = [(rank, name) for name in self.all if (rank := _rank(name, form, parts)) is not None]
        rated.sort(key=lambda pair: (pair[0], pair[1].kind == "alias", len(pair[1].text), pair[1].text))
        return list(_once(name for _rated, name in rated))[:limit]


def _once(names: Iterable[Name]) -> Iterator[Name]:
    seen: set[str] = set()
    for name in names:
        if name.text not in seen:
            seen.add(name.text)
            yield name


def _rank(name: Name, form: str, parts: set[str]) -> int | None:
    text = folded(name.text)
    if text.startswith(form) or any(stem.startswith(form) for stem in stems(text)):
        return 0
    if form in text:
        return 1
    if any(part in text for part in parts):
        return 2 if any(text.startswith(part) for part in parts) else 3
    return None


@lru_cache(maxsize=256)
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression)


NO_NAMES = Names()
