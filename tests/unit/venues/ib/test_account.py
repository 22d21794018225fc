"""Whose money it is: port, accounts and what is wanted agree, or nothing is traded."""

import math

import pytest

from voldesk.model.errors import ConfigError
from voldesk.venues.ib.account import check_money, figure, is_paper_account

PAPER, LIVE = ("DU1234567",), ("U7654321",)


@pytest.mark.parametrize("port", [7497, 4002, 9999])
def test_paper(port: int) -> None:
    """A paper login at a paper port, or at one that says nothing."""
    assert check_money(port, PAPER, is_live_wanted=False)


@pytest.mark.parametrize("port", [7496, 4001, 9999])
def test_live(port: int) -> None:
    """Real money only where it is asked for."""
    assert not check_money(port, LIVE, is_live_wanted=True)


@pytest.mark.parametrize(
    ("port", "accounts", "is_live", "words"),
    [
        (7496, PAPER, False, "that of a live TWS"),
        (4001, PAPER, True, "that of a live Gateway"),
        (7497, LIVE, False, "that of a paper TWS"),
        (4002, LIVE, True, "that of a paper Gateway"),
        (9999, PAPER, True, "live trading is asked for"),
        (9999, LIVE, False, "paper trading is asked for"),
        (7496, LIVE, False, "paper trading is asked for"),
        (9999, (*PAPER, *LIVE), False, "paper and live accounts at once"),
        (7497, (), False, "names no account"),
    ],
)
def test_what_does_not_agree(
    port: int, accounts: tuple[str, ...], is_live: bool, words: str
) -> None:
    """The operator is told what to change, and never a whole account number."""
    with pytest.raises(ConfigError, match=words) as refused:
        check_money(port, accounts, is_live_wanted=is_live)
    assert not any(account in str(refused.value) for account in accounts)


def test_names() -> None:
    """Paper accounts begin with DU, DF or DI."""
    assert [is_paper_account(name) for name in ("DU1", "DF1", "DI1", "U1", "F1", "")] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]


def test_figures() -> None:
    """A number, or NaN."""
    assert figure("12.5") == 12.5
    assert math.isnan(figure(""))
