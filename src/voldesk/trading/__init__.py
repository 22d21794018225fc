"""The life of an order: one gate, one desk; paper by default."""
