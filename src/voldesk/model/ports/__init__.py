"""Seams of the house: what is asked of a feed, declared low and filled high."""
