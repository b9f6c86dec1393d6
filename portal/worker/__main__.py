"""`python -m portal.worker`."""

from portal.worker import main

main()
