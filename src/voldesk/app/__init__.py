"""The composition root: command line, rendering, warm-up."""
