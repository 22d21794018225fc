"""The market as a whole; statistical statements hold for the seeds given."""

from collections.abc import Callable

import numpy as np
import pytest

from voldesk.analytics.smile import iv_at_delta, otm_smile
from voldesk.model.errors import ConfigError
from voldesk.model.quotes import FloatArray
from voldesk.model.sessions import NS_PER_SECOND, NS_PER_YEAR
from voldesk.model.ticks import Field, TickBatch, TickKind, present
from voldesk.pricing import flags
from voldesk.pricing.forward import implied_forward
from voldesk.pricing.vol import implied_vol
from voldesk.simulator.market.market import SyntheticMarket
from voldesk.simulator.market.universe import UNIVERSE

MakeMarket = Callable[..., SyntheticMarket]

MINUTE = 60 * NS_PER_SECOND
VOL_POINT = 0.01


def of_kind(batch: TickBatch, kind: TickKind) -> TickBatch:
    """Return the ticks of one kind."""
    chosen: TickBatch = batch[batch["kind"] == kind]
    return chosen


def two_sided(batch: TickBatch) -> TickBatch:
    """Return the quotes with a bid above 0 and an ask."""
    quotes = of_kind(batch, TickKind.QUOTE)
    chosen: TickBatch = quotes[(quotes["bid"] > 0.0) & (quotes["ask"] > 0.0)]
    return chosen


def board_of(batches: list[TickBatch], size: int) -> dict[Field, FloatArray]:
    """Return what a listener to those batches knows of each instrument."""
    known = {field: np.full(size, np.nan) for field in Field}
    for batch in batches:
        for field, column in known.items():
            told = batch[present(batch, field)]
            column[told["instrument"]] = told[str(field.name).lower()]
    return known


def test_the_same_seed_gives_the_same_bytes(make_market: MakeMarket) -> None:
    """Two markets moved alike are equal to the byte, another seed's is not."""
    streams = []
    for seed in (1, 1, 2):
        market = make_market(seed=seed)
        parts = [market.snapshot()]
        steps = (1_000_000, 50_000_000, NS_PER_SECOND, 15 * NS_PER_SECOND)
        parts += [market.advance(market.now + step) for step in steps]
        parts.append(market.snapshot())
        streams.append(b"".join(part.tobytes() for part in parts))
    assert streams[0] == streams[1]
    assert streams[0] != streams[2]


def test_ticks_lie_in_their_interval_by_time(make_market: MakeMarket) -> None:
    """They come after the last instant and not after this one, received at its end."""
    market = make_market()
    for step in (3 * NS_PER_SECOND, 7_000_000, 20 * NS_PER_SECOND):
        before = market.now
        batch = market.advance(before + step)
        assert market.now == before + step
        assert np.all(np.diff(batch["ts_event"]) >= 0)
        assert np.all((batch["ts_event"] > before) & (batch["ts_event"] <= market.now))
        assert np.all(batch["ts_recv"] == market.now)


def test_time_does_not_go_back(make_market: MakeMarket) -> None:
    """An instant before the present is refused; the present itself gives nothing."""
    market = make_market("BTC")
    assert len(market.advance(market.now)) == 0
    with pytest.raises(ValueError, match="cannot go back"):
        market.advance(market.now - 1)


def test_an_unknown_symbol_is_the_operators_mistake(start: int) -> None:
    """Nothing can be simulated of what is not in the universe."""
    with pytest.raises(ConfigError, match="VIX"):
        SyntheticMarket(("VIX",), 1, start)


def test_the_truth_lies_inside_every_two_sided_quote(make_market: MakeMarket) -> None:
    """At its own instant each quote encloses the true price strictly."""
    market = make_market(*UNIVERSE)
    quotes = two_sided(market.advance(market.now + 20 * NS_PER_SECOND))
    truth = market.true_price(quotes["instrument"], quotes["ts_event"])
    assert len(quotes) > 10_000
    assert np.all(quotes["bid"] < truth)
    assert np.all(truth < quotes["ask"])


def test_the_truth_lies_inside_every_quote_that_stands(make_market: MakeMarket) -> None:
    """Quotes that were not renewed enclose the present truth too, decay included."""
    market = make_market(*UNIVERSE)
    for _ in range(10):
        market.advance(market.now + 3 * NS_PER_SECOND)
        quotes = two_sided(market.snapshot())
        truth = market.true_price(quotes["instrument"])
        assert np.all((quotes["bid"] < truth) & (truth < quotes["ask"]))


def test_a_listener_knows_what_a_newcomer_is_told(make_market: MakeMarket) -> None:
    """A snapshot and all ticks after it amount to the snapshot of the end."""
    market = make_market(intensity=20.0)
    size = len(market.listing)
    heard = [market.snapshot()]
    heard += [market.advance(market.now + step * 1_000_000) for step in (1, 70, 900, 12_000, 3)]
    listener, newcomer = board_of(heard, size), board_of([market.snapshot()], size)
    for field in Field:
        assert np.array_equal(listener[field], newcomer[field], equal_nan=True), field


