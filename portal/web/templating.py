"""How templates are compiled and look things up, and the marks that they show most often, made once."""

from __future__ import annotations

from functools import lru_cache
from types import FunctionType
from typing import Any, ClassVar

from flask.templating import Environment
from jinja2 import nodes
from jinja2.bccache import Bucket, BytecodeCache
from jinja2.runtime import Context, Macro
from jinja2.utils import internalcode
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from portal.web.language import CHINESE, in_words
from portal.web.windows import static_url


class Calling(Context):
    """What a template sees. What is called most, macros and plain functions, is not asked each time whether it wants to
    be given this too."""

    @internalcode
    def call(__self, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 - as Jinja's, which may be given `self`
        kind = type(__obj)
        if kind is Macro:
            args = (__self.eval_ctx, *args)
        elif kind is not FunctionType or hasattr(__obj, "jinja_pass_arg"):
            return super().call(__obj, *args, **kwargs)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        return __obj(*args, **kwargs)


class Templates(Environment):
    """Templates in one language: their sentences are looked up when they are compiled, not when they are shown."""

    context_class = Calling
    language = CHINESE

    def speaking(self, language: str) -> Templates:
        """The same templates in another language, with everything that these know."""
        others = self.overlay()
        assert isinstance(others, Templates)
        others.language, others.bytecode_cache = language, CompiledOnce(language)
        return others

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        _Sentences(self.language).visit(source)
        return super()._generate(source, name, filename, defer_init)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Nearly everything that templates are given is a dict, so a name of one is looked for among its keys first."""
        if type(obj) is not dict:
            return super().getattr(obj, attribute)
        if attribute in obj:
            return obj[attribute]
        return (
            super().getattr(obj, attribute)
            if hasattr(dict, attribute)
            else self.undefined(obj=obj, name=attribute)
        )


class _Sentences(NodeTransformer):
    """`_("…")` without values becomes what it says."""

    def __init__(self, language: str) -> None:
        self._language = language

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - the name is Jinja's
        self.generic_visit(node)
        said = isinstance(node.node, nodes.Name) and node.node.name == "_"
        alone = len(node.args) == 1 and not (node.kwargs or node.dyn_args or node.dyn_kwargs)
        if not (said and alone and isinstance(node.args[0], nodes.Const)):
            return node
        text = str(in_words(self._language, node.args[0].value))
        return nodes.MarkSafe(nodes.Const(text, lineno=node.lineno), lineno=node.lineno)


class CompiledOnce(BytecodeCache):
    """Applications of one process share their compiled templates; a changed template is compiled anew."""

    _compiled: ClassVar[dict[str, bytes]] = {}

    def __init__(self, language: str) -> None:
        self._language = language

    def load_bytecode(self, bucket: Bucket) -> None:
        if (code := self._compiled.get(self._name(bucket))) is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[self._name(bucket)] = bucket.bytecode_to_string()

    def _name(self, bucket: Bucket) -> str:
        return f"{self._language} {bucket.key} {bucket.checksum}"


def icon(name: str, inline: bool = False) -> Markup:
    """A drawing of the sprite, for eyes alone."""
    return _drawn(static_url("icons.svg"), name, inline)


@lru_cache(maxsize=256)
def _drawn(sprite: str, name: str, inline: bool) -> Markup:
    manner = "icon inline" if inline else "icon"
    drawing = '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>'
    return Markup(drawing).format(manner, sprite, name)  # noqa: S704 - what is filled in is escaped
