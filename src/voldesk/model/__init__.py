"""The vocabulary: instruments, sessions, conventions, quotes. Imports nothing of ours."""
