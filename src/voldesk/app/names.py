"""A name that has to be one of those known."""

from collections.abc import Mapping
from difflib import get_close_matches

from voldesk.model.errors import ConfigError


def check_name(what: str, name: str | None, known: Mapping[str, object]) -> None:
    """
    Refuse a name that is not known, and suggest the one that was meant.

    Raises:
        ConfigError: ``name`` is neither None nor a key of ``known``.
    """
    if name is None or name in known:
        return
    close = get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(known)}"
    raise ConfigError(f"no {what} named {name!r}; {hint}")
