"""What people write: site notes, reasons for a return, corrections and reasons for a withdrawal.

Everything is composed from the banks in notes.toml. Quantities follow from the project: what a note
says was done is the reported percent of the project's own measure.
"""

from __future__ import annotations

import calendar
import datetime as dt
import random
import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from portal.demo.phrasing import expand, stem
from portal.demo.projects import MilestoneSpec, ProjectSpec

MIN_CHARACTERS, MAX_CHARACTERS = 60, 160
_LATE_FROM = 5  # percentage points from which a note gives the reason
_BANKS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("notes.toml").read_text(encoding="utf-8"))
_COMMON: dict[str, list[str]] = _BANKS["common"]
_NUMBER = re.compile(r"(?<![\d.])[1-9]\d{0,4}(?![\d.月日%])")
_DAY = re.compile(r"(\d{1,2})月(\d{1,2})日")

RETURN_REASONS = (
    "第{1-4}张太暗，看不清{做到哪一步|接缝|编号}。白天重拍这一张就行",
    "第{1-4}张和上个月那张角度差太多，没法对照。请站回原来的位置拍",
    "文字写完成{24-46}%，照片里看着不到，请核对后改一处",
    "少一张全景，只有局部，看不出整体进度",
    "第{1-3}张拍到了路人的正脸，换一张或者退后几步重拍",
    "照片说明写反了，第1张和第2张对调",
    "工程量没有写单位，{12-96}是米还是平方米",
    "存在的问题写了“有困难”，请写清是什么、卡在谁那里",
    "第{1-4}张像是拍的屏幕，请传原片",
    "下一步没有写日期，请补上打算哪天做完",
    "照片时间是上个月{3-27}日，这个月的请补{1-2}张",
    "第{1-4}张镜头有水渍，擦一擦再拍",
    "里面有工人没戴安全帽，请先整改，改好再拍",
    "这张是别的标段，请换成本项目的",
)
WITHDRAWAL_REASONS = (
    "拍到了路人的正脸",
    "拍到了住户的门牌和屋内",
    "照片里有车牌，看得清号码",
    "重复公开，和上一条是同一张照片",
    "照片放错了项目，应在相邻标段",
    "公示单上露出了住户的电话",
    "拍到了学生的正脸，家长没有同意",
)
_CORRECTION_REASONS = {
    "number": (
        "丈量后重新计算",
        "填报时多按了一位，按签证单改",
        "把上个月的量算重了，已扣除",
        "以监理复核的数为准",
    ),
    "day": ("日期写错一天，以施工日志为准", "把例会的日子写成了完工的日子", "抄写时看错行，按验收单改"),
}


@dataclass(frozen=True, kw_only=True)
class Note:
    """A progress note as a reporter writes it. captions: one for each photo that may go with it."""

    done: str
    problems: str | None
    next_step: str | None
    captions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Correction:
    """A published note with one fact put right, and why."""

    note: Note
    reason: str


def stage_of(percent: int) -> str:
    """The stage of work that `percent` falls in, as notes.toml names it."""
    if percent < 20:
        return "start"
    if percent < 70:
        return "main"
    return "finish" if percent < 95 else "close"


def _extra(spec: ProjectSpec) -> dict[str, list[str]]:
    """What only a school, a clinic or a cultural building has."""
    extras: dict[str, dict[str, list[str]]] = _BANKS["extra"]
    return extras.get(spec.category, {}) if spec.bank == "building" else {}


def phrases(spec: ProjectSpec, *, stage: str) -> list[str]:
    """The work phrases that fit a project at a stage: its trade's and, in buildings, its category's."""
    own: list[str] = _BANKS["bank"][spec.bank][stage]
    return own + _extra(spec).get(stage, [])


