"""A chain file as one update, for trying strategies on."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from voldesk.app.analysis import analyze
from voldesk.model.contracts import Contract
from voldesk.model.enums import Right
from voldesk.model.ids import contract_key
from voldesk.strategies.base import Position, Update

PRICE_STEP = 0.05


def update_of_file(path: Path, positions: Iterable[Position] = ()) -> Update:
    """
    Return the chain of a file as a strategy would see it at the file's time.

    Raises:
        ConfigError: There is no such file.
        FileFormatError: It cannot be read.
    """
    analysis = analyze(path)
    table = analysis.table
    rows = table.rows
    keys = [
        contract_key(
            Contract(
                underlying=table.underlying,
                root=str(rows.root[place]) or table.underlying,
                expiry=rows.expiry[place].item(),
                right=Right.CALL if rows.is_call[place] else Right.PUT,
                strike=float(rows.strike[place]),
                market=table.market,
            )
        )
        for place in range(len(rows))
    ]
    return Update(
        underlying=table.underlying,
        now=table.as_of,
        account="EXAMPLE",
        table=table,
        keys=np.array(keys, dtype=object),
        tick_size=np.full(len(rows), PRICE_STEP),
        multiplier=analysis.multiplier,
        summary=analysis.summary,
        positions=tuple(positions),
    )
