"""What a moderator can return, and pick instead of typing; the interface puts the codes into words."""

from __future__ import annotations

from portal.domain.progress import PASSAGES

PHOTO_PRESETS = ("unclear", "wrong_place", "duplicate", "of_a_screen", "faces", "caption_mismatch")
PASSAGE_PRESETS = ("too_vague", "no_figures", "contradicts_photos", "personal_data")
RETURNABLE_PASSAGES = (*PASSAGES, "physical_percent", "month", "milestone", "videos")
VIDEO_PRESETS = ("film_unclear", "film_wrong_place", "film_faces", "film_mismatch")
