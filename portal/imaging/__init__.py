"""Photographs: judged and developed by a confined child process that holds no secrets."""
