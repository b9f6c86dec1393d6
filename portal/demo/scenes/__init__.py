"""Site pictures drawn by code: one place per seed that grows with the progress of the work."""

from portal.demo.scenes.frame import KINDS, draw

__all__ = ["KINDS", "draw"]
