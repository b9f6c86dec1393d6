"""What keeps an archive out, in sentences with their cure: Chinese for who corrects the table, English beside it."""

from __future__ import annotations

from collections.abc import Mapping

from portal.domain.archive_columns import CHINESE
from portal.domain.errors import Problem
from portal.text.rows import TableUnreadable

Both = tuple[str, str]

ROWS: Mapping[str, Both] = {
    "missing": ("没有填，补上", "missing; fill it in"),
    "too_long": ("太长，最多 {most} 个字，分成两条或删短", "too long, at most {most} characters; shorten it"),
    "no_such_project": (
        "没有公开的项目叫“{typed}”，写项目编号或完整名称；以前的项目先在年度计划里加上",
        "no public project is called {typed!r}; write its code or its whole name, add older ones to their plan first",
    ),
    "several_projects": (
        "这个名称有几个项目（{codes}），改写项目编号",
        "several projects have this name ({codes}); write the code",
    ),
    "no_such_unit": (
        "没有单位叫“{typed}”，写全称或编号",
        "no unit is called {typed!r}; write its whole name or code",
    ),
    "no_such_milestone": (
        "项目 {project} 没有阶段目标“{typed}”，写序号、名称，或者空着",
        "project {project} has no milestone {typed!r}; write its place, its name, or nothing",
    ),
    "not_a_day": (
        "“{typed}”不是年月日齐全的日期，写成 2024-05-06",
        "{typed!r} is no whole date; write 2024-05-06",
    ),
    "in_the_future": ("“{typed}”还没到，改日期", "{typed!r} is in the future; correct the date"),
    "too_old": (
        "“{typed}”早于 2000 年，编号排不了",
        "{typed!r} is before 2000, for which there are no numbers",
    ),
    "before_the_start": (
        "早于项目开工（{start}），改日期或先改项目的开始日期",
        "before the project began ({start}); correct the date, or the project first",
    ),
    "not_a_percent": ("“{typed}”不是 0 到 100 的整数", "{typed!r} is no whole number from 0 to 100"),
    "too_many_photos": (
        "{has} 张照片，最多 {most} 张，分成两条",
        "{has} photos, at most {most}; make two notes of it",
    ),
    "photo_twice": ("同一张照片写了两遍，去掉一个", "one photo twice; take one out"),
    "not_one_for_each": (
        "照片 {photos} 张，这里 {has} 个，个数要一样",
        "{has} here for {photos} photos; one for each",
    ),
    "number_twice": (
        "编号和第 {other} 行重复，改成不一样的",
        "the same number as row {other}; make it another one",
    ),
    "row_changed": (
        "这一条以前导入过，现在写得不一样。已经公开的用更正来改，这里改回原样",
        "this note is in already and says something else; correct what is public, and put the row back",
    ),
    "formula": ("是公式。选中后复制，粘贴为数值", "a formula; copy it and paste it as a value"),
    "excel_error": ("是 Excel 的错误值，改成文字或空着", "an Excel error; write text or nothing"),
    "cell_too_long": ("太长，Excel 不会写出这样的格子", "longer than Excel lets a cell be"),
    "no_text": ("要写成文字、整数或文字的列表", "must be text, a whole number or a list of texts"),
    "no_folder": (
        "写了照片“{file}”，运行时加 --photos 文件夹",
        "names {file!r}; say where with --photos FOLDER",
    ),
    "outside": ("照片名“{file}”走出了文件夹，写文件夹以下的名字", "{file!r} leads out of the folder"),
    "not_there": (
        "文件夹里没有“{file}”，核对文件名和大小写",
        "the folder has no {file!r}; check name and case",
    ),
    "not_a_file": (
        "“{file}”不是普通文件（快捷方式不行），放文件本身",
        "{file!r} is no plain file; links are not followed",
    ),
    "too_large": ("“{file}”超过 {most} MB，缩小后再放", "{file!r} is larger than {most} MB"),
    "empty": ("“{file}”是空文件", "{file!r} is empty"),
    "not_a_photo": ("“{file}”不是照片", "{file!r} is no photo"),
    "not_this_kind": (
        "“{file}”这种格式不收，存成 JPEG",
        "{file!r} is of a kind we do not take; save it as JPEG",
    ),
    "truncated": ("“{file}”不完整，重新拷贝", "{file!r} is not whole; copy it again"),
    "too_many_pixels": ("“{file}”像素太多，缩小后再放", "{file!r} has too many pixels; make it smaller"),
    "animated": ("“{file}”是动图，存成一张", "{file!r} is animated; save one picture of it"),
    "too_small": ("“{file}”太小或太细长", "{file!r} is too small or too narrow"),
    "too_heavy": (
        "“{file}”打开它要的时间或内存太多，另存为 JPEG",
        "{file!r} takes too much to open; save it as JPEG",
    ),
    "corrupt": ("“{file}”打不开，可能损坏了", "{file!r} cannot be opened; it seems damaged"),
    "file_crashed": (
        "“{file}”打开时出了意外，再试一次，还不行就换一张",
        "{file!r} broke its worker; try once more",
    ),
    "file_set_aside": (
        "“{file}”两次弄坏了照片间，已放到一边",
        "{file!r} broke its worker twice and is set aside",
    ),
    "file_being_worked_on": (
        "“{file}”正在别处处理，五分钟后再试",
        "{file!r} is being worked on; try in five minutes",
    ),
    "darkroom_unavailable": (
        "照片间起不来，`portal doctor` 说为什么",
        "the darkroom does not start; see `portal doctor`",
    ),
}
FILES: Mapping[str, Both] = {
    "unknown_kind": (
        "不认得“{suffix}”，存成 .csv、.xlsx 或 .jsonl",
        "not a .csv, .xlsx or .jsonl: {suffix!r}",
    ),
    "old_excel": (
        "这是旧的 .xls 或加了密码的文件，另存为不加密的 .xlsx",
        "an old .xls, or protected by a password; save it as .xlsx without one",
    ),
    "unknown_characters": (
        "文字编码不是 UTF-8 也不是 GBK，另存为“CSV UTF-8”",
        "neither UTF-8 nor GB18030; save it as CSV UTF-8",
    ),
    "broken_csv": ("第 {line} 行附近的引号不成对：{why}", "quotes do not match near line {line}: {why}"),
    "more_cells_than_headings": (
        "第 {line} 行比表头多出“{text}”，多半是文字里的逗号没加引号",
        "row {line} has {text!r} beyond the headings; quote text that holds commas",
    ),
    "no_headings": (
        "没有表头，先运行 portal import --template 看样子",
        "no headings; see portal import --template",
    ),
    "too_many_columns": ("列太多，最多 {most} 列", "more than {most} columns"),
    "heading_twice": ("“{name}”这一列有两个", "the column {name!r} comes twice"),
    "unknown_heading": (
        "不认得“{name}”这一列，是不是“{near}”？不要的列先删掉",
        "no column is called {name!r} (meant {near!r}?); delete what is not to come in",
    ),
    "line_too_long": ("第 {line} 行太长", "line {line} is too long"),
    "broken_json": ("第 {line} 行不是 JSON：{why}", "line {line} is no JSON: {why}"),
    "no_object": ("第 {line} 行不是一个对象", "line {line} is no object"),
    "too_large": ("文件超过 {most} MB，分成几份", "larger than {most} MB; split it"),
    "too_much_text": (
        "文字超过 {most} 百万字，分成几份或存成 CSV",
        "more than {most} million characters; split it, or save it as CSV",
    ),
    "hostile_excel": (
        "这个 Excel 文件的构造不正常（{why}），不打开",
        "this file is built to do harm ({why}); it is not opened",
    ),
    "broken_excel": ("这个 Excel 文件不完整：{why}", "this file is not whole: {why}"),
}


def both(problem: Problem) -> Both:
    """A problem of a cell."""
    chinese, english = ROWS[problem.code]
    return chinese.format(**problem.facts), english.format(**problem.facts)


def line(place: int, problem: Problem) -> str:
    """One problem on one line of a terminal."""
    chinese, english = both(problem)
    column = CHINESE.get(problem.field, problem.field)
    return f"第 {place} 行「{column}」{chinese}。 (row {place}, {problem.field}: {english})"


def of_file(why: TableUnreadable) -> str:
    """Why a whole file cannot be read."""
    chinese, english = FILES[why.code]
    return f"{chinese.format(**why.facts)} ({english.format(**why.facts)})"
