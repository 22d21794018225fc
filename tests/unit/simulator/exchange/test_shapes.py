"""Every order type has a shape."""

from voldesk.simulator.exchange.orders import OrderType
from voldesk.simulator.exchange.shapes import SHAPES, Pricing, Trigger


def test_every_type_has_one() -> None:
    """The table is whole."""
    assert set(SHAPES) == set(OrderType)


def test_needed_prices_follow_from_the_parts() -> None:
    """Limits are needed where they are asked for, stops where something triggers by them."""
    with_limit = {kind for kind, shape in SHAPES.items() if shape.needs_limit}
    with_stop = {kind for kind, shape in SHAPES.items() if shape.needs_stop}
    assert with_limit == {
        OrderType.LIMIT,
        OrderType.STOP_LIMIT,
        OrderType.LIMIT_IF_TOUCHED,
        OrderType.LIMIT_ON_CLOSE,
    }
    assert with_stop == {
        OrderType.STOP,
        OrderType.STOP_LIMIT,
        OrderType.MARKET_IF_TOUCHED,
        OrderType.LIMIT_IF_TOUCHED,
    }


def test_pegged_shapes_have_no_trigger() -> None:
    """What the quote prices at arrival works at once."""
    pegged = [shape for shape in SHAPES.values() if shape.is_pegged]
    assert len(pegged) == 3
    assert {shape.trigger for shape in pegged} == {Trigger.NONE}
    assert all(shape.pricing is not Pricing.ASKED for shape in pegged)
