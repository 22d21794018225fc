"""Where settings come from: a file, the environment, flags; each value with its origin."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, is_dataclass
from dataclasses import fields as dataclass_fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, get_args, get_origin

import yaml
from pydantic import BaseModel

from voldesk.app.older_names import FLAT_KEYS, FLAT_VARIABLES
from voldesk.model.errors import ConfigError

PREFIX: Final = "VOLDESK_"
_SEPARATOR: Final = "__"
CONFIG_VARIABLE: Final = "VOLDESK_CONFIG"

_NO_SETTINGS: Final = frozenset({CONFIG_VARIABLE, "VOLDESK_DEBUG", "VOLDESK_DATA", "VOLDESK_URL"})
"""Variables of ours that are no settings."""

ENVIRONMENT_ONLY: Final = frozenset({"token"})
"""Secrets: a file of settings is copied and shown around, a flag is seen by every process."""


@dataclass(frozen=True, slots=True)
class Given:
    """A value somebody gave, and where: ``--port``, ``VOLDESK_GATEWAY__PORT``, ``voldesk.yaml``."""

    value: Any
    origin: str


Layer = dict[str, Given]
"""Dotted name to what was given for it."""


def leaves_of(kind: Any, hidden: frozenset[str] = frozenset()) -> dict[str, Any]:  # noqa: ANN401  # a model or struct
    """Return the type of every single value of a settings struct, by its dotted name."""
    if issubclass(kind, BaseModel):
        members = {name: field.annotation for name, field in kind.model_fields.items()}
    else:
        members = {field.name: field.type for field in dataclass_fields(kind)}
    leaves: dict[str, Any] = {}
    for name, member in members.items():
        if is_dataclass(member):
            leaves.update({f"{name}.{rest}": one for rest, one in leaves_of(member).items()})
        else:
            leaves[name] = member
    return {name: member for name, member in leaves.items() if name not in hidden}


def file_layer(path: Path, leaves: Mapping[str, Any]) -> Layer:
    """
    Read a YAML file; flat keys of older programs stand for the settings they are.

    Raises:
        ConfigError: It cannot be read, is no YAML mapping, or has a key that is no setting.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"there is no file {path}: check --config") from None
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(f"cannot read {path}: {exc}") from exc
    except yaml.YAMLError as exc:
        raise ConfigError(f"{path} is no YAML: {' '.join(str(exc).split())}") from exc
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise ConfigError(f"{path} holds a {type(document).__name__}, expected keys and values")
    layer: Layer = {}
    for name, value in _flat(document, leaves).items():
        known = FLAT_KEYS.get(name, name)
        if known not in leaves:
            raise ConfigError(f"{path}: no setting {name!r}; {_hint(name, [*leaves, *FLAT_KEYS])}")
        if known in ENVIRONMENT_ONLY:
            variable = variable_of(known)
            raise ConfigError(
                f"{path}: {known} is a secret, give it as {variable} or in token_file"
            )
        if known in layer:
            raise ConfigError(f"{path}: {known} is given twice, once as {name!r}")
        _require_keys(name, value, leaves[known], path)
        layer[known] = Given(value, str(path))
    return layer


def environment_layer(environment: Mapping[str, str], leaves: Mapping[str, Any]) -> Layer:
    """
    Take ``VOLDESK_SECTION__NAME`` and the variables of older programs.

    Raises:
        ConfigError: A variable with our prefix is no setting.
    """
    layer: Layer = {}
    for variable, name in FLAT_VARIABLES.items():
        if variable in environment:
            layer[name] = Given(_value(environment[variable], leaves[name]), variable)
    for variable, text in environment.items():
        if not variable.startswith(PREFIX) or variable in _NO_SETTINGS:
            continue
        name = variable.removeprefix(PREFIX).lower().replace(_SEPARATOR, ".")
        if name not in leaves:
            known = [variable_of(one) for one in leaves]
            raise ConfigError(f"no setting has the variable {variable}; {_hint(variable, known)}")
        layer[name] = Given(_value(text, leaves[name]), variable)
    return layer


def flag_layer(given: Mapping[str, tuple[str, Any]]) -> Layer:
    """Take flags: dotted name to the flag and its value, None where it was not given."""
    return {name: Given(value, flag) for name, (flag, value) in given.items() if value is not None}


def merged(layers: Iterable[Layer]) -> Layer:
    """Put layers over one another: of one name the last one counts."""
    together: Layer = {}
    for layer in layers:
        together.update(layer)
    return together


def nested(layer: Layer) -> dict[str, Any]:
    """Return the values as the settings model takes them: a mapping per section."""
    document: dict[str, Any] = {}
    for name, given in layer.items():
        *sections, last = name.split(".")
        place = document
        for section in sections:
            place = place.setdefault(section, {})
        place[last] = given.value
    return document


def variable_of(name: str) -> str:
    """Return the environment variable of a setting."""
    return PREFIX + name.replace(".", _SEPARATOR).upper()


def _flat(document: Mapping[Any, Any], leaves: Mapping[str, Any], at: str = "") -> dict[str, Any]:
    """Return the values of nested mappings by dotted name."""
    flat: dict[str, Any] = {}
    for key, value in document.items():
        name = f"{at}{key}"
        if isinstance(value, dict) and name not in leaves:
            flat.update(_flat(value, leaves, f"{name}."))
        elif value is not None or name in leaves:
            flat[name] = value
        elif not any(leaf.startswith(f"{name}.") for leaf in leaves):
            flat[name] = value  # an unknown key without a value is still unknown
    return flat


def _require_keys(name: str, value: Any, kind: Any, path: Path) -> None:  # noqa: ANN401  # any value of YAML
    """Refuse an unknown key inside a list of structs, such as a rule of the alerts."""
    (struct, *_) = get_args(kind) or (None,)
    if not is_dataclass(struct) or not isinstance(value, list):
        return
    known = [field.name for field in dataclass_fields(struct)]
    for place, one in enumerate(value):
        for key in one if isinstance(one, dict) else ():
            if key not in known:
                where = f"{name}[{place}]"
                raise ConfigError(
                    f"{path}: no setting {key!r} in {where}; {_hint(str(key), known)}"
                )


def _value(text: str, kind: Any) -> Any:  # noqa: ANN401  # any setting
    """Return the text of a variable; lists are JSON, or names with commas between them."""
    is_list = tuple in {get_origin(kind), *map(get_origin, get_args(kind))}
    if not is_list:
        return text
    if text.lstrip().startswith("["):
        try:
            return json.loads(text)
        except json.JSONDecodeError as exc:
            raise ConfigError(f"{text[:60]!r} is no JSON list: {exc}") from exc
    return [part.strip() for part in text.split(",") if part.strip()]


def _hint(name: str, known: Iterable[str]) -> str:
    """Return what may have been meant."""
    names = sorted(known)
    close = get_close_matches(name, names, n=1)
    if not close:
        last = name.rpartition(".")[2].rpartition(_SEPARATOR)[2]
        close = [one for one in names if one.rpartition(".")[2] == last.lower()][:1]
    if close:
        return f"did you mean {close[0]!r}?"
    return "'voldesk config show --origin' lists every setting"
