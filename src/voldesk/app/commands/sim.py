"""``voldesk sim``: the simulated market by itself."""

from voldesk.app.commands.options import (
    Config,
    Every,
    JsonLines,
    Secs,
    Seed,
    Speed,
    Symbols,
    sim_flags,
)


def sim(
    symbols: Symbols = None,
    seed: Seed = None,
    speed: Speed = None,
    every: Every = 1.0,
    secs: Secs = None,
    config: Config = None,
    is_json: JsonLines = False,
) -> None:
    """Run the simulated market alone: spot, vol and ticks per second of each underlying."""
    # NumPy and the simulator load when a command runs, not when the help is printed.
    from voldesk.app.settings import load_settings  # noqa: PLC0415
    from voldesk.app.simulation import simulate  # noqa: PLC0415

    loaded = load_settings(sim_flags(symbols, seed, speed), config=config)
    simulate(loaded, every_secs=every, secs=secs, is_json=is_json)
