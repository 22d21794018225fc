"""Deribit as a feed: the WebSocket around the codec of ``wire.deribit``."""
