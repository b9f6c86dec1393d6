"""Pieces of pages that follow from one version of an item, which never changes: put together once for every language.

So a page that one new note has touched is put together from its old pieces and one new one. A piece is only ever shown
for a version that the page itself has found standing, so what is destroyed is not shown again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import cast

from flask import current_app
from markupsafe import Markup

from portal.web.language import current
from portal.web.windows import as_of

MOST = 1024  # some 4 kB each


class Pieces:
    """Of one application, the least recently used out first; safe for threads."""

    def __init__(self, most: int = MOST) -> None:
        self._kept: OrderedDict[Hashable, Markup] = OrderedDict()
        self._most, self._lock = most, threading.Lock()

    def of(self, key: Hashable, made: Callable[[], str]) -> Markup:
        with self._lock:
            if (kept := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
                return kept
        piece = Markup(made())  # noqa: S704 - a template made it
        with self._lock:
            self._kept[key] = piece
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return piece


def piece(key: tuple[Hashable, ...], made: Callable[[], str]) -> Markup:
    """key: the version, and all else that the piece follows from besides the language and the day looked back to."""
    pieces = cast(Pieces, current_app.extensions.setdefault("pieces", Pieces()))
    return pieces.of((*key, current(), as_of()), made)
