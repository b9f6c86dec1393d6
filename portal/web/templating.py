"""How templates look things up, and the marks that they show most often, made once."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask.templating import Environment
from markupsafe import Markup

from portal.web.windows import static_url


class Templates(Environment):
    """Nearly everything that templates are given is a dict, so a name of one is looked for among its keys first."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is not dict:
            return super().getattr(obj, attribute)
        if attribute in obj:
            return obj[attribute]
        return (
            super().getattr(obj, attribute)
            if hasattr(dict, attribute)
            else self.undefined(obj=obj, name=attribute)
        )


def icon(name: str, inline: bool = False) -> Markup:
    """A drawing of the sprite, for eyes alone."""
    return _drawn(static_url("icons.svg"), name, inline)


@lru_cache(maxsize=256)
def _drawn(sprite: str, name: str, inline: bool) -> Markup:
    manner = "icon inline" if inline else "icon"
    drawing = '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>'
    return Markup(drawing).format(manner, sprite, name)  # noqa: S704 - what is filled in is escaped
