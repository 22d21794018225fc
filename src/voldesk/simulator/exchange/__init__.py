"""The built-in exchange: accounts, orders, matching, positions and margin; no wire format."""
