"""Contracts, asked for and told."""

import pytest
from tws_client import AMZN, Client, make_world

from voldesk.wire.ib.answers_reference import (
    BondAnswer,
    ContractAnswer,
    ContractAnswerEnd,
    OptionParamsAnswer,
    OptionParamsEnd,
    SymbolSamples,
)
from voldesk.wire.ib.requests_reference import (
    RequestContractDetails,
    RequestMatchingSymbols,
    RequestOptionParams,
)
from voldesk.wire.ib.types import IbContract


@pytest.fixture(scope="module")
def client() -> Client:
    return Client(make_world())


def test_details_end_with_an_end(client: Client) -> None:
    """A stock, then the end of the answer."""
    heard = client.ask(RequestContractDetails(3, AMZN))
    assert isinstance(heard[-1], ContractAnswerEnd)
    details = client.one(ContractAnswer).details
    assert (details.contract.con_id, details.long_name) == (3691937, "AMAZON.COM INC")


def test_bonds_have_an_answer_of_their_own(client: Client) -> None:
    """Message 18 and not 10."""
    client.ask(RequestContractDetails(3, IbContract(symbol="BNS", sec_type="BOND")))
    assert client.of(BondAnswer)
    assert not client.of(ContractAnswer)


def test_whole_chain(client: Client) -> None:
    """Every expiry and strike of the market is told, once an exchange."""
    client.ask(RequestOptionParams(3, "AMZN", "", "STK", 3691937))
    smart = [a.params for a in client.of(OptionParamsAnswer) if a.params.exchange == "SMART"]
    assert len(smart) == 1
    assert isinstance(client.heard[-1], OptionParamsEnd)
    found = client.contracts(
        IbContract(
            symbol="AMZN", sec_type="OPT", exchange="SMART", last_trade_date=smart[0].expiries[0]
        )
    )
    assert {contract.strike for contract in found} <= set(smart[0].strikes)
    assert {contract.right for contract in found} == {"C", "P"}


def test_unknown_contracts(client: Client) -> None:
    """Nothing fits: 200, with the number of the request."""
    client.ask(RequestContractDetails(4, IbContract(symbol="NOPE", sec_type="STK")))
    assert client.codes() == [200]
    assert client.heard[0].req_id == 4


def test_symbols_by_their_beginning(client: Client) -> None:
    """The symbol itself comes first."""
    client.ask(RequestMatchingSymbols(3, "amz"))
    assert client.one(SymbolSamples).samples[0].contract.symbol == "AMZN"
