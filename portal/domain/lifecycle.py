"""Lifecycles as tables: (state, act) → next state. What is not in the table does not exist.

Overdue and colour are computed, never states. 办结 (completed) is not 销号 (closed).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from portal.domain.errors import WrongState

S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)


@dataclass(frozen=True)
class Lifecycle(Generic[S, A]):
    """A machine written down as its table."""

    name: str
    table: Mapping[tuple[S, A], S]

    def next(self, state: S, act: A) -> S:
        """The state after an act. Raises `WrongState` when the act does not exist in this state."""
        try:
            return self.table[state, act]
        except KeyError:
            raise WrongState("wrong_state", lifecycle=self.name, state=state.value, act=act.value) from None

    def acts(self, state: S) -> list[A]:
        """The acts that exist in a state, in the order of the table."""
        return [act for (from_state, act) in self.table if from_state == state]


class MatterState(StrEnum):
    """督查事项"""

    DRAFT = "draft"  # 拟立项
    FILED = "filed"  # 已立项
    ASSIGNED = "assigned"  # 已交办
    ACCEPTED = "accepted"  # 已签收
    IN_PROGRESS = "in_progress"  # 办理中
    COMPLETION_CLAIMED = "completion_claimed"  # 申请办结
    COMPLETED = "completed"  # 已办结
    CLOSED = "closed"  # 已销号
    ARCHIVED = "archived"  # 已归档
    SUSPENDED = "suspended"  # 中止
    WITHDRAWN = "withdrawn"  # 调出


class MatterAct(StrEnum):
    FILE = "file"
    ASSIGN = "assign"
    ACCEPT = "accept"
    START = "start"
    CLAIM_COMPLETION = "claim_completion"
    COMPLETE = "complete"
    RETURN = "return"
    CLOSE_OUT = "close_out"
    ARCHIVE = "archive"
    SUSPEND = "suspend"
    RESUME = "resume"
    TAKE_OUT = "take_out"


_M, _D = MatterState, MatterAct
_LIVE = (_M.FILED, _M.ASSIGNED, _M.ACCEPTED, _M.IN_PROGRESS)

MATTER: Lifecycle[MatterState, MatterAct] = Lifecycle(
    "matter",
    {
        (_M.DRAFT, _D.FILE): _M.FILED,
        (_M.FILED, _D.ASSIGN): _M.ASSIGNED,
        (_M.ASSIGNED, _D.ACCEPT): _M.ACCEPTED,
        (_M.ACCEPTED, _D.START): _M.IN_PROGRESS,
        (_M.IN_PROGRESS, _D.CLAIM_COMPLETION): _M.COMPLETION_CLAIMED,
        (_M.COMPLETION_CLAIMED, _D.COMPLETE): _M.COMPLETED,
        (_M.COMPLETION_CLAIMED, _D.RETURN): _M.IN_PROGRESS,
        (_M.COMPLETED, _D.CLOSE_OUT): _M.CLOSED,
        (_M.COMPLETED, _D.RETURN): _M.IN_PROGRESS,
        (_M.CLOSED, _D.ARCHIVE): _M.ARCHIVED,
        **{(state, _D.SUSPEND): _M.SUSPENDED for state in _LIVE},
        (_M.SUSPENDED, _D.RESUME): _M.IN_PROGRESS,
        **{(state, _D.TAKE_OUT): _M.WITHDRAWN for state in (*_LIVE, _M.SUSPENDED)},
    },
)


class ReportState(StrEnum):
    """进展报送"""

    DRAFT = "draft"  # 草稿
    SUBMITTED = "submitted"  # 已报送
    IN_REVIEW = "in_review"  # 审核中
    RETURNED = "returned"  # 退回补正
    PUBLISHED = "published"  # 已公开
    SUPERSEDED = "superseded"  # 已更正
    WITHDRAWN = "withdrawn"  # 已撤下
    DISCARDED = "discarded"  # 草稿作废


class ReportAct(StrEnum):
    SAVE = "save"
    SUBMIT = "submit"
    DISCARD = "discard"
    CLAIM = "claim"
    RELEASE = "release"
    COVER = "cover"  # 打码, before it is public
    PUBLISH = "publish"
    RETURN = "return"
    CORRECT = "correct"
    SUPERSEDE = "supersede"
    REDACT = "redact"  # 打码 of what is public
    WITHDRAW = "withdraw"


_R, _A = ReportState, ReportAct

REPORT: Lifecycle[ReportState, ReportAct] = Lifecycle(
    "report",
    {
        (_R.DRAFT, _A.SAVE): _R.DRAFT,
        (_R.DRAFT, _A.SUBMIT): _R.SUBMITTED,
        (_R.DRAFT, _A.DISCARD): _R.DISCARDED,
        (_R.SUBMITTED, _A.CLAIM): _R.IN_REVIEW,
        (_R.IN_REVIEW, _A.CLAIM): _R.IN_REVIEW,
        (_R.IN_REVIEW, _A.RELEASE): _R.SUBMITTED,
        (_R.IN_REVIEW, _A.COVER): _R.IN_REVIEW,
        (_R.IN_REVIEW, _A.PUBLISH): _R.PUBLISHED,
        (_R.IN_REVIEW, _A.RETURN): _R.RETURNED,
        (_R.RETURNED, _A.SAVE): _R.RETURNED,
        (_R.RETURNED, _A.SUBMIT): _R.SUBMITTED,
        (_R.PUBLISHED, _A.CORRECT): _R.PUBLISHED,  # a correction is a new draft beside it
        (_R.PUBLISHED, _A.SUPERSEDE): _R.SUPERSEDED,
        (_R.PUBLISHED, _A.REDACT): _R.PUBLISHED,
        (_R.PUBLISHED, _A.WITHDRAW): _R.WITHDRAWN,
    },
)
