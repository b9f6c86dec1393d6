"""What the portal costs, measured: `python -m benchmarks` (see docs/performance.md)."""
