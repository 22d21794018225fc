"""The journal of an account as SQL tables: followed, exported, pruned; never the first to know."""
