"""Real services on this machine's loopback for tests and trials: `python -m services start`.

Each service is one module with `NAME`, `start(folder)`, `stop(folder)` and `running(folder)`; see `Service`
in `services.__main__`. Standard library only: this runs before anything is installed.
"""
