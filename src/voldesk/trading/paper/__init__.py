"""A venue of our own that fills orders on live quotes, with money that is none."""
