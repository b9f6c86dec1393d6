"""Arithmetic of oversight: schedules, lamps, numbers, periods. Pure functions of their arguments."""