def test_trades_are_at_the_bid_or_ask_shown(make_market: MakeMarket) -> None:
    """Each trade's price is one of the two sides its contract shows at that instant."""
    market = make_market("SPX", intensity=20.0)
    shown = board_of([market.snapshot()], len(market.listing))
    count = 0
    for tick in market.advance(market.now + 10 * NS_PER_SECOND):
        row = tick["instrument"]
        if tick["kind"] == TickKind.QUOTE:
            shown[Field.BID][row], shown[Field.ASK][row] = tick["bid"], tick["ask"]
        elif tick["kind"] == TickKind.TRADE:
            assert tick["last"] in (shown[Field.BID][row], shown[Field.ASK][row])
            assert tick["last"] > 0.0
            count += 1
    assert count > 100


def test_volume_only_grows_within_a_day(make_market: MakeMarket) -> None:
    """Every trade shows more volume than the one before it in its contract."""
    market = make_market("NIFTY", intensity=50.0)
    volume = board_of([market.snapshot()], len(market.listing))[Field.VOLUME]
    for tick in of_kind(market.advance(market.now + 10 * NS_PER_SECOND), TickKind.TRADE):
        assert tick["volume"] > volume[tick["instrument"]]
        volume[tick["instrument"]] = tick["volume"]


def test_a_new_date_starts_volumes_at_nothing(
    make_market: MakeMarket, utc: Callable[[str], int]
) -> None:
    """At midnight in Mumbai every contract that traded is told a volume of 0."""
    market = make_market("NIFTY", at=utc("2026-09-15T18:29:50"))
    before = board_of([market.snapshot()], len(market.listing))[Field.VOLUME]
    batch = market.advance(utc("2026-09-15T18:30:30"))
    fresh = of_kind(batch, TickKind.TRADE)
    fresh = fresh[fresh["volume"] == 0.0]
    assert set(np.flatnonzero(before > 0.0)) <= set(fresh["instrument"].tolist())
    assert not present(fresh, Field.LAST).any()


def test_a_spot_tick_moves_quotes_at_its_instant(make_market: MakeMarket) -> None:
    """Quotes follow the spot within the same nanosecond, after it, in its own chain only."""
    market = make_market()
    batch = market.advance(market.now + 5 * NS_PER_SECOND)
    spots = np.flatnonzero(batch["kind"] == TickKind.SPOT)
    followed = 0
    for place in spots:
        same = np.flatnonzero(batch["ts_event"] == batch["ts_event"][place])
        assert same[0] == place
        underlying = market.listing.underlying[batch["instrument"][same]]
        assert np.all(underlying == underlying[0])
        followed += len(same) > 1
    assert followed > 0.9 * len(spots)


def test_the_state_is_what_the_last_spot_tick_said(make_market: MakeMarket) -> None:
    """Spot and instant of each state are those of its underlying's last tick."""
    market = make_market()
    spots = of_kind(market.advance(market.now + 10 * NS_PER_SECOND), TickKind.SPOT)
    for symbol, state in market.state.items():
        row = np.flatnonzero(market.listing.symbol == symbol)[0]
        last = spots[spots["instrument"] == row][-1]
        assert (state.ts, state.spot) == (last["ts_event"], last["last"])
        assert state.vol > 0.0
        assert -1.0 < state.rho < 1.0


def test_settlement_withdraws_the_quotes(
    make_market: MakeMarket, utc: Callable[[str], int]
) -> None:
    """At its settlement each contract loses both sides, and nothing of it ticks afterwards."""
    market = make_market("NIFTY", at=utc("2026-09-15T09:59:30"))
    settles = int(market._legs.settles[0])
    due = market._legs.instrument[market._legs.series == 0].reshape(-1)
    market.advance(settles - 1)
    assert np.isfinite(market.true_vol(due)).all()
    batch = market.advance(settles)
    assert np.isnan(market.true_vol(due)).all()
    mine = batch[np.isin(batch["instrument"], due)]
    quotes = of_kind(mine, TickKind.QUOTE)
    assert set(quotes["instrument"].tolist()) == set(due.tolist())
    assert np.isnan(quotes["ask"]).all()
    assert np.isnan(quotes["bid"]).all()
    assert np.all(mine["ts_event"] == settles)
    after = market.advance(market.now + 60 * NS_PER_SECOND)
    assert not np.isin(after["instrument"], due).any()
    assert len(after) > 0


