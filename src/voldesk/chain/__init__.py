"""Option chains as columns, valued in published units."""
