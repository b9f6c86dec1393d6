"""The windows as plain files, for any web server: what is copied and where it lies, and how a copy is made."""
