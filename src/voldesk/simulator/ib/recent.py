"""A memory for the latest answers of something slow."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Remembers up to ``size`` answers; the one asked for least recently is forgotten first."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._known: dict[K, V] = {}

    def get(self, key: K, make: Callable[[], V]) -> V:
        """Return what is remembered under the key, or make it."""
        if key in self._known:
            value = self._known.pop(key)
        else:
            value = make()
            if len(self._known) >= self._size:
                del self._known[next(iter(self._known))]
        self._known[key] = value
        return value

    def __len__(self) -> int:
        return len(self._known)
