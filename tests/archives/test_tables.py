"""Tables from outside: what people save is read, what is built to do harm is refused in a word."""

from __future__ import annotations

import io
import random
import zipfile

import pytest

from portal.adapters.table_files import open_table
from portal.adapters.xlsx_writing import workbook
from portal.cli.import_template import template
from portal.cli.import_words import FILES, ROWS, of_file
from portal.domain.archive_columns import COLUMNS, heading
from portal.imaging.developed import Refusal
from portal.text.rows import TableUnreadable

HEAD = [column.name for column in COLUMNS]
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def read(path):
    return list(open_table(path).rows(heading))


def excel(path, *, sheet: str = "", **parts: str):
    """A workbook whose first sheet holds this XML; parts of other names are put in or replaced."""
    made = io.BytesIO(workbook({"旧档案": [HEAD]}))
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if sheet and name == "xl/worksheets/sheet1.xml":
                text = text.replace("</sheetData>", f"{sheet}</sheetData>")
            new.writestr(name, parts.pop(name, text))
        for name, text in parts.items():
            new.writestr(name, text)
    return path


def refused(path) -> TableUnreadable:
    with pytest.raises(TableUnreadable) as why:
        read(path)
    assert of_file(why.value)
    return why.value


@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl"])
def test_a_template_is_a_table_without_notes(tmp_path, kind):
    path = tmp_path / f"t.{kind}"
    path.write_bytes(template(kind))
    assert read(path) == []


@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl"])
def test_the_example_of_a_template_can_be_made_a_note(tmp_path, kind):
    path = tmp_path / f"t.{kind}"
    data = template(kind)
    if kind == "xlsx":
        path.write_bytes(workbook({"旧档案": [HEAD, [column.example for column in COLUMNS]]}))
    else:
        head, _, tail = data.decode("utf-8-sig").rstrip().rpartition("# ")
        path.write_text(head + tail, encoding="utf-8")
    (row,) = read(path)
    assert row.cells["number"] == "简报2024-17"
    assert row.cells["photos"].replace("\n", "；") == "2024/17-1.jpg；2024/17-2.jpg"


def test_excel_days_and_percentages_are_read_as_they_are_shown(tmp_path):
    styles = (
        f'<styleSheet {MAIN}><numFmts><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/>'
        '</numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="176"/><xf numFmtId="9"/><xf numFmtId="14"/></cellXfs></styleSheet>'
    )
    cells = (
        '<row r="7"><c r="A7"><v>17</v></c><c r="C7" s="1"><v>45418</v></c><c r="E7" s="2"><v>0.45</v></c>'
        '<c r="L7" s="3"><v>45417.5</v></c></row>'
    )
    path = excel(tmp_path / "t.xlsx", sheet=cells, **{"xl/styles.xml": styles})
    (row,) = read(path)
    assert row.place == 7
    assert row.cells == {"number": "17", "date": "2024-05-06", "percent": "45%", "taken_on": "2024-05-05"}


def test_shared_strings_come_without_their_readings(tmp_path):
    strings = f"<sst {MAIN}><si><r><t>挡墙</t></r><r><t>加固</t></r><rPh><t>dǎng</t></rPh></si></sst>"
    path = excel(
        tmp_path / "t.xlsx",
        sheet='<row r="2"><c r="G2" t="s"><v>0</v></c></row>',
        **{"xl/sharedStrings.xml": strings},
    )
    assert read(path)[0].cells == {"done": "挡墙加固"}


def test_a_formula_is_named_and_never_taken(tmp_path):
    cells = (
        '<row r="2"><c r="A2"><f>HYPERLINK("http://x")</f><v>1</v></c><c r="G2" t="e"><v>#REF!</v></c></row>'
    )
    (row,) = read(excel(tmp_path / "t.xlsx", sheet=cells))
    assert row.cells == {}
    assert row.faults == {"number": "formula", "done": "excel_error"}


def test_entities_are_refused_before_any_is_read(tmp_path):
    evil = f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><sst {MAIN}><si><t>&a;</t></si></sst>'
    why = refused(excel(tmp_path / "t.xlsx", **{"xl/sharedStrings.xml": evil}))
    assert (why.code, why.facts["why"]) == ("hostile_excel", "doctype")


def test_a_part_that_grows_beyond_reason_is_refused(tmp_path):
    bomb = f"<sst {MAIN}>" + " " * (40 << 20) + "</sst>"
    assert refused(excel(tmp_path / "t.xlsx", **{"xl/sharedStrings.xml": bomb})).facts["why"] == "size"


def test_one_tag_and_one_row_may_not_grow_without_end(tmp_path):
    noise = "".join(random.Random(1).choices("abcdefghij", k=5 << 20))
    tag = f'<row r="2"><c r="A2" x="{noise}"/></row>'
    assert refused(excel(tmp_path / "t.xlsx", sheet=tag)).facts["why"] == "tag"
    row = f'<row r="2"><c r="A2" t="str"><v>{noise[: 2 << 20]}</v></c></row>'
    assert refused(excel(tmp_path / "r.xlsx", sheet=row)).facts["why"] == "row"


def test_what_is_no_excel_is_refused(tmp_path):
    (tmp_path / "t.xlsx").write_bytes(b"PK\x03\x04 and then nothing")
    assert refused(tmp_path / "t.xlsx").code == "broken_excel"
    (tmp_path / "o.xlsx").write_bytes(b"\xd0\xcf\x11\xe0 with a password")
    assert refused(tmp_path / "o.xlsx").code == "old_excel"
    (tmp_path / "t.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    assert refused(tmp_path / "t.xls").code == "old_excel"


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("t.csv", "编号,项木\n1,2\n", "unknown_heading"),
        ("t.csv", "编号,编号\n1,2\n", "heading_twice"),
        ("t.csv", '编号,项目\n1,"没有收尾\n', "broken_csv"),
        ("t.csv", "编号,项目\n1,2,多出来的\n", "more_cells_than_headings"),
        ("t.csv", "\n\n", "no_headings"),
        ("t.jsonl", '{"编号": 1\n', "broken_json"),
        ("t.jsonl", '{"编号": 1, "编号": 2}\n', "broken_json"),
        ("t.jsonl", "[1]\n", "no_object"),
        ("t.jsonl", "[" * 100_000 + "\n", "broken_json"),
        ("t.doc", "", "unknown_kind"),
    ],
)
def test_a_table_that_would_lose_something_is_refused_in_words(tmp_path, name, data, code):
    (tmp_path / name).write_text(data, encoding="utf-8")
    assert refused(tmp_path / name).code == code


def test_bytes_of_no_writing_are_refused(tmp_path):
    (tmp_path / "t.csv").write_bytes(b"\xff\xff\x80\x80")
    assert refused(tmp_path / "t.csv").code == "unknown_characters"


def test_a_heading_that_is_nearly_right_is_asked_for(tmp_path):
    (tmp_path / "t.csv").write_text("编号,做成什么\n1,2\n", encoding="utf-8")
    assert refused(tmp_path / "t.csv").facts["near"] == "做成了什么"


def test_semicolons_and_tabs_separate_too(tmp_path):
    for separator in ";\t":
        (tmp_path / "t.csv").write_text(f"number{separator}Next Step\n1{separator}铺路\n", encoding="utf-8")
        assert read(tmp_path / "t.csv")[0].cells == {"number": "1", "next_step": "铺路"}


def test_every_refusal_of_a_photo_has_its_sentence():
    assert {refusal.value for refusal in Refusal} <= set(ROWS)
    assert all(chinese and english for chinese, english in (*ROWS.values(), *FILES.values()))
