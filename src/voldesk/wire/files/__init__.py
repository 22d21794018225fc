"""Option chain files as vendors publish them, read into one snapshot type."""
