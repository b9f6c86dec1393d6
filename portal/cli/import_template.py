"""Templates of tables in which old notes are brought in: one example and an explanation of each column."""

from __future__ import annotations

import csv
import io
import json

from portal.adapters.xlsx_writing import workbook
from portal.domain.archive_columns import COLUMNS

LIST = ("photos", "captions")


def template(kind: str) -> bytes:
    """The bytes of a template. What begins with # is not brought in, so the example can stay."""
    example = [("# " if at == 0 else "") + column.example for at, column in enumerate(COLUMNS)]
    headings = [column.name for column in COLUMNS]
    if kind == "xlsx":
        explained = [["列", "英文名", "要不要填", "怎么填", "in English"], *_explained()]
        return workbook({"旧档案": [headings, example], "怎么填": explained})
    if kind == "csv":
        told = [[f"# {name}（{english}）{must}：{said}"] for name, english, must, said, _ in _explained()]
        return _csv([*told, headings, example])
    told_lines = [
        f"# {name} / {english} {must}: {said} {also}" for name, english, must, said, also in _explained()
    ]
    filled = {
        column.english: column.example.split("；") if column.english in LIST else column.example
        for column in COLUMNS
        if column.example
    }
    return "\n".join([*told_lines, "# " + json.dumps(filled, ensure_ascii=False), ""]).encode()


def _explained() -> list[list[str]]:
    return [
        [each.name, each.english, "必填" if each.must else "可空", each.explained, each.in_english]
        for each in COLUMNS
    ]


def _csv(rows: list[list[str]]) -> bytes:
    """With the mark that makes Excel read it as UTF-8."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8-sig")
