"""Reading a window's HTML as a test: its words, links and attributes."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

from werkzeug.test import TestResponse

VOID = {"meta", "link", "img", "input", "br", "use", "path", "rect", "line", "circle", "polyline", "polygon"}


def words(response: TestResponse) -> str:
    """Everything a reader sees of a page, in one line."""
    html = re.sub(r"<(script|style)\b.*?</\1>", "", response.get_data(as_text=True), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def compact(response: TestResponse) -> str:
    """The same without any space, for sentences that marks cut into pieces."""
    return re.sub(r"\s+", "", words(response))


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def tags(response: TestResponse, name: str) -> list[dict[str, str]]:
    """The attributes of every tag of this name."""
    parser = _Tags()
    parser.feed(response.get_data(as_text=True))
    return [attributes for tag, attributes in parser.found if tag == name]


def links(response: TestResponse) -> set[str]:
    """Every address that a page links to."""
    return {attributes["href"] for attributes in tags(response, "a") if "href" in attributes}


class _Tongue(HTMLParser):
    """Finds Chinese characters that are not marked as Chinese."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.unmarked: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append((tag, dict(attrs).get("lang") or ""))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        said = [lang for _tag, lang in self.open if lang]
        elsewhere = any(tag == "title" for tag, _lang in self.open)
        if re.search("[一-鿿]", data) and said[-1:] != ["zh-CN"] and not elsewhere:
            self.unmarked.append(data.strip())


def unmarked_chinese(response: TestResponse) -> list[str]:
    """Chinese text on a page in another language that does not say that it is Chinese."""
    parser = _Tongue()
    parser.feed(response.get_data(as_text=True))
    return parser.unmarked
