"""Which channels bring what is wanted; pure."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from voldesk.model.ports.feed import Mode
from voldesk.venues.deribit.catalogue import Catalogue
from voldesk.wire.deribit.channels import Channel, ChannelKind, channel_name

RANK: Final = {Mode.NONE: 0, Mode.LIGHT: 1, Mode.FULL: 2}
"""How much a mode is of."""

_LIGHT, _FULL = RANK[Mode.LIGHT], RANK[Mode.FULL]


def channels_of(catalogue: Catalogue, ranks: NDArray[np.int8], interval: str) -> list[str]:
    """
    Return the channels, indices first, then nearest expiry first.

    In full mode a contract has its ticker. In light mode it has its quote, and its mark with those
    of all contracts of its index. Only tickers tell the forward: of each series where all that is
    wanted is light, one contract has its ticker all the same.

    Args:
        catalogue: What there is.
        ranks: How much of each row is wanted, see `RANK`. ``(n,)``
        interval: Of tickers.
    """
    listing = catalogue.listing
    wanted = np.flatnonzero(ranks).tolist()
    told = set(catalogue.series[ranks == _FULL].tolist())
    indexes: list[str] = []
    contracts: list[str] = []
    for row in wanted:
        if not listing.is_option[row]:
            indexes.append(channel_name(Channel(ChannelKind.INDEX, catalogue.price_index[row])))
            continue
        name, series = str(listing.symbol[row]), int(catalogue.series[row])
        if ranks[row] == _LIGHT and series in told:
            contracts.append(channel_name(Channel(ChannelKind.QUOTE, name)))
            mark = Channel(ChannelKind.MARK, catalogue.price_index[row])
            indexes.append(channel_name(mark))
        else:
            told.add(series)
            contracts.append(channel_name(Channel(ChannelKind.TICKER, name, interval)))
    return [*dict.fromkeys(indexes), *contracts]
