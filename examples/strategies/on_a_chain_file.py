"""
Run each shipped strategy on a chain file and print what it decides.

    python examples/strategies/on_a_chain_file.py [examples/spx_demo.csv]

A strategy gets an update and returns intents and notices; nothing is sent anywhere.
"""

import sys
from decimal import Decimal
from pathlib import Path

from one_update import update_of_file

from voldesk.strategies.base import Notice, Position, Strategy, Update
from voldesk.strategies.simple_bot import SimpleBot, SimpleBotSettings
from voldesk.strategies.spreads import DailySpread, SpreadKind
from voldesk.strategies.stop_loss import StopLoss
from voldesk.strategies.targets import ProfitTarget
from voldesk.strategies.zero_dte.settings import ScanSettings
from voldesk.strategies.zero_dte.strategy import ZeroDte

ANY = ScanSettings(
    min_gamma=None,
    min_vega=None,
    min_theta=None,
    min_iv_percentile=None,
    max_iv_percentile=None,
)


def main() -> None:
    """Show what every strategy would do with the file's chain."""
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "examples/spx_demo.csv")
    update = update_of_file(path)
    spot = float(update.table.spot)
    strategies: list[Strategy] = [
        ZeroDte(ANY, trades_per_day=1),
        *(DailySpread(kind) for kind in SpreadKind),
        SimpleBot(SimpleBotSettings(above=0.99 * spot)),
    ]
    print(f"{update.underlying} at {spot:,.2f}")
    for strategy in strategies:
        show(strategy, update)

    option = next(row for row in map(update.row, range(len(update.keys))) if row.is_sound)
    for paid, strategy in ((10 * option.ask, StopLoss(50.0)), (option.bid / 10, ProfitTarget())):
        position = Position(key=option.key, quantity=1, average_price=Decimal(repr(round(paid, 2))))
        show(strategy, update_of_file(path, positions=[position]))


def show(strategy: Strategy, update: Update) -> None:
    """Print the decisions of one strategy."""
    decisions = strategy.on_update(update)
    print(f"\n{strategy.name}: {'' if decisions else 'nothing to do'}")
    for one in decisions:
        if isinstance(one, Notice):
            print(f"  notice: {one.text}")
        else:
            legs = ", ".join(f"{leg.ratio:+d} {leg.key}" for leg in one.legs)
            price = one.terms.limit_price or one.terms.stop_price or "at market"
            print(f"  {one.side} {one.terms.quantity} {one.order_type} {price}: {legs}")
            print(f"    because {one.reason}")


if __name__ == "__main__":
    main()
