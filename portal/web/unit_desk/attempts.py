"""Counting around the work on a file: before it begins, and by what it ended with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from portal.domain.errors import Refused
from portal.imaging.developed import PhotoCrashed, PhotoRefused
from portal.imaging.filmed import FilmRefused
from portal.ports import Received
from portal.web.desk import now, portal, writing
from portal.workflows import attempt_file


@contextmanager
def counted(received: Received, *, file_name: str) -> Iterator[None]:
    """Work on this file inside the block. Raises `Refused` instead when it is set aside, or when it becomes so;
    what ends this process ends it counted."""
    with writing() as (session, actor):
        refusal = attempt_file.begin_attempt(
            session, received=received, file_name=file_name, actor=actor, now=now()
        )
    if refusal is not None:
        raise Refused(refusal)
    try:
        yield
    except PhotoCrashed as crash:
        with portal().database.writing() as session:
            refusal = attempt_file.crashed(session, received=received, now=now())
        raise Refused(refusal) from crash
    except (PhotoRefused, FilmRefused):
        _ended(received, attempt_file.verdict_reached)
        raise
    except Exception:
        _ended(received, attempt_file.not_its_fault)
        raise
    _ended(received, attempt_file.verdict_reached)


def _ended(received: Received, how: attempt_file.Ending) -> None:
    with portal().database.writing() as session:
        how(session, received=received)
