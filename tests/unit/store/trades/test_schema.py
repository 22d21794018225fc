"""What is put into a column comes out of it."""

from collections.abc import Callable
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from voldesk.store.trades.database import open_database
from voldesk.store.trades.schema import CHARGES, METADATA


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False), min_size=1, max_size=5))
def test_money_is_exact(new_database: Callable[[], str], values: list[Decimal]) -> None:
    """No decimal number is rounded, not even one that no float can hold."""
    engine = open_database(new_database())
    rows = [
        {
            "account": "DU1",
            "execution_id": str(place),
            "entry": place,
            "commission": value,
            "currency": "USD",
            "venue_realised": None,
            "at": 1,
        }
        for place, value in enumerate(values)
    ]
    with engine.begin() as connection:
        connection.execute(CHARGES.insert(), rows)
        found = connection.execute(select(CHARGES).order_by(CHARGES.c.entry)).all()
    engine.dispose()
    assert [row.commission for row in found] == values
    assert {row.venue_realised for row in found} == {None}


def test_every_row_is_of_an_account() -> None:
    """The account is the first column of every key."""
    for table in METADATA.sorted_tables:
        assert next(iter(table.primary_key)).name == "account"
