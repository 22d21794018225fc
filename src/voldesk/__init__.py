"""Option chains as a live, replayable, tradable data stream."""
