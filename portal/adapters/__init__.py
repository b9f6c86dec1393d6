"""Technologies behind the ports: disk, Whoosh, the job table."""
