"""Deribit's JSON-RPC: requests, answers and notifications, both directions; pure."""
