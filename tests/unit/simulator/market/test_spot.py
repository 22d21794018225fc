"""How spots and vols move; statistical statements hold for the seeds given."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from voldesk.model.quotes import FloatArray
from voldesk.model.sessions import NS_PER_DAY, NS_PER_SECOND, NS_PER_YEAR
from voldesk.simulator.market.spot import SpotPaths
from voldesk.simulator.market.universe import UNIVERSE, UnderlyingSpec

SPX, NIFTY, BANKNIFTY, BTC = (UNIVERSE[s] for s in ("SPX", "NIFTY", "BANKNIFTY", "BTC"))
STEPS = 20_000
FIVE_YEARS = 5 * NS_PER_YEAR


def looked_at(
    specs: Sequence[UnderlyingSpec], every_ns: int, steps: int = STEPS, seed: int = 3
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return spot, vol and rho of each underlying at even instants, ``(steps, m)``."""
    paths = SpotPaths(specs, 0, np.random.default_rng(seed))
    m = len(specs)
    pieces = []
    for looks in np.array_split(np.arange(1, steps + 1), max(1, steps * every_ns // FIVE_YEARS)):
        times = np.repeat(looks * every_ns, m)
        state = paths.advance(times, np.tile(np.arange(m), len(looks)))
        pieces.append([column.reshape(-1, m) for column in state])
    spot, vol, rho = (np.concatenate(column) for column in zip(*pieces, strict=True))
    return spot, vol, rho


def without_jumps(spec: UnderlyingSpec) -> UnderlyingSpec:
    """Return the spec with a spot that never jumps, on ticks too fine to matter."""
    return replace(
        spec, dynamics=replace(spec.dynamics, jumps_per_year=0.0), spot_tick=spec.spot_tick / 1e6
    )


def test_it_starts_where_the_spec_says() -> None:
    """Before the first look, spot, vol and tilt are the spec's."""
    spot, vol, rho = SpotPaths((SPX, BTC), 0, np.random.default_rng(1)).latest
    assert spot.tolist() == [SPX.spot, BTC.spot]
    assert vol.tolist() == [SPX.dynamics.vol, BTC.dynamics.vol]
    assert rho == pytest.approx([SPX.smile.rho, BTC.smile.rho])


def test_the_same_seed_gives_the_same_bytes() -> None:
    """Two paths of one seed and the same looks are equal to the bit; another seed's are not."""
    first, second, other = (looked_at((SPX, NIFTY), NS_PER_SECOND, 50, s) for s in (1, 1, 2))
    for one, two, three in zip(first, second, other, strict=True):
        assert one.tobytes() == two.tobytes()
        assert one.tobytes() != three.tobytes()


def test_spots_stand_on_their_ticks() -> None:
    """Every spot is the decimal its venue would print."""
    spot, _, _ = looked_at((NIFTY,), NS_PER_SECOND, 500)
    assert np.all(spot == np.round(spot, 2))
    assert np.all(np.rint(spot * 100.0) % 5 == 0)


@pytest.mark.parametrize("every_secs", [0.01, 1.0, 60.0, 3600.0])
def test_realised_variance_is_that_of_the_vol_process(every_secs: float) -> None:
    """At any step size squared returns sum to the integral of the vol squared."""
    spec = without_jumps(SPX)
    every_ns = int(every_secs * NS_PER_SECOND)
    spot, vol, _ = looked_at((spec,), every_ns)
    returns = np.diff(np.log(np.vstack(([[spec.spot]], spot))), axis=0)
    before = np.vstack(([[spec.dynamics.vol]], vol[:-1]))
    realised = float((returns**2).sum())
    expected = float((before**2).sum()) * every_ns / NS_PER_YEAR
    assert realised == pytest.approx(expected, rel=4.0 * np.sqrt(2.0 / STEPS))


@pytest.mark.parametrize("split", [2, 50])
def test_how_often_it_is_looked_at_changes_no_law(split: int) -> None:
    """A day seen in more steps has the same spread of returns and of changes in vol."""
    spec = without_jumps(SPX)
    days = 2_000
    figures = []
    for steps in (1, split):
        spot, vol, _ = looked_at((spec,), NS_PER_DAY // steps, days * steps, seed=11)
        daily = np.vstack(([[spec.spot]], spot[steps - 1 :: steps]))
        vols = np.vstack(([[spec.dynamics.vol]], vol[steps - 1 :: steps]))
        figures.append((np.diff(np.log(daily), axis=0).std(), np.diff(np.log(vols), axis=0).std()))
    assert figures[0] == pytest.approx(figures[1], rel=0.1)


def test_vol_reverts_to_its_base() -> None:
    """In the long run the log of vol is normal around the base, with the spec's deviation."""
    _, vol, _ = looked_at((SPX,), 20 * NS_PER_DAY, 5_000)
    log = np.log(vol / SPX.dynamics.vol)
    assert log.mean() == pytest.approx(0.0, abs=0.03)
    assert log.std() == pytest.approx(SPX.dynamics.log_vol_sd, rel=0.05)


def test_falling_spots_raise_vols() -> None:
    """Shocks to vol are correlated with those to the spot as the leverage says."""
    spot, vol, _ = looked_at((without_jumps(SPX),), NS_PER_SECOND)
    shocks = np.diff(np.log(spot[:, 0])), np.diff(np.log(vol[:, 0]))
    assert np.corrcoef(*shocks)[0, 1] == pytest.approx(SPX.dynamics.leverage, abs=0.03)


def test_neighbours_move_together_and_strangers_a_little() -> None:
    """Correlations of returns are those of the shared shocks."""
    specs = tuple(without_jumps(spec) for spec in (NIFTY, BANKNIFTY, SPX, BTC))
    spot, _, _ = looked_at(specs, NS_PER_SECOND)
    found = np.corrcoef(np.diff(np.log(spot), axis=0).T)
    world = [spec.dynamics.world for spec in specs]
    home = NIFTY.dynamics.home * BANKNIFTY.dynamics.home
    assert found[0, 1] == pytest.approx(world[0] * world[1] + home, abs=0.03)
    assert found[0, 2] == pytest.approx(world[0] * world[2], abs=0.03)
    assert found[2, 3] == pytest.approx(world[2] * world[3], abs=0.03)


def test_jumps_come_at_their_rate_and_size() -> None:
    """What jumps add to the variance is their number times their mean square."""
    wild = replace(
        without_jumps(SPX),
        dynamics=replace(SPX.dynamics, jumps_per_year=5_000.0, jump_mean=-0.01, jump_sd=0.02),
    )
    spot, vol, _ = looked_at((wild,), NS_PER_DAY // 24)
    returns = np.diff(np.log(np.vstack(([[wild.spot]], spot))), axis=0)
    years = STEPS / 24.0 / 365.0
    diffusion = float((vol**2).mean()) * years
    jumps = 5_000.0 * (0.01**2 + 0.02**2) * years
    assert float((returns**2).sum()) == pytest.approx(diffusion + jumps, rel=0.05)


def test_the_spot_drifts_by_its_carry() -> None:
    """On average the spot grows with rate less yield: the forward is its fair future price."""
    calm = replace(without_jumps(SPX), dynamics=replace(SPX.dynamics, vol=0.02, log_vol_sd=0.1))
    ends = [looked_at((calm,), 36 * NS_PER_DAY, 10, seed)[0][-1, 0] for seed in range(300)]
    carry = (calm.rate - calm.dividend_yield) * 360.0 / 365.0
    assert np.mean(ends) == pytest.approx(calm.spot * np.exp(carry), rel=0.005)


def test_the_tilt_wobbles_and_never_turns_over() -> None:
    """Rho stays between -1 and 1 around the spec's."""
    _, _, rho = looked_at((SPX,), 20 * NS_PER_DAY, 5_000)
    assert np.all(np.abs(rho) < 1.0)
    assert np.arctanh(rho).mean() == pytest.approx(np.arctanh(SPX.smile.rho), abs=0.01)
    assert np.arctanh(rho).std() == pytest.approx(SPX.dynamics.skew_sd, rel=0.05)
