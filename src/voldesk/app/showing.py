"""``voldesk config show``: every setting, and where its value came from."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import yaml
from pydantic import SecretStr

from voldesk.app.layers import Given, nested
from voldesk.app.settings import LEAVES, Loaded


def as_table(loaded: Loaded) -> str:
    """Return a line per setting: name, value, origin."""
    rows = [(name, json.dumps(_plain(loaded.value(name))), loaded.origin(name)) for name in LEAVES]
    wide = [max(len(row[column]) for row in rows) for column in range(2)]
    narrow = min(wide[1], 40)
    return "\n".join(f"{name:<{wide[0]}}  {value:<{narrow}}  {note}" for name, value, note in rows)


def as_yaml(loaded: Loaded) -> str:
    """Return the settings as a file that gives them again; a secret is left out."""
    layer = {
        name: Given(_plain(loaded.value(name)), "")
        for name in LEAVES
        if not isinstance(loaded.value(name), SecretStr)
    }
    layer.pop("token", None)
    return yaml.safe_dump(nested(layer), sort_keys=False, allow_unicode=True).rstrip()


def as_document(loaded: Loaded) -> dict[str, Any]:
    """Return name to value and origin, as JSON knows them."""
    return {
        name: {"value": _finite(_plain(loaded.value(name))), "origin": loaded.origin(name)}
        for name in LEAVES
    }


def _plain(value: Any) -> Any:  # noqa: ANN401  # any setting
    """Return a value as YAML and JSON know it; of a secret only that there is one."""
    if isinstance(value, SecretStr | Path | Decimal):
        return str(value)
    if isinstance(value, Enum | date):
        return value.value if isinstance(value, Enum) else value.isoformat()
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(one) for name, one in asdict(value).items() if one is not None}
    return value


def _finite(value: Any) -> Any:  # noqa: ANN401  # any setting
    """Return what JSON can hold: it has no infinity."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
