"""A file that stops trading by being there: it works when no process answers."""

import asyncio
from pathlib import Path
from typing import Final

from voldesk.model.errors import StorageError

NAME: Final = "kill"
_MOST_BYTES: Final = 1_000


class KillFile:
    """
    The file, for one process that looks at it and for others that write it.

    Nothing is read from it but why it was written: that it is there is what counts, so an empty
    one made by hand does as well.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, reason: str) -> None:
        """
        Stop trading.

        Raises:
            StorageError: It cannot be written.
        """
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.write_text(f"{reason}\n", encoding="utf-8")
        except OSError as exc:
            raise StorageError(f"cannot write {self.path}: {exc.strerror}") from exc

    def reason(self) -> str | None:
        """Return why trading is to stop, None where the file is not there."""
        try:
            with self.path.open("rb") as file:
                found = file.read(_MOST_BYTES).decode(errors="replace").strip()
        except FileNotFoundError:
            return None
        except OSError as exc:  # it is there and cannot be read: that is no leave to trade
            return f"{self.path}: {exc.strerror}"
        return found or f"{self.path} is there"

    def remove(self) -> None:
        """
        Stand in the way of trading no more.

        Raises:
            StorageError: It cannot be removed.
        """
        try:
            self.path.unlink(missing_ok=True)
        except OSError as exc:
            raise StorageError(f"cannot remove {self.path}: {exc.strerror}") from exc

    async def appears(self, every_secs: float) -> str:
        """Wait until it is there, looking so often, and return why."""
        while True:
            reason = await asyncio.to_thread(self.reason)
            if reason is not None:
                return reason
            await asyncio.sleep(every_secs)
