"""Windows: pages for everybody. They read the record and nothing else; the import contract keeps it so."""
