"""Steps that messages share."""

import pytest

from voldesk.wire.ib.answers_reference import BondAnswer, ContractAnswer
from voldesk.wire.ib.messages import decode_answer, encode_answer
from voldesk.wire.ib.steps import ASKED, HELD, TOLD, trade_time
from voldesk.wire.ib.types import ContractDetails, IbContract


def test_contracts_have_three_spellings() -> None:
    """Asked with twelve fields, told with eleven, held with eleven others."""
    assert (len(ASKED), len(TOLD), len(HELD)) == (12, 11, 11)
    assert set(ASKED) - set(TOLD) == {"contract.primary_exchange"}
    assert set(ASKED) - set(HELD) == {"contract.exchange"}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("20261017", ("20261017", "", None)),
        ("20261017 16:00:00", ("20261017", "16:00:00", None)),
        ("20261017 16:00:00 US/Eastern", ("20261017", "16:00:00", "US/Eastern")),
        ("20261017-16:00:00-MET", ("20261017", "16:00:00", "MET")),
        ("", ("", "", None)),
    ],
)
def test_date_time_and_zone_share_a_field(text: str, values: tuple[str, str, str | None]) -> None:
    """The last trade is told in one field, by blanks or dashes."""
    assert trade_time("x").read(text) == values


@pytest.mark.parametrize("version", [157, 163, 164, 178])
def test_bonds_have_a_message_of_their_own(version: int) -> None:
    """What only bonds have arrives in every version."""
    details = ContractDetails(
        IbContract(con_id=5, symbol="IBM", sec_type="BOND"), cusip="459200KC4", coupon=4.25
    )
    found = decode_answer(encode_answer(BondAnswer(1, details), version), version)
    assert (found.details.cusip, found.details.coupon) == ("459200KC4", 4.25)


def test_the_zone_has_a_field_of_its_own_too() -> None:
    """Where no time is told, the zone still is."""
    details = ContractDetails(IbContract(symbol="AMZN", sec_type="STK"), time_zone="US/Eastern")
    found = decode_answer(encode_answer(ContractAnswer(1, details), 178), 178)
    assert found.details.time_zone == "US/Eastern"
    assert found.details.last_trade_time == ""
