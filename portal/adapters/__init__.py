"""Technologies behind the ports: disk, the archive's index, the job table."""
