"""Volumes of minutes and seconds."""

import numpy as np
import pytest
from ib_reference import AAPL, BTC, SPY_CALL, START, Reference

from voldesk.simulator.ib.candles import MINUTES_PER_DAY
from voldesk.simulator.ib.volumes import Traded, lot_of, minutes_traded, seconds_traded
from voldesk.wire.ib.types import IbContract

DAY = START // 86_400
SEED = 1


def test_volumes_are_whole_and_within_the_session(reference: Reference) -> None:
    """Nothing trades at night; what trades is counted in whole shares and whole trades."""
    traded = minutes_traded(SEED, reference.instrument(AAPL), DAY, 280.0)
    assert np.array_equal(traded.volume, np.floor(traded.volume))
    assert (traded.volume[:480] == 0.0).all()  # before 04:00 in New York
    assert (traded.volume[810:1200] > 0.0).all()  # the regular session
    assert ((traded.trade_count > 0.0) == (traded.volume > 0.0)).all()
    assert (traded.trade_count <= traded.volume).all()


def test_the_mean_day_is_that_of_the_product(reference: Reference) -> None:
    """Over fifty days the regular session's volume is the price list's, within ten percent."""
    instrument = reference.instrument(AAPL)
    weekdays = [DAY - 7 * n for n in range(50)]
    total = [minutes_traded(SEED, instrument, day, 280.0).volume.sum() for day in weekdays]
    busy = [volume for volume in total if volume]  # no holidays
    assert np.mean(busy) == pytest.approx(instrument.product.day_volume, rel=0.1)


def test_far_options_trade_less(reference: Reference) -> None:
    """An option far from the money trades less than it would near it."""
    call = reference.instrument(SPY_CALL)
    near = sum(minutes_traded(SEED, call, DAY - 7 * n, 750.0).volume.sum() for n in range(30))
    far = sum(minutes_traded(SEED, call, DAY - 7 * n, 300.0).volume.sum() for n in range(30))
    assert far < near


@pytest.mark.parametrize("asked", [AAPL, BTC])
def test_seconds_add_up_to_their_minute(reference: Reference, asked: IbContract) -> None:
    """Volume and trades of sixty seconds are those of the minute, coins in parts of one."""
    instrument = reference.instrument(asked)
    traded = minutes_traded(SEED, instrument, DAY, 280.0)
    for place in range(820, 840):
        one = Traded(*(column[place : place + 1] for column in traded))
        seconds = seconds_traded(SEED, instrument, DAY * MINUTES_PER_DAY + place, one)
        assert seconds.volume.sum() == pytest.approx(one.volume[0], abs=1e-9)
        assert seconds.trade_count.sum() == one.trade_count[0]
        assert (seconds.volume >= 0.0).all()


def test_coins_are_counted_in_parts(reference: Reference) -> None:
    """The unit of a coin's volume is a ten-thousandth, of anything else one."""
    assert lot_of(reference.instrument(BTC)) == 0.0001
    assert lot_of(reference.instrument(AAPL)) == 1.0
