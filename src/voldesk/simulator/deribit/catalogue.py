"""What the simulated Deribit lists: the market's contracts in coin and in currency."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from voldesk.model.enums import Market, Right
from voldesk.model.instruments import Contract, deribit_symbol
from voldesk.model.quotes import BoolArray, FloatArray, IntArray
from voldesk.model.sessions import settles_at
from voldesk.simulator.market.market import SyntheticMarket
from voldesk.wire.deribit.types import Instrument, TickStep

_NS_PER_MS: Final = 1_000_000
COIN_TICK: Final = 0.0001
COIN_COARSE_TICK: Final = 0.0005
COIN_COARSE_ABOVE: Final = 0.005
CURRENCY: Final = "USDC"
"""Of the linear contracts' premiums."""


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """
    The instruments, each contract of the market twice: paid in coin, and in USDC.

    Attributes:
        instruments: As they are listed; number i is contract i here.
        row: Of the market's listing. This and what follows: ``(n,)``
        is_coin: Its premium is paid in coin.
        strike: Quote currency.
        is_call: The holder may buy.
        settles: UTC ns.
        by_name: Contract by name.
        spots: Row of an index in the market's listing, by the name of the index.
        contracts: Contracts of each index, by its name.
    """

    instruments: tuple[Instrument, ...]
    row: IntArray
    is_coin: BoolArray
    strike: FloatArray
    is_call: BoolArray
    settles: IntArray
    by_name: dict[str, int]
    spots: dict[str, int]
    contracts: dict[str, IntArray]


def list_market(market: SyntheticMarket) -> Catalogue:
    """Return what of a market Deribit would list."""
    listing = market.listing
    is_ours = listing.market == Market.DERIBIT
    options = np.flatnonzero(is_ours & listing.is_option)
    row = np.concatenate((options, options))
    is_coin = np.arange(len(row)) < len(options)
    settles = np.array(
        [
            settles_at(str(listing.root[at]), listing.expiry[at].item(), Market.DERIBIT)
            for at in options
        ],
        dtype=np.int64,
    )
    settles = np.concatenate((settles, settles))
    instruments = tuple(
        _instrument(market, int(at), number, is_coin=bool(coin), settles=int(ts))
        for number, (at, coin, ts) in enumerate(zip(row, is_coin, settles, strict=True))
    )
    spots = {}
    for at in np.flatnonzero(is_ours & ~listing.is_option).tolist():
        for currency in ("usd", CURRENCY.lower()):
            spots[f"{str(listing.symbol[at]).lower()}_{currency}"] = at
    names = np.array([one.price_index for one in instruments])
    return Catalogue(
        instruments=instruments,
        row=row,
        is_coin=is_coin,
        strike=listing.strike[row],
        is_call=listing.is_call[row],
        settles=settles,
        by_name={one.instrument_name: number for number, one in enumerate(instruments)},
        spots=spots,
        contracts={name: np.flatnonzero(names == name) for name in spots},
    )


def _instrument(
    market: SyntheticMarket, at: int, number: int, *, is_coin: bool, settles: int
) -> Instrument:
    listing = market.listing
    coin = str(listing.underlying[at])
    strike, is_call = float(listing.strike[at]), bool(listing.is_call[at])
    root = coin if is_coin else f"{coin}_{CURRENCY}"
    contract = Contract(
        underlying=coin,
        root=root,
        expiry=listing.expiry[at].item(),
        right=Right.CALL if is_call else Right.PUT,
        strike=strike,
        market=Market.DERIBIT,
    )
    return Instrument(
        instrument_name=deribit_symbol(contract),
        strike=strike,
        option_type="call" if is_call else "put",
        expiration_timestamp=settles // _NS_PER_MS,
        creation_timestamp=market.now // _NS_PER_MS,
        base_currency=coin,
        quote_currency=coin if is_coin else CURRENCY,
        counter_currency="USD" if is_coin else CURRENCY,
        settlement_currency=coin if is_coin else CURRENCY,
        instrument_type="reversed" if is_coin else "linear",
        price_index=f"{coin.lower()}_{'usd' if is_coin else CURRENCY.lower()}",
        contract_size=float(listing.multiplier[at]),
        tick_size=COIN_TICK if is_coin else float(listing.tick_size[at]),
        tick_size_steps=(TickStep(COIN_COARSE_ABOVE, COIN_COARSE_TICK),) if is_coin else (),
        instrument_id=number + 1,
    )
