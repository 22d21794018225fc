"""What becomes of positions when contracts end, or are exercised before."""

from collections.abc import Callable
from decimal import Decimal

from voldesk.model.traded import Kind
from voldesk.simulator.exchange.events import Settled, SettledAs
from voldesk.simulator.exchange.instruments import Instrument
from voldesk.simulator.exchange.ledger import Ledger
from voldesk.simulator.exchange.orders import Reason, Rejection
from voldesk.simulator.exchange.quotes import Board

_NOTHING = Decimal(0)


class Settlement:
    """
    Ends positions at the underlying's last price.

    An option in the money by a tick of its underlying or more is exercised: paid in cash, or the
    underlying changes hands at the strike; its own premium is then realised as a loss or gain, and
    the stock costs the strike. A future is paid in cash.

    Args:
        ledger: The accounts.
        board: The prices.
        look: Finds what is listed under a key.
    """

    def __init__(self, ledger: Ledger, board: Board, look: Callable[[str], Instrument]) -> None:
        self._ledger = ledger
        self._board = board
        self._look = look

    def settle(self, instrument: Instrument, now: int) -> list[Settled]:
        """End every position in an instrument that has expired."""
        done = []
        for name, account in self._ledger.accounts.items():
            holding = account.holdings.get(instrument.key)
            if holding is not None and holding.quantity:
                done.append(self._end(name, instrument, holding.quantity, now))
        return done

    def exercise(
        self, account: str, instrument: Instrument, quantity: Decimal, now: int
    ) -> Settled | Rejection:
        """
        End part of an option position before it expires: exercised, or assigned if below 0.

        Raises:
            KeyError: There is no such account.
        """
        holding = self._ledger.accounts[account].holdings.get(instrument.key)
        held = holding.quantity if holding is not None else _NOTHING
        is_held = 0 < quantity <= held if quantity > 0 else held <= quantity < 0
        if not instrument.is_option or not is_held:
            return Rejection(
                Reason.POSITION, f"{quantity} of {instrument.key} to exercise, {held} held"
            )
        return self._end(account, instrument, quantity, now)

    def _end(self, account: str, instrument: Instrument, quantity: Decimal, now: int) -> Settled:
        spot = self._spot(instrument)
        if not instrument.is_option:
            return self._pay(account, instrument, quantity, spot, spot, now)
        worth = _intrinsic(instrument, spot)
        if worth <= _NOTHING:
            return self._pay(account, instrument, quantity, spot, _NOTHING, now)
        underlying = self._look(instrument.underlying)
        if instrument.is_cash_settled or underlying.kind is Kind.INDEX:
            return self._pay(account, instrument, quantity, spot, worth, now)
        return self._deliver(account, instrument, underlying, quantity, spot, now)

    def _pay(
        self,
        account: str,
        instrument: Instrument,
        quantity: Decimal,
        spot: Decimal,
        worth: Decimal,
        now: int,
    ) -> Settled:
        """Pay what a position is worth, and be done."""
        self._ledger.trade(account, instrument, -quantity, worth, _NOTHING)
        return Settled(
            ts=now,
            account=account,
            instrument=instrument.key,
            how=SettledAs.CASH if worth else SettledAs.WORTHLESS,
            quantity=quantity,
            price=spot,
            cash=quantity * worth * instrument.multiplier,
        )

    def _deliver(
        self,
        account: str,
        instrument: Instrument,
        underlying: Instrument,
        quantity: Decimal,
        spot: Decimal,
        now: int,
    ) -> Settled:
        """Move the underlying at the strike: to who is long calls or short puts."""
        strike = instrument.strike or _NOTHING
        units = quantity * instrument.multiplier * (1 if instrument.is_call else -1)
        self._ledger.trade(account, instrument, -quantity, _NOTHING, _NOTHING)
        self._ledger.trade(account, underlying, units / underlying.multiplier, strike, _NOTHING)
        return Settled(
            ts=now,
            account=account,
            instrument=instrument.key,
            how=SettledAs.EXERCISED if quantity > 0 else SettledAs.ASSIGNED,
            quantity=quantity,
            price=spot,
            cash=-units * strike,
        )

    def _spot(self, instrument: Instrument) -> Decimal:
        """Return the underlying's last price; the instrument's own mark where it has none."""
        try:
            spot = self._board.last_price(self._look(instrument.underlying))
        except KeyError:
            spot = None
        return spot or self._board.mark(instrument) or _NOTHING


def _intrinsic(instrument: Instrument, spot: Decimal) -> Decimal:
    strike = instrument.strike or _NOTHING
    return spot - strike if instrument.is_call else strike - spot
