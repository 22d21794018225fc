"""What is kept: recordings of ticks, written, read back and replayed."""