def test_a_recovered_iv_lies_in_the_quotes_own_band(make_market: MakeMarket) -> None:
    """Of each two-sided row the mid's iv lies between bid's and ask's, as the true vol does."""
    market = make_market(*UNIVERSE)
    market.advance(market.now + 5 * NS_PER_SECOND)
    quotes = two_sided(market.snapshot())
    row = quotes["instrument"]
    listing, legs = market.listing, market._legs
    years = (legs.settles[legs.series[legs.leg_of[row]]] - market.now) / NS_PER_YEAR
    terms = (market.true_forward(row), listing.strike[row], years, listing.is_call[row])
    discount = market.oracle.discount(row, market.now)
    mid = 0.5 * (quotes["bid"] + quotes["ask"])
    low, high, middle = (
        implied_vol(price, *terms, discount) for price in (quotes["bid"], quotes["ask"], mid)
    )
    truth = market.true_vol(row)
    is_solved = middle[1] == flags.OK
    assert is_solved.mean() > 0.95
    for vol in (middle[0], truth):
        bid_known = is_solved & (low[1] == flags.OK)
        assert np.all(low[0][bid_known] <= vol[bid_known])
        ask_known = is_solved & (high[1] == flags.OK)
        assert np.all(vol[ask_known] <= high[0][ask_known])


@pytest.mark.parametrize("symbol", list(UNIVERSE))
def test_recovered_risk_reversals_are_the_true_ones(symbol: str, start: int) -> None:
    """
    From quotes alone, forward by parity, RR25 of every series is within 0.1 vol points.

    Left out are series so near their end that strikes lie further apart than half a standard
    deviation: no interpolation sees a smile there.
    """
    market = SyntheticMarket((symbol,), 4, start)
    market.advance(start + 10 * NS_PER_SECOND)
    known = board_of([market.snapshot()], len(market.listing))
    bid, ask = known[Field.BID], known[Field.ASK]
    mid = np.where(bid > 0.0, 0.5 * (bid + ask), np.nan)
    legs = market._legs
    compared = 0
    for series, settles in enumerate(legs.settles):
        call, put = legs.instrument[legs.series == series].T
        strike, years = market.listing.strike[call], float(settles - market.now) / NS_PER_YEAR
        fit = implied_forward(strike, bid[call], ask[call], bid[put], ask[put], years=years)
        terms = (fit.forward, strike, years)
        call_iv = implied_vol(mid[call], *terms, True, fit.discount)[0]
        put_iv = implied_vol(mid[put], *terms, False, fit.discount)[0]
        smile = otm_smile(strike, call_iv, put_iv, fit.forward, years)
        recovered = iv_at_delta(smile, 0.25) - iv_at_delta(smile, -0.25)
        true = [market.oracle.vol_at_delta(int(call[0]), d, market.now) for d in (0.25, -0.25)]
        if strike[1] - strike[0] < 0.5 * fit.forward * true[0] * np.sqrt(years):
            assert recovered == pytest.approx(true[0] - true[1], abs=0.1 * VOL_POINT)
            compared += 1
    assert compared >= len(legs.settles) - 1


def test_realised_vol_is_near_the_vol_process(make_market: MakeMarket) -> None:
    """Squared steps of the ticking spot sum to the vol squared over time, and rare jumps."""
    market = make_market("BTC", seed=3)
    spots, years = [market.state["BTC"].spot], 40 * MINUTE / NS_PER_YEAR
    for _ in range(40):
        batch = market.advance(market.now + MINUTE)
        spots += of_kind(batch, TickKind.SPOT)["last"].tolist()
    realised = np.sqrt(np.sum(np.diff(np.log(spots)) ** 2) / years)
    assert realised == pytest.approx(UNIVERSE["BTC"].dynamics.vol, rel=0.05)


def test_intensity_is_a_u_over_the_session(
    make_market: MakeMarket, utc: Callable[[str], int]
) -> None:
    """The first and last minutes of a session have over twice the ticks of its middle."""
    counts = []
    for begin in ("2026-09-15T13:30", "2026-09-15T16:43", "2026-09-15T19:56"):
        market = make_market("AMZN", at=utc(begin), always_open=False)
        batch = market.advance(market.now + 4 * MINUTE)
        counts.append(len(of_kind(batch, TickKind.SPOT)))
    assert counts[0] > 2 * counts[1]
    assert counts[2] > 2 * counts[1]


def test_a_closed_market_is_silent_until_it_opens(
    make_market: MakeMarket, utc: Callable[[str], int]
) -> None:
    """With sessions honoured nothing ticks between the close and the next open."""
    close, opens = utc("2026-09-18T20:00"), utc("2026-09-21T13:30")
    market = make_market("AMZN", at=close - 10 * NS_PER_SECOND, always_open=False)
    assert len(market.advance(close)) > 0
    assert len(market.advance(opens - 1)) == 0
    assert len(market.advance(opens + 10 * NS_PER_SECOND)) > 0


