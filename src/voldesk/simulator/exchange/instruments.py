"""What can be traded on the built-in exchange, by a key that no venue owns."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from voldesk.model.enums import Market
from voldesk.model.listing import Listing
from voldesk.model.sessions import settles_at
from voldesk.model.traded import Kind


@dataclass(frozen=True, slots=True)
class Leg:
    """
    One part of a combo.

    Attributes:
        instrument: Key of what is traded; no combo itself.
        ratio: Units per unit of the combo when the combo is bought, below 0 where the leg is sold.
    """

    instrument: str
    ratio: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """
    One tradable thing (or an index, which is not).

    Attributes:
        key: Unique name: `ids.contract_key` of an option, ``us AMZN`` of an underlying, anything
            for the rest.
        kind: What it is.
        market: Whose sessions it trades in.
        currency: Of its price.
        multiplier: Money per 1.00 of price and unit of quantity.
        tick_size: Smallest step of a price.
        lot: Smallest step of a quantity.
        max_quantity: The most one order may ask for (a freeze quantity); None for no limit.
        lowest_price: No order may name a price below (a price band); None for no limit.
        highest_price: Likewise above.
        underlying: Key of the instrument it is written on; for forex the currency bought; else "".
        strike: Of an option, else None.
        is_call: Of an option.
        settles_at: Instant of settlement, UTC ns; None for what never expires.
        is_cash_settled: Whether its value is paid at settlement; otherwise the underlying changes
            hands at the strike.
        legs: Of a combo.
        half_spread_ticks: Distance of bid and ask from a spot tick, for what ticks a spot only.
        spot_size: Size shown on both sides then.
        shown_unit: Quantity per 1 of a tick's size.
    """

    key: str
    kind: Kind
    market: Market
    currency: str = "USD"
    multiplier: Decimal = Decimal(1)
    tick_size: Decimal = Decimal("0.01")
    lot: Decimal = Decimal(1)
    max_quantity: Decimal | None = None
    lowest_price: Decimal | None = None
    highest_price: Decimal | None = None
    underlying: str = ""
    strike: Decimal | None = None
    is_call: bool = False
    settles_at: int | None = None
    is_cash_settled: bool = False
    legs: tuple[Leg, ...] = ()
    half_spread_ticks: int = 1
    spot_size: Decimal = Decimal(500)
    shown_unit: Decimal = Decimal(1)

    @property
    def is_option(self) -> bool:
        """Say whether it is an option."""
        return self.kind is Kind.OPTION


KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "SPX": Kind.INDEX,
        "NIFTY": Kind.INDEX,
        "BANKNIFTY": Kind.INDEX,
        "BTC": Kind.CRYPTO,
    }
)
"""What an underlying of the synthetic market is; one that is not here is a stock."""

CURRENCIES: Final[Mapping[Market, str]] = MappingProxyType(
    {Market.US: "USD", Market.CME: "USD", Market.INDIA: "INR", Market.DERIBIT: "USDC"}
)

_CRYPTO_LOT = Decimal("0.00000001")


def instruments_of(
    listing: Listing, *, kinds: Mapping[str, Kind] = KINDS, counts_units: bool = False
) -> tuple[Instrument, ...]:
    """
    Return the instruments of a market's listing, row by row, under the listing's keys.

    Args:
        listing: Underlyings and option contracts.
        kinds: What each underlying is, by symbol; a stock where it is not named.
        counts_units: Whether a quantity counts units of the underlying in whole contracts, as
            Indian brokers do (multiplier 1, lot 65), and not contracts (multiplier 65, lot 1).
    """
    found = []
    for row in range(len(listing)):
        market = Market(listing.market[row])
        symbol = str(listing.underlying[row])
        kind = kinds.get(symbol, Kind.STOCK)
        if bool(listing.is_option[row]):
            found.append(_option(listing, row, market, kind, counts_units=counts_units))
            continue
        instrument = Instrument(
            key=str(listing.key[row]),
            kind=kind,
            market=market,
            currency=CURRENCIES[market],
            tick_size=exact(listing.tick_size[row]),
            lot=_CRYPTO_LOT if kind is Kind.CRYPTO else Decimal(1),
        )
        found.append(instrument)
    return tuple(found)


def exact(number: float) -> Decimal:
    """Return the decimal number a float was written as, without idle zeros."""
    text = repr(float(number))
    return Decimal(text.removesuffix(".0"))


def _option(
    listing: Listing, row: int, market: Market, kind: Kind, *, counts_units: bool
) -> Instrument:
    units = exact(listing.multiplier[row])
    expiry = listing.expiry[row].item()
    root = str(listing.root[row])
    return Instrument(
        key=str(listing.key[row]),
        kind=Kind.OPTION,
        market=market,
        currency=CURRENCIES[market],
        multiplier=Decimal(1) if counts_units else units,
        tick_size=exact(listing.tick_size[row]),
        lot=units if counts_units else Decimal(1),
        shown_unit=units if counts_units else Decimal(1),
        underlying=f"{market} {listing.underlying[row]}",
        strike=exact(listing.strike[row]),
        is_call=bool(listing.is_call[row]),
        settles_at=settles_at(root, expiry, market),
        is_cash_settled=kind is not Kind.STOCK,
    )
