"""The put-call ratio, by open interest or by volume."""

import numpy as np

from voldesk.model.quotes import BoolArray, FloatArray


def put_call_ratio(contracts: FloatArray, is_call: BoolArray) -> float:
    """
    Divide the puts' contracts by the calls'.

    ``sum(contracts of puts) / sum(contracts of calls)``, a pure number: above 1 there are more
    puts than calls. Rows whose count is not finite are skipped.

    Args:
        contracts: Open interest (or volume traded) of each row, contracts. ``(n,)``
        is_call: ``(n,)``

    Returns:
        NaN where the calls sum to nothing, or where no put or no call has a known count.
    """
    known = np.isfinite(contracts)
    calls = contracts[known & is_call]
    puts = contracts[known & ~is_call]
    if not len(calls) or not len(puts):
        return float("nan")
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        total = calls.sum()
        return float(puts.sum() / total) if total > 0.0 else float("nan")
