"""How a text is spelt for OpenSearch: ready tokens with spaces between them, so that its analyser only splits.

Two fields. `terms` answers "which items, and how often": the terms of `portal.text.terms`, with every Han
character besides. `said` answers "literally this": one token for each Han character, run of letters and
any other sign, so that a phrase query over it is exactly `portal.text.terms.contains`; a number is put in
marks of its beginning and its end, which keep 10 from being found in 210 or in 2.10.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator

from portal.text.characters import HAN, LETTER, NUMBER
from portal.text.terms import is_han, terms

LONGEST = 100  # characters; the analyser would cut a token at 255
NUMBER_BEGINS, NUMBER_ENDS = "_<", "_>"
_SIGN = re.compile(rf"(?P<han>[{HAN}])|(?P<run>{LETTER}+)|(?P<number>{NUMBER})|(?P<other>.)", re.DOTALL)
_IN_NUMBER = re.compile(r"[0-9]+|\.")
_HAN_CHARACTER = re.compile(f"[{HAN}]")


def spelt_term(term: str) -> str:
    """A term as one token of the field `terms`."""
    return term if len(term) <= LONGEST else f"_{hashlib.sha256(term.encode()).hexdigest()}"


def spelt_terms(*parts: tuple[str, int]) -> str:
    """The field `terms` of an item, from its folded texts and how often each counts."""
    return " ".join(term for text, weight in parts for term in [*_counted(text)] * weight)


def _counted(text: str) -> Iterator[str]:
    for term in terms(text):
        if len(term) > 1 or not is_han(term):  # a Han character alone is counted at all its places
            yield spelt_term(term)
    yield from _HAN_CHARACTER.findall(text)


def spelt(text: str) -> str:
    """A folded text or phrase as the field `said` has it."""
    return " ".join(_said(text))


def _said(text: str) -> Iterable[str]:
    for sign in _SIGN.finditer(text):
        if sign["han"]:
            yield sign["han"]
        elif sign["run"]:
            yield spelt_term(sign["run"])
        elif sign["number"]:
            yield NUMBER_BEGINS
            yield from (
                _other(part) if part == "." else spelt_term(part)
                for part in _IN_NUMBER.findall(sign["number"])
            )
            yield NUMBER_ENDS
        else:
            yield _other(sign["other"])


def _other(character: str) -> str:
    """Spaces and signs by their number: nothing an analyser could take for a gap."""
    return f"_{ord(character):x}"
