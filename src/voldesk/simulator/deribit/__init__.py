"""A simulated Deribit: the other side of ``wire.deribit``, on the simulated market."""
