"""The life of a tick: from feeds through chains to the bus."""
