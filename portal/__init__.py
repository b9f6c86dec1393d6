"""阳光督查 Sunlight Oversight: desks write, the record remembers, windows show."""

__version__ = "0.1.0"
