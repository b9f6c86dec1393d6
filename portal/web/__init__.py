"""The web entry point: windows for everybody, desks for those who are signed in."""
