"""``voldesk kill`` and ``voldesk unlock``: stop trading whatever happens, begin on purpose."""

import json
import sys

import typer

from voldesk.app.kill_file import KillFile
from voldesk.app.order_commands import answered
from voldesk.app.remote import Remote
from voldesk.app.settings import Loaded
from voldesk.app.stdout import write_text
from voldesk.app.trading import kill_file
from voldesk.model.errors import ConfigError, StorageError, VoldeskError


def kill(
    loaded: Loaded, url: str | None, *, is_flattening: bool, reason: str, is_json: bool
) -> None:
    """
    Stop trading: ask the voldesk that is running, and where that fails write the kill file.

    Raises:
        StorageError: Neither worked, or it will not last through a restart.
    """
    try:
        remote = Remote(loaded, url)
        done = remote.ask("POST", "/kill", {"flatten": is_flattening, "reason": reason})
    except VoldeskError as exc:
        file = KillFile(kill_file(loaded.settings.trading))
        file.write(reason or "voldesk kill")
        if is_json:
            write_text(json.dumps({"kill_file": str(file.path), "problems": [str(exc)]}) + "\n")
        else:
            write_text(f"nothing trades while {file.path} is there\n")
        typer.echo(f"{exc}; orders at the venue stay as they are", err=True)
        return
    if is_json:
        write_text(json.dumps(done) + "\n")
    else:
        flat = f", {len(done['flattening'])} orders against what is held" if is_flattening else ""
        write_text(f"{done['state']}: asked to cancel {done['asked_to_cancel']}{flat}\n")
    for problem in done["problems"]:
        typer.echo(problem, err=True)
    if not done["is_durable"]:
        raise StorageError("trading is stopped, and would begin again with the next process")


def unlock(loaded: Loaded, url: str | None, *, phrase: str | None, is_json: bool) -> None:
    """
    Let trading begin again, once a person has typed what it takes.

    Raises:
        ConfigError: The phrase is another one, or nobody can type it.
    """
    remote = Remote(loaded, url)
    expected = remote.ask("GET", "/risk")["unlock_phrase"]
    if phrase is None:
        if not sys.stdin.isatty():
            raise ConfigError(f"nobody can be asked here: give --phrase {expected!r}")
        phrase = answered(f"type {expected!r} to trade again: ")
    risk = remote.ask("POST", "/unlock", {"phrase": phrase})
    write_text(f"{json.dumps(risk) if is_json else risk['state']}\n")
