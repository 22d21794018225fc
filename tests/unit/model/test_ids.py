"""Contract keys."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.model.contracts import Contract
from voldesk.model.enums import Market, Right
from voldesk.model.errors import WireError
from voldesk.model.ids import contract_key, contract_of_key
from voldesk.model.instruments import parse_deribit, parse_occ, parse_osi
from voldesk.model.roots import underlying_of_root


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    """Draw a contract of any market."""
    market = draw(st.sampled_from(Market))
    root = draw(st.text("ABM&-_019", min_size=1, max_size=4).filter(lambda text: text[0] in "ABM"))
    return Contract(
        underlying_of_root(root, market),
        root,
        draw(st.dates()),
        draw(st.sampled_from(Right)),
        draw(st.integers(0, 10**15 - 1)) / 1_000_000,
        market,
    )


def test_a_key_reads_like_a_contract() -> None:
    """A key has market, root, expiry, strike in millionths and right."""
    assert contract_key(parse_occ("SPXW251017C06700000")) == "us SPXW 20251017 000006700000000 C"
    expected = "deribit MATIC_USDC 20240309 000000001020000 C"
    assert contract_key(parse_deribit("MATIC_USDC-9MAR24-1d02-C")) == expected


def test_vendors_names_of_one_contract_give_one_key() -> None:
    """Padding of a name does not show in the key."""
    padded, compact = parse_osi("SPX   251017P06700500"), parse_occ("SPX251017P06700500")
    assert contract_key(padded) == contract_key(compact)


@given(contracts())
def test_a_key_reads_back_as_its_contract(contract: Contract) -> None:
    """Nothing is lost in a key but the venue's own name."""
    assert contract_of_key(contract_key(contract)) == contract


@given(contracts(), contracts())
def test_keys_sort_like_a_chain(one: Contract, other: Contract) -> None:
    """Keys sort by market, root, expiry, strike and right."""

    def terms(contract: Contract) -> tuple[str, str, date, float, str]:
        return (
            str(contract.market),
            contract.root,
            contract.expiry,
            contract.strike,
            str(contract.right),
        )

    assert (contract_key(one) < contract_key(other)) == (terms(one) < terms(other))


@pytest.mark.parametrize("strike", [-5.0, 1e9, 1e-7])
def test_strikes_beyond_the_key_are_refused(strike: float) -> None:
    """A strike the fixed width cannot hold is an error, not another contract's key."""
    contract = Contract("X", "X", date(2025, 1, 17), Right.CALL, strike, Market.US)
    with pytest.raises(ValueError, match=r"has no key, expected whole millionths"):
        contract_key(contract)


def test_a_root_with_a_space_is_refused() -> None:
    """The separator cannot be part of a root."""
    contract = Contract("A B", "A B", date(2025, 1, 17), Right.CALL, 1.0, Market.US)
    with pytest.raises(ValueError, match="root 'A B' has a space"):
        contract_key(contract)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "us SPXW 20251017 000006700000000",
        "us SPXW 20251017 000006700000000 C C",
        "mars SPXW 20251017 000006700000000 C",
        "us  20251017 000006700000000 C",
        "us SPXW 20251317 000006700000000 C",
        "us SPXW 20251017 6700000000 C",
        "us SPXW 20251017 00000670000000x C",
        "us SPXW 20251017 1000006700000000 C",
        "us SPXW 20251017 000006700000000 X",
        "us SPXW 2025117 000006700000000 C",
    ],
)
def test_other_text_is_no_key(text: str) -> None:
    """Text that no contract prints is refused and quoted."""
    with pytest.raises(WireError, match="is no contract key"):
        contract_of_key(text)
