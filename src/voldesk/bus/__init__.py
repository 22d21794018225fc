"""Topics that carry what is published to whoever listens."""
