"""Faces for clients: REST, WebSocket, Socket.IO and the page; bytes out, never a decision."""
