"""A synthetic market whose true vols are known."""
