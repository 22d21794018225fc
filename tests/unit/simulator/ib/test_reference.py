"""Small answers that are always the same."""

from xml.etree.ElementTree import fromstring

import pytest

from voldesk.simulator.ib.reference import (
    BBO_EXCHANGES,
    SOFT_DOLLAR_TIERS,
    adviser_list,
    fundamentals_refusal,
    require_log_level,
    smart_components,
)
from voldesk.simulator.ib.refusal import Refused


@pytest.mark.parametrize("code", BBO_EXCHANGES.values())
def test_every_exchange_of_a_map_has_a_letter_of_its_own(code: str) -> None:
    """Bits count from 0, letters are single and differ."""
    parts = smart_components(code)
    assert [part.bit for part in parts] == list(range(len(parts)))
    assert len({part.letter for part in parts}) == len(parts)
    assert all(len(part.letter) == 1 for part in parts)


def test_unknown_maps_are_refused() -> None:
    """A code that names no map is error 322."""
    with pytest.raises(Refused) as caught:
        smart_components("zz")
    assert caught.value.code == 322


@pytest.mark.parametrize("kind", [1, 2, 3])
def test_adviser_lists_name_every_account(kind: int) -> None:
    """Groups, profiles and aliases are XML in which each account stands."""
    root = fromstring(adviser_list(kind, ("DU1", "DU2")).split("\n", 1)[1])
    texts = {text for element in root.iter() for text in [element.text or ""]}
    assert {"DU1", "DU2"} <= texts


@pytest.mark.parametrize(("kind", "accounts"), [(1, ("A",)), (4, ("A", "B"))])
def test_others_have_no_adviser_lists(kind: int, accounts: tuple[str, ...]) -> None:
    """A user with one account is no adviser, and there are three lists."""
    with pytest.raises(Refused) as caught:
        adviser_list(kind, accounts)
    assert caught.value.code == 321


def test_log_levels_are_one_to_five() -> None:
    """Others are refused."""
    require_log_level(5)
    with pytest.raises(Refused):
        require_log_level(6)


def test_reports_are_refused_and_tiers_named() -> None:
    """Fundamentals are error 430; every tier has three names."""
    assert fundamentals_refusal().code == 430
    assert all(len(tier) == 3 for tier in SOFT_DOLLAR_TIERS)
