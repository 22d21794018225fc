"""The other side: markets and venues that are not there, and cannot be told from those that are."""
