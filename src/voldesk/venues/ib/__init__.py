"""Interactive Brokers over TWS or Gateway, on ib_async."""
