"""Contracts by our keys: from a feed's files, from TWS, and never asked for twice."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from ib_async.contract import Contract
from ib_trading import Traded, traded_tws
from ib_world import NOW

from voldesk.model.clock import SystemClock
from voldesk.model.errors import ConfigError
from voldesk.venues.ib.contract_book import ContractBook, key_of
from voldesk.venues.ib.contract_store import ContractStore, Listed, store_path
from voldesk.venues.ib.link import Link
from voldesk.venues.ib.rows import TickRows
from voldesk.venues.ib.settings import IbSettings

SPX = "us SPX 20261218 000006700000000 C"
SPXW = "us SPXW 20261218 000006700000000 P"


@pytest.fixture
async def traded(tmp_path: Path) -> AsyncIterator[Traded]:
    """Return a simulated TWS."""
    async with traded_tws(tmp_path) as found:
        yield found


@pytest.fixture
async def link(traded: Traded) -> AsyncIterator[Link]:
    """Return a line to it."""
    made = Link(IbSettings(port=traded.tws.port), TickRows(), SystemClock())
    await made.connect()
    yield made
    made.close()


@pytest.fixture
def book(link: Link, tmp_path: Path) -> ContractBook:
    """Return a book that knows nothing."""
    return ContractBook(link, tmp_path)


@pytest.mark.parametrize(
    ("contract", "key"),
    [
        (Contract(secType="STK", symbol="AMZN"), "us AMZN"),
        (Contract(secType="IND", symbol="SPX"), "us SPX"),
        (Contract(secType="FUT", symbol="ES", localSymbol="ESZ6"), "cme ESZ6"),
        (Contract(secType="BOND", conId=12), "ib 12"),
        (
            Contract(
                secType="OPT",
                symbol="SPX",
                localSymbol="SPX   261218C06700000",
                tradingClass="SPX",
                lastTradeDateOrContractMonth="20261217",
                strike=6700.0,
                right="C",
            ),
            SPX,
        ),
        (
            Contract(
                secType="OPT",
                symbol="SPX",
                tradingClass="SPX",
                lastTradeDateOrContractMonth="20261217",
                strike=6700.0,
                right="CALL",
            ),
            SPX,
        ),
        (
            Contract(
                secType="FOP",
                symbol="ES",
                localSymbol="E3AX6 C6700",
                tradingClass="E3A",
                lastTradeDateOrContractMonth="20261116",
                strike=6700.0,
                right="C",
            ),
            "cme E3A 20261116 000006700000000 C",
        ),
        (Contract(secType="OPT", conId=13, symbol="SPX", right="?"), "ib 13"),
    ],
)
def test_the_key_of_a_contract(contract: Contract, key: str) -> None:
    """As a feed's listing has it; what has no such key is named by its number."""
    assert key_of(contract) == key


async def test_asked_for_once(traded: Traded, book: ContractBook) -> None:
    """TWS is asked for what is not known, and its number names it from then on."""
    found = await book.find(traded.key)
    assert found.conId > 0
    assert found.exchange == "SMART"
    assert book.key_of(found) == traded.key
    assert book.key_of(Contract(conId=found.conId)) == traded.key
    traded.begin("no_definition")
    assert await book.find(traded.key) is found
    with pytest.raises(ConfigError, match="200"):
        await book.find(traded.other_key)


async def test_underlyings_and_futures(book: ContractBook) -> None:
    """They are found by their names."""
    stock = await book.find("us AMZN")
    assert (stock.secType, stock.exchange) == ("STK", "SMART")
    index = await book.find("us SPX")
    assert index.secType == "IND"
    with pytest.raises(ConfigError, match="the contract cme ESX9"):
        await book.find("cme ESX9")


async def test_by_number(traded: Traded, book: ContractBook) -> None:
    """Numbers of legs are looked up, each once."""
    number = (await book.find("us AMZN")).conId
    assert book.key_of(Contract(conId=1)) == "ib 1"
    await book.identify([number])
    other = ContractBook(book._link, traded.folder)
    await other.identify([number, number])
    assert other.key_of(Contract(conId=number)) == "us AMZN"
    assert (await other.find(f"ib {number}")).symbol == "AMZN"
    with pytest.raises(ConfigError):
        await other.identify([1])


@pytest.mark.parametrize(
    "key",
    [
        "deribit BTC 20261218 000050000000000 C",
        "nonsense",
        "us ",
        "cme E3A 20261116 00000670000000 C",
    ],
)
async def test_keys_of_nothing(book: ContractBook, key: str) -> None:
    """The operator is told."""
    with pytest.raises(ConfigError):
        await book.find(key)


async def test_an_option_on_a_future_is_asked_for_by_class(book: ContractBook) -> None:
    """One that TWS does not have is none."""
    with pytest.raises(ConfigError, match="E9Z"):
        await book.find("cme E9Z 20261116 000006700000000 C")


async def test_files_of_a_feed(book: ContractBook, tmp_path: Path) -> None:
    """What a feed has found is not asked for; the day of last trading is that of the class."""
    store = ContractStore(store_path(tmp_path, "SPX", 416904))
    for number, root, last_day, right in (
        (7, "SPX", "20261217", "C"),
        (8, "SPXW", "20261218", "P"),
    ):
        one = Listed(number, root, last_day, "2026-12-18", 6700.0, right, f"{root} x", 100.0, 0.05)
        store.put(root, last_day, asked_at=NOW, offered=(6700.0,), contracts=[one])
    store.save()
    call = await book.find(SPX)
    assert (call.conId, call.multiplier, call.lastTradeDateOrContractMonth) == (
        7,
        "100",
        "20261217",
    )
    assert (await book.find(SPXW)).conId == 8
    with pytest.raises(ConfigError):
        await book.find("us SPXW 20261218 000006700000000 C")


async def test_a_combination(traded: Traded, book: ContractBook) -> None:
    """Legs by number, sold where the ratio is below 0."""
    bag = await book.combination("AMZN", [(traded.key, 1), (traded.other_key, -2)])
    assert (bag.secType, bag.symbol, bag.exchange) == ("BAG", "AMZN", "SMART")
    numbers = [(await book.find(key)).conId for key in (traded.key, traded.other_key)]
    assert [(leg.conId, leg.ratio, leg.action) for leg in bag.comboLegs] == [
        (numbers[0], 1, "BUY"),
        (numbers[1], 2, "SELL"),
    ]
