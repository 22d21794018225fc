"""What an operator can choose about Interactive Brokers."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from voldesk.venues.session import BackoffSettings


class Quotes(StrEnum):
    """Which market data are asked for; what an account may not see live, TWS can show late."""

    LIVE = "live"
    FROZEN = "frozen"  # live, and after the close the last quotes of the session
    DELAYED = "delayed"  # about 15 minutes old, free of charge
    DELAYED_FROZEN = "delayed-frozen"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSettings:
    """
    How the market-data lines of an account are spent.

    Attributes:
        limit: Lines the account has; 100 unless more were bought.
        spare: Of them kept free, for TWS's own windows and prices asked for by hand.
        atm_strikes: Strikes on each side of the money whose two contracts always stream, as far
            as the lines go.
        rotating_share: Of the lines left to options, at least this share goes round among the
            contracts further away, where there are more than lines.
        dwell_secs: How long a contract that goes round keeps its line.
        changes_per_sec: Most lines that change hands per second: each costs two messages.
    """

    limit: int = 100
    spare: int = 4
    atm_strikes: int = 5
    rotating_share: float = 0.25
    dwell_secs: float = 3.0
    changes_per_sec: int = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainSettings:
    """
    Which contracts of an underlying are listed.

    Attributes:
        expiries: Exactly these dates, ISO 8601; empty for the next ones.
        expiry_count: So many of the next dates.
        within_days: None that settles later than in so many days.
        least_days: None that settles sooner than that; 0 keeps today's until it has settled.
        width_pct: Strikes at most so far from spot, percent of it.
        classes: Trading classes (SPX, SPXW); empty for every class that is not adjusted.
        folder: Keeps the contracts found; None for the user's cache.
        max_age_hours: Contracts kept longer than this are asked for again.
    """

    expiries: tuple[str, ...] = ()
    expiry_count: int = 2
    within_days: float = 60.0
    least_days: float = 0.0
    width_pct: float = 10.0
    classes: tuple[str, ...] = ()
    folder: Path | None = None
    max_age_hours: float = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class IbSettings:
    """
    TWS or Gateway, and what is asked of it.

    Ports: TWS live 7496, TWS paper 7497, Gateway live 4001, Gateway paper 4002.

    Attributes:
        client_id: Unique among the programs connected to one TWS.
        trading_client_id: Likewise, of the connection that orders go over; the same one every day,
            since TWS lets an order be changed by nobody else. 0 adopts orders made by hand in TWS.
        account: One of the login's; None for its only or first one.
        symbols: Underlyings: ``AMZN``, ``SPX``, or ``SYMBOL:TYPE:EXCHANGE`` with TYPE one of STK,
            IND, FUT.
        quotes: Which market data are asked for.
        connect_secs: An attempt to connect takes at most this long.
        start_secs: Opening waits this long for a TWS that is not there yet; infinity for ever.
        request_secs: An answer is awaited so long; a whole expiry has three times that.
        stall_secs: After silence this long TWS is asked the time.
        probe_secs: It has so long to answer; then the line is given up.
        requests_per_sec: Messages sent per second; TWS takes 50.
        restart_at: ``HH:MM`` of the daily restart of TWS; None where it has none.
        restart_zone: The clock that goes by.
        restart_mins: It takes at most this long, and is no error meanwhile.
        is_always_open: It trades outside the sessions too, as a simulated TWS does.
    """

    host: str = "127.0.0.1"
    port: int = 7497  # TWS, paper account
    client_id: int = 1
    trading_client_id: int = 2
    account: str | None = None
    symbols: tuple[str, ...] = ("SPX",)
    quotes: Quotes = Quotes.LIVE
    chain: ChainSettings = field(default_factory=ChainSettings)
    lines: LineSettings = field(default_factory=LineSettings)
    connect_secs: float = 4.0
    start_secs: float = 0.0
    request_secs: float = 10.0
    stall_secs: float = 2.0
    probe_secs: float = 1.5
    requests_per_sec: int = 49
    restart_at: str | None = "23:45"
    restart_zone: str = "America/New_York"
    restart_mins: float = 10.0
    is_always_open: bool = False
    backoff: BackoffSettings = field(default_factory=BackoffSettings)
