"""Two languages: Chinese is written in the source, English comes from `translations/en/*.po`.

English addresses are the same with `/en` in front. The front strips it into SCRIPT_NAME, so every
`url_for` stays in the reader's language by itself.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from markupsafe import Markup, escape

TRANSLATIONS = Path(__file__).parents[2] / "translations"
ENGLISH = "en"
CHINESE = "zh-CN"
ONE = "one"  # the context, in PO files, of what English says of a single thing


# A page asks some 500 times; looking it up in the request each time was a tenth of the page's cost.
_spoken: ContextVar[str] = ContextVar("language", default=CHINESE)


def current() -> str:
    """The language of this request, `zh-CN` or `en`; Chinese outside of one."""
    return _spoken.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Everything said inside the block is said in this language."""
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def window_path(path: str) -> str:
    """An address of ours in the reader's language."""
    return f"/en{path}" if current() == ENGLISH else path


@cache
def english() -> gettext.NullTranslations:
    """All English words, read from the PO files once."""
    whole = Catalog(locale="en")
    for file in sorted((TRANSLATIONS / "en").glob("*.po")):
        for message in read_po(io.BytesIO(file.read_bytes()), locale="en", abort_invalid=True):
            if message.id and message.string:
                whole.add(message.id, message.string, context=message.context)
    compiled = io.BytesIO()
    write_mo(compiled, whole)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _(message: str, **values: Any) -> str:
    """The message in the reader's language, with `%(name)s` filled in."""
    text = _said(current(), message, one=_is_one(values))
    return text % values if values else text


def _is_one(values: dict[str, Any]) -> bool:
    """Whether a sentence speaks of a single thing, which Chinese says like many and English does not."""
    return str(values.get("n", "")) == "1"


@cache
def _said(language: str, message: str, *, one: bool) -> str:
    if language != ENGLISH:
        return message
    single = english().pgettext(ONE, message) if one else message
    return english().gettext(message) if single == message else single


def _ngettext(one: str, many: str, count: int) -> str:
    return english().ngettext(one, many, count) if current() == ENGLISH else one


def install(app: Flask) -> None:
    """Teach the templates to speak."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: english().gettext(message) if current() == ENGLISH else message,
        _ngettext,
        newstyle=True,
    )
    app.jinja_env.globals["_"] = app.jinja_env.globals["gettext"] = _in_template


@cache
def _marked(language: str, message: str, *, one: bool = False) -> Markup:
    return Markup(_said(language, message, one=one))  # noqa: S704 - our own sentences


def in_words(language: str, message: str) -> Markup:
    """A sentence of a template that has no values; `%` is written `%%` with and without them."""
    text = _marked(language, message)
    return text % {} if "%" in text else text


def _in_template(message: str, **values: Any) -> Markup:
    """`_` as templates know it: values are escaped."""
    if not values:
        return in_words(current(), message)
    escaped = {name: value if type(value) is int else escape(value) for name, value in values.items()}
    text = _marked(current(), message, one=_is_one(values))
    return Markup(str.__mod__(text, escaped))  # noqa: S704 - our own, and what is escaped
