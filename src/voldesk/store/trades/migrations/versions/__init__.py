"""One file per change of the tables, each named for what it brought."""
