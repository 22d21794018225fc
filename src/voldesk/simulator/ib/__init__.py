"""A TWS on the simulated market: what it lists, knows, quotes and answers."""
