"""What must be true of the videos of a report before it goes on."""

from __future__ import annotations

from portal.domain.errors import Problem, WrongState
from portal.domain.progress import MIN_DESCRIPTION, FilmState, Report, Video

MOST_TRIES = 2  # how often the process that makes a film may die of it


def refuse_unless_films_are_made(report: Report) -> None:
    """Nobody approves what they could not look at, and nothing is published that is not made. Raises `WrongState`:
    `film_failed` when one cannot be made, `film_not_ready` while one is not."""
    states = {video.state for video in report.videos}
    if FilmState.FAILED in states:
        raise WrongState("film_failed")
    if states - {FilmState.READY}:
        raise WrongState("film_not_ready")


def videos_missing(report: Report) -> list[Problem]:
    """What must be said of every video before a report can be sent, and which of them cannot be sent at all."""
    problems = []
    for place, video in enumerate(report.videos, start=1):
        if len(video.description) < MIN_DESCRIPTION:
            facts = {"place": place, "least": MIN_DESCRIPTION}
            problems.append(Problem(f"description-{video.id}", "description_missing", facts))
        if video.state is FilmState.FAILED:
            problems.append(Problem(f"video-{video.id}", "film_failed", {"place": place}))
    return problems


def is_wanted(video: Video) -> bool:
    """Whether our film of it is still to be made: it stands in its report and was not erased."""
    return video.removed_at is None and bool(video.renditions)
