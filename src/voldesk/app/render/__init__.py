"""An analysis as lines of a terminal, never wider than it."""
