"""Bytes and files of the outside world to and from our types."""
