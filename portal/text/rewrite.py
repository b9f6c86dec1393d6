"""Writing a query anew as its author would: with a word taken literally, or with another word in its place."""

from __future__ import annotations

from portal.text.fold import folded_with_offsets


def literally(text: str, word: str) -> str:
    """The query as typed, with a folded word of it in quotes; its pieces each, when it was typed apart."""
    place = _place(text, word)
    if place is None:
        return text
    typed = text[slice(*place)]
    quoted = " ".join(f'"{piece}"' for piece in (typed.split() if " " in word else [typed]))
    return _put(text, place, quoted)


def instead(text: str, word: str, form: str) -> str:
    """The query as typed, with another form in the place of a folded word of it."""
    place = _place(text, word)
    return text if place is None else " ".join((text[: place[0]] + form + text[place[1] :]).split())


def _place(text: str, word: str) -> tuple[int, int] | None:
    """Where a folded word stands in a query as typed; spaces inside it do not matter."""
    whole, offsets = folded_with_offsets(text)
    letters = [
        (character, offset) for character, offset in zip(whole, offsets, strict=True) if character != " "
    ]
    bare, wanted = "".join(character for character, _ in letters), word.replace(" ", "")
    at = bare.find(wanted)
    return None if at < 0 or not wanted else (letters[at][1], letters[at + len(wanted) - 1][1] + 1)


def _put(text: str, place: tuple[int, int], quoted: str) -> str:
    return " ".join(f"{text[: place[0]]} {quoted} {text[place[1] :]}".split())