def test_a_market_that_never_closes_ticks_on_sundays(
    make_market: MakeMarket, utc: Callable[[str], int]
) -> None:
    """By default the demo lives at any hour."""
    market = make_market("AMZN", "NIFTY", at=utc("2026-09-13T03:00"))
    batch = market.advance(market.now + 10 * NS_PER_SECOND)
    assert set(market.listing.underlying[batch["instrument"]]) == {"AMZN", "NIFTY"}


@pytest.mark.parametrize("steps", [3_000, 30])
def test_the_size_of_steps_changes_no_law(make_market: MakeMarket, steps: int) -> None:
    """A minute in many steps or few has as many spot ticks, quotes and trades."""
    market = make_market("SPX", seed=9, intensity=4.0)
    size = MINUTE // steps
    batches = [market.advance(market.now + size) for _ in range(steps)]
    counts = np.bincount(np.concatenate(batches)["kind"], minlength=4)
    quoting = UNIVERSE["SPX"].quoting
    spots = quoting.spot_ticks_per_sec * np.sqrt(4.0) * 0.5 * 60.0  # New York is asleep
    events = quoting.events_per_sec * 4.0 * 0.5 * 60.0 * (len(market.listing) - 1)
    assert counts[TickKind.SPOT] == pytest.approx(spots, rel=0.15)
    assert counts[TickKind.TRADE] == pytest.approx(0.08 * events, rel=0.2)
    assert counts[TickKind.QUOTE] > 0.8 * events


def test_intensity_makes_contracts_busier(make_market: MakeMarket) -> None:
    """Ten times the intensity is ten times the trades."""
    trades = []
    for intensity in (10.0, 100.0):
        market = make_market("SPX", intensity=intensity)
        batch = market.advance(market.now + 30 * NS_PER_SECOND)
        trades.append(len(of_kind(batch, TickKind.TRADE)))
    assert trades[1] == pytest.approx(10 * trades[0], rel=0.2)


def test_puts_and_calls_obey_parity(make_market: MakeMarket) -> None:
    """Recovered by parity, forward and discount are the true ones."""
    market = make_market("NIFTY", seed=5)
    market.advance(market.now + NS_PER_SECOND)
    known = board_of([market.snapshot()], len(market.listing))
    call, put = market._legs.instrument[market._legs.series == 1].T
    years = (int(market._legs.settles[1]) - market.now) / NS_PER_YEAR
    fit = implied_forward(
        market.listing.strike[call],
        *(known[field][rows] for rows in (call, put) for field in (Field.BID, Field.ASK)),
        years=years,
    )
    assert fit.forward == pytest.approx(market.true_forward(int(call[0]))[0], rel=2e-6)


def test_skipping_moves_the_market_without_telling(make_market: MakeMarket) -> None:
    """After a day nobody listened to, spots and quotes are those of the new present."""
    market = make_market()
    before = market.state
    market.skip(market.now + 86_400 * NS_PER_SECOND)
    for symbol, state in market.state.items():
        assert state.ts == market.now
        assert state.spot != before[symbol].spot
    quotes = two_sided(market.snapshot())
    truth = market.true_price(quotes["instrument"])
    assert len(quotes) > 100
    assert np.all((quotes["bid"] < truth) & (truth < quotes["ask"]))
    settled = np.isnan(market.true_vol(np.arange(len(market.listing)))) & market.listing.is_option
    shown = of_kind(market.snapshot(), TickKind.QUOTE)
    assert settled.any()
    assert np.isnan(shown["ask"][settled[shown["instrument"]]]).all()
    assert len(market.advance(market.now + NS_PER_SECOND)) > 0


def test_skipping_goes_forward_and_leaves_closed_markets_alone(
    make_market: MakeMarket, utc: Callable[[str], int]
) -> None:
    """A closed market has no new spot; the present is no move; the past is refused."""
    market = make_market("AMZN", at=utc("2026-09-18T20:00"), always_open=False)
    market.skip(market.now)
    market.skip(utc("2026-09-19T12:00"))
    assert market.state["AMZN"].ts == utc("2026-09-18T20:00")
    market.skip(utc("2026-09-21T14:00"))
    assert market.state["AMZN"].ts == utc("2026-09-21T14:00")
    with pytest.raises(ValueError, match="cannot go back"):
        market.skip(utc("2026-09-20T14:00"))


def test_only_so_much_of_the_past_is_kept(make_market: MakeMarket) -> None:
    """With a short history the truth of long ago is refused, that of now is not."""
    market = make_market("BTC", history=16)
    then = market.now
    market.advance(then + MINUTE)
    assert np.isfinite(market.true_vol(1)).all()
    with pytest.raises(ValueError, match="forgotten"):
        market.true_vol(1, then)
