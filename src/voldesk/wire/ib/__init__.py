"""The TWS API of Interactive Brokers: framing, messages and their codec, both directions."""
