"""The floors: what anything made with Flask costs.

`application` is a bare Flask application whose views return constants, one for each size in BENCH_SIZES; it is served
by the same server with the same settings as the portal. `rendering` is beside first renderings: one query, one
template.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable

from flask import Flask, render_template
from jinja2 import DictLoader

CARDS = 38  # on the page of `rendering`, which has about 20 kB

application = Flask("floor")


def _constant(size: int) -> Callable[[], bytes]:
    body = b"x" * size
    return lambda: body


for _size in {int(size) for size in os.environ.get("BENCH_SIZES", "").split(",") if size}:
    application.add_url_rule(f"/{_size}", endpoint=f"constant-{_size}", view_func=_constant(_size))


def rendering(database: str) -> Flask:
    """One view that reads some projects from the record's shelf with one query and shows them as cards, as the
    documentation of Flask would have it written: rows by name, addresses by `url_for`."""
    app = Flask("floor-rendering")
    app.jinja_loader = DictLoader({"cards.html": _PAGE})
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row

    @app.get("/")
    def cards() -> str:
        rows = connection.execute(_QUERY, (CARDS,)).fetchall()
        return render_template("cards.html", projects=rows)

    app.add_url_rule("/<path:item>", endpoint="project", view_func=lambda item: item)
    return app


_QUERY = """
SELECT item, title, category, unit, town, year, dated FROM record_shelf
WHERE latest = 1 AND kind = 'project' ORDER BY dated DESC, seq DESC LIMIT ?
"""

_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>项目</title>
<link rel="stylesheet" href="/static/style.css"></head><body>
<header><h1>项目</h1><p>共 {{ projects|length }} 项</p></header><main><ul class="wall">
{% for project in projects %}
<li class="card"><div class="mount"><img src="/media/{{ project.item }}.jpg"
srcset="/media/{{ project.item }}-240.jpg 240w, /media/{{ project.item }}-480.jpg 480w"
width="480" height="360" alt="{{ project.title }}" loading="lazy" decoding="async"></div>
<h3><a href="{{ url_for('project', item=project.item) }}">{{ project.title }}</a></h3>
<p><time datetime="{{ project.dated }}">{{ project.dated }}</time><span>{{ project.town }}</span>
{% if project.unit %}<span>{{ project.unit }}</span>{% endif %}
<span class="lamp">{{ project.category }}</span> {{ project.year }} 年</p></li>
{% endfor %}
</ul></main></body></html>
"""
