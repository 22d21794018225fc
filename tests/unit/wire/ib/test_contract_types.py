"""Contracts: what is not said is empty."""

from voldesk.wire.ib.contract_types import ContractDetails, IbContract


def test_nothing_is_given_by_default() -> None:
    """A contract of no arguments asks for nothing in particular."""
    contract = IbContract()
    assert (contract.con_id, contract.symbol, contract.strike) == (0, "", 0.0)
    assert contract.combo_legs == ()
    assert contract.delta_neutral is None


def test_details_without_a_group() -> None:
    """Counters of details are whole numbers: old clients read them with int()."""
    details = ContractDetails(IbContract())
    assert isinstance(details.ev_multiplier, int)
    assert isinstance(details.price_magnifier, int)
