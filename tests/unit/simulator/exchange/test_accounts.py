"""Accounts' figures that follow from others."""

from decimal import Decimal

from voldesk.simulator.exchange.accounts import AccountSpec, Margin, WhatIf


def _margin(initial: int, maintenance: int, equity: int) -> Margin:
    return Margin(
        initial=Decimal(initial),
        maintenance=Decimal(maintenance),
        equity_with_loan=Decimal(equity),
    )


def test_available_and_excess_are_what_equity_leaves() -> None:
    """Available is equity less initial margin, excess equity less maintenance."""
    margin = _margin(30, 20, 100)
    assert margin.available == 70
    assert margin.excess == 80


def test_a_change_is_after_minus_before() -> None:
    """Each figure of the change is the difference of the two."""
    answer = WhatIf(
        before=_margin(1, 2, 3),
        after=_margin(10, 20, 30),
        commission=Decimal(1),
        currency="USD",
    )
    assert answer.change == _margin(9, 18, 27)


def test_an_account_opens_with_a_million_dollars_and_every_permission() -> None:
    """The default account is a paper account that may trade everything."""
    spec = AccountSpec(name="DU1")
    assert spec.cash == {"USD": Decimal(1_000_000)}
    assert len(spec.permissions) == 7
