"""What is covered on a photo (打码): boxes with the reason for each, and who set them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.columns import stored_enum
from portal.domain.base import Base
from portal.domain.organisation import Person, SupervisionBody
from portal.rules.boxes import Box

if TYPE_CHECKING:
    from portal.domain.progress import Photo


class CoverKind(StrEnum):
    """Why something is covered."""

    FACE = "face"  # 人脸
    PLATE = "plate"  # 车牌
    PAPER = "paper"  # 证件、单据
    OTHER = "other"  # 其他个人信息


@dataclass(frozen=True, kw_only=True, order=True)
class Cover:
    """One box, and why it is there."""

    box: Box
    kind: CoverKind

    @property
    def told(self) -> list[int | str]:
        return [self.box.left, self.box.top, self.box.width, self.box.height, self.kind.value]


class Redaction(Base):
    """A box on a photo, in thousandths of the upright picture, from its left and its top. The renditions of the photo
    are made with all of its boxes; the sealed original has none."""

    __tablename__ = "photo_redaction"
    __table_args__ = (
        Index("ix_photo_redaction_photo", "photo_id"),
        CheckConstraint(
            "x >= 0 AND y >= 0 AND width > 0 AND height > 0 AND x + width <= 1000 AND y + height <= 1000",
            name="within_the_picture",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    photo_id: Mapped[int] = mapped_column(ForeignKey("photo.id"))
    x: Mapped[int]
    y: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    kind: Mapped[CoverKind] = mapped_column(stored_enum(CoverKind))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    body_id: Mapped[int] = mapped_column(ForeignKey("supervision_body.id"))
    at: Mapped[dt.datetime]
    photo: Mapped[Photo] = relationship(back_populates="redactions")
    by: Mapped[Person] = relationship()
    body: Mapped[SupervisionBody] = relationship()

    @property
    def cover(self) -> Cover:
        return Cover(box=Box(left=self.x, top=self.y, width=self.width, height=self.height), kind=self.kind)


def covered_on(photo: Photo) -> dict[str, Any]:
    """What may be told of the covers on a photo: how many, why, and by which bodies. Empty where there are none."""
    if not photo.redactions:
        return {}
    return {
        "places": len(photo.redactions),
        "kinds": kinds_of(photo.covers),
        "roles": sorted({redaction.body.name for redaction in photo.redactions}),
    }


def kinds_of(covers: Iterable[Cover]) -> list[str]:
    return sorted({cover.kind.value for cover in covers})


def boxes_of(covers: Iterable[Cover]) -> list[Box]:
    """The boxes to be filled, each once."""
    return list(dict.fromkeys(cover.box for cover in covers))