def _season(day: dt.date) -> str:
    return ("winter", "spring", "summer", "autumn")[day.month % 12 // 3]


def _spoken(day: dt.date) -> str:
    return f"{day.month}月{day.day}日"


def _facts(spec: ProjectSpec, *, percent: int, day: dt.date, rng: random.Random) -> dict[str, str]:
    """The values that phrases may name. Days lie in the month of `day`, on or before it."""
    last = calendar.monthrange(day.year, day.month)[1]
    earlier = day.replace(day=max(1, day.day - rng.randint(0, min(9, day.day - 1))))
    soon = day + dt.timedelta(days=rng.randint(5, 20))
    total = spec.measure.total
    return {
        "day": _spoken(earlier),
        "day_next": _spoken(soon),
        "weather": expand(rng.choice(_COMMON["weather_" + _season(day)]), rng=rng),
        "workers": str(rng.randint(9, 86)),
        "few": str(rng.randint(2, 4)),
        "crews": str(rng.randint(2, 6)),
        "shifts": str(min(day.day, rng.randint(last - 9, last - 1))),
        "noun": spec.measure.noun,
        "unit": spec.measure.unit,
        "total": str(total),
        "done": str(total * percent // 100),
        "percent": str(percent),
        "cause": spec.cause,
        "gap": str(max(1, spec.scheduled_percent(day) - percent)),
    }


def _fresh(bank: list[str], *, previous: str, count: int, rng: random.Random) -> list[str]:
    """`count` phrases, those that the previous note did not use first."""
    shuffled = rng.sample(bank, len(bank))
    shuffled.sort(key=lambda phrase: stem(phrase) in previous)
    return shuffled[:count]


def _done(
    spec: ProjectSpec,
    *,
    percent: int,
    facts: dict[str, str],
    stopped: bool,
    previous: str,
    rng: random.Random,
) -> str:
    """The paragraph on what was done, between MIN_CHARACTERS and MAX_CHARACTERS long."""
    opening = expand(rng.choice(_COMMON["idle" if stopped else "opening"]), rng=rng, **facts)
    measure = expand(rng.choice(_COMMON["finished" if percent == 100 else "measure"]), rng=rng, **facts)
    bank = phrases(spec, stage=stage_of(percent))
    work = [expand(p, rng=rng, **facts) for p in _fresh(bank, previous=previous, count=6, rng=rng)]
    if stopped:
        opening = f"{opening}。停工前的情况是"
    wanted = rng.randint(MIN_CHARACTERS + 8, MAX_CHARACTERS - 50)
    text, kept = "", 0
    while len(text) < wanted and kept < len(work):
        kept += 1
        joined = "。".join("；".join(work[i : i + 2]) for i in range(0, kept, 2))
        text = f"{opening}{'：' if stopped else '。'}{joined}。{measure}。"
    return text


def _problems(*, gap: int, facts: dict[str, str], rng: random.Random) -> str | None:
    if gap >= _LATE_FROM:
        return expand(rng.choice(_COMMON["behind"]), rng=rng, **facts) + "。"
    if rng.random() < 0.24:
        return expand(rng.choice(_COMMON["minor"]), rng=rng, **facts) + "。"
    return None


def _next_step(
    spec: ProjectSpec, *, milestone: MilestoneSpec, gap: int, facts: dict[str, str], rng: random.Random
) -> str:
    ahead = _near(_BANKS["bank"][spec.bank]["next"], percent=int(facts["percent"]), count=2)
    step = expand(rng.choice(ahead), rng=rng, **facts)
    text = f"{step}，{_spoken(milestone.due_on)}前完成“{milestone.name}”。"
    if gap >= _LATE_FROM:
        return f"{step}。{expand(rng.choice(_COMMON['catch_up']), rng=rng, **facts)}。"
    return text if facts["day"] != _spoken(milestone.due_on) else f"{step}。"


def _near(bank: list[str], *, percent: int, count: int) -> list[str]:
    """`count` neighbours from a bank that runs from the first stage to the last, around `percent`."""
    start = round((len(bank) - count) * percent / 100)
    return bank[start : start + count]


def _captions(spec: ProjectSpec, *, percent: int, rng: random.Random) -> tuple[str, ...]:
    bank = _near(_BANKS["bank"][spec.bank]["captions"], percent=percent, count=7)
    things = rng.sample(bank + (_extra(spec).get("captions", []) if percent >= 70 else []), 7)
    sides = ("北侧", "南侧", "东头", "西头", "近景", "由东向西看")
    first = f"{spec.name}全景，形象进度{percent}%"
    return (first, *(f"{thing}，{rng.choice(sides)}" if rng.random() < 0.6 else thing for thing in things))


def note(
    spec: ProjectSpec,
    *,
    milestone: MilestoneSpec,
    percent: int,
    day: dt.date,
    rng: random.Random,
    previous: Note | None = None,
) -> Note:
    """The note written on `day` for a project at `percent`; `previous` is the one before, to avoid echoes."""
    facts = _facts(spec, percent=percent, day=day, rng=rng)
    gap = spec.scheduled_percent(day) - percent
    stops_on = spec.pace.stops_on
    stopped = stops_on is not None and stops_on.replace(day=1) < day.replace(day=1)
    done = _done(
        spec,
        percent=percent,
        facts=facts,
        stopped=stopped,
        previous=previous.done if previous else "",
        rng=rng,
    )
    next_step = None
    if percent < 100:
        next_step = _next_step(spec, milestone=milestone, gap=gap, facts=facts, rng=rng)
    return Note(
        done=done,
        problems=None if percent == 100 else _problems(gap=gap, facts=facts, rng=rng),
        next_step=next_step,
        captions=_captions(spec, percent=percent, rng=rng),
    )


def return_reasons(rng: random.Random, *, count: int = 1) -> list[str]:
    """Why a supervisor returns a report: `count` different sentences, each with its cure."""
    return [expand(reason, rng=rng) + "。" for reason in rng.sample(RETURN_REASONS, count)]


def withdrawal_reason(rng: random.Random) -> str:
    """Why something published was taken down, as its tombstone says it."""
    return rng.choice(WITHDRAWAL_REASONS)


def correction(rng: random.Random, *, note: Note) -> Correction:
    """One number or one day of the note put right. The rest of the note stays as it was."""
    days = list(_DAY.finditer(note.done))
    numbers = [m for m in _NUMBER.finditer(note.done) if int(m[0]) > 3]
    if days and (not numbers or rng.random() < 0.4):
        found = rng.choice(days)
        number = int(found[2])
        right = f"{found[1]}月{number - 1 if number > 1 else 2}日"
        sort = "day"
    else:
        found = rng.choice(numbers)
        value = int(found[0])
        right = str(value - max(1, value * rng.randint(2, 9) // 100))
        sort = "number"
    text = note.done[: found.start()] + right + note.done[found.end() :]
    return Correction(note=replace(note, done=text), reason=rng.choice(_CORRECTION_REASONS[sort]) + "。")
