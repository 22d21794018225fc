"""The vocabulary is frozen, and one door leads to it."""

import dataclasses
from typing import Any

import pytest

from voldesk.wire.ib import types


@pytest.mark.parametrize("name", types.__all__)
def test_every_type_is_a_frozen_dataclass(name: str) -> None:
    """Nobody changes what came over the wire."""
    cls: Any = getattr(types, name)
    assert dataclasses.is_dataclass(cls)
    assert cls.__dict__["__dataclass_params__"].frozen
