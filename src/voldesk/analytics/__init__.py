"""One file per number a desk asks for."""
