"""The columns in which old notes are brought in: names, explanations and one example of each."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from portal.text.rows import TableUnreadable


@dataclass(frozen=True, kw_only=True)
class Column:
    """name: as the table shows it, in Chinese; english: the same for programs; must: whether every row has it."""

    name: str
    english: str
    must: bool
    explained: str
    in_english: str
    example: str


COLUMNS = (
    Column(
        name="编号",
        english="number",
        must=True,
        explained="这条在原档案里的编号，一份档案里不能重复，最多 40 个字。没有编号就按顺序写 1、2、3。",
        in_english="the note's own number in the archive, each once; without any, count 1, 2, 3",
        example="简报2024-17",
    ),
    Column(
        name="项目",
        english="project",
        must=True,
        explained="项目编号，或者和公开的完全一样的项目名称。",
        in_english="code of a project, or its name exactly as published",
        example="2024-017",
    ),
    Column(
        name="日期",
        english="date",
        must=True,
        explained="写这条的日子，年月日都要有：2024-05-06、2024年5月6日、2024.5.6 都认。编号按它的年份排。",
        in_english="the day it was written, with its year; the public number is of this year",
        example="2024年5月6日",
    ),
    Column(
        name="单位",
        english="unit",
        must=False,
        explained="报送单位的名称或编号。空着就是项目当时的责任单位。",
        in_english="name or code of the unit that reported; empty: the one that answered for the project then",
        example="",
    ),
    Column(
        name="形象进度",
        english="percent",
        must=True,
        explained="0 到 100 的整数，可以带 %。灯按最近一次进展算，所以和平时报送一样不能空。",
        in_english="0 to 100; lamps are computed from it, so it is needed as in any report",
        example="45%",
    ),
    Column(
        name="阶段目标",
        english="milestone",
        must=False,
        explained="计划里阶段目标的序号或名称。",
        in_english="place or name of a milestone of the plan",
        example="",
    ),
    Column(
        name="做成了什么",
        english="done",
        must=True,
        explained="正文，最多 2000 字。",
        in_english="what was done, up to 2000 characters",
        example="完成挡墙加固 240 米，栽植乔木 60 株。",
    ),
    Column(
        name="问题和困难",
        english="problems",
        must=False,
        explained="最多 2000 字。",
        in_english="problems, up to 2000 characters",
        example="",
    ),
    Column(
        name="下一步",
        english="next_step",
        must=False,
        explained="最多 2000 字。",
        in_english="what comes next, up to 2000 characters",
        example="",
    ),
    Column(
        name="照片",
        english="photos",
        must=False,
        explained="照片文件名，用分号隔开或每行一个，放在旁边的文件夹里，每条最多 20 张。",
        in_english="file names in the folder beside, separated by semicolons or one on each line, up to 20",
        example="2024/17-1.jpg；2024/17-2.jpg",
    ),
    Column(
        name="照片说明",
        english="captions",
        must=False,
        explained="每张照片一句，个数和顺序跟照片一样，最多 120 字。说明里有分号的，每行写一句。",
        in_english="one line for each photo, in the same order, up to 120 characters",
        example="挡墙加固后；新栽的乔木",
    ),
    Column(
        name="拍摄日期",
        english="taken_on",
        must=False,
        explained="一个日期管全部照片，或者每张一个。空着就看照片自带的。",
        in_english="one day for all photos, or one for each; empty: what the files say",
        example="2024-05-05",
    ),
)
BY_NAME = {name: column for column in COLUMNS for name in (column.name, column.english)}
CHINESE = {column.english: column.name for column in COLUMNS}


def heading(written: str) -> str:
    """The English name of a column as somebody wrote it. Raises `TableUnreadable` for one that there is not, because
    what stands under it would be lost."""
    column = BY_NAME.get(written)
    if column is None:
        near = difflib.get_close_matches(written, BY_NAME, n=1, cutoff=0.4)
        raise TableUnreadable("unknown_heading", name=written[:20], near=near[0] if near else "")
    return column.english
