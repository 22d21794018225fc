"""The table of faults: each thing that can go wrong one entry."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from voldesk.model.errors import ConfigError
from voldesk.model.sessions import NS_PER_SECOND
from voldesk.simulator.exchange.scenario import Delay, Scenario
from voldesk.simulator.ib.faults import Fault, Faults, Values
from voldesk.simulator.ib.mishaps import EVERY_FARM
from voldesk.simulator.ib.notices import (
    COMPETING_SESSION,
    CONTRACT_FARM,
    CONTRACT_FARM_BROKEN,
    CONTRACT_FARM_OK,
    FARM_BROKEN,
    FARM_OK,
    HISTORY_FARM,
    HISTORY_FARM_BROKEN,
    HISTORY_FARM_OK,
    LOST,
    RESTORED,
    RESTORED_LOST,
    SERVER_BROKEN,
    Notice,
)
from voldesk.simulator.ib.order_desk import OrderDesk
from voldesk.simulator.ib.pacing import MESSAGES_PER_SECOND
from voldesk.simulator.ib.permissions import LINES


def _lose(faults: Faults, _: Values) -> None:
    faults.world.mishaps.is_connected = False
    faults.world.exchange.stall()
    faults.tell(LOST)


def _restore(faults: Faults, values: Values) -> None:
    faults.world.mishaps.is_connected = True
    faults.world.exchange.resume()
    if values.get("is_data_lost", False):
        for session in faults.sessions:
            session.forget()
        faults.tell(RESTORED_LOST)
    else:
        faults.tell(RESTORED)


def _restore_now(is_data_lost: bool) -> Callable[[Faults, Values], None]:
    def restore(faults: Faults, _: Values) -> None:
        faults.active.pop("connection_lost", None)
        _restore(faults, {"is_data_lost": is_data_lost})

    return restore


def _break_farm(faults: Faults, values: Values) -> None:
    farm = values["farm"]
    if farm not in EVERY_FARM:
        raise ConfigError(f"no farm {farm!r}; there are {', '.join(EVERY_FARM)}")
    faults.world.mishaps.broken_farms.add(farm)
    broken = {HISTORY_FARM: HISTORY_FARM_BROKEN, CONTRACT_FARM: CONTRACT_FARM_BROKEN}
    faults.tell(broken.get(farm, FARM_BROKEN)(farm))


def _mend_farm(faults: Faults, values: Values) -> None:
    farm = values["farm"]
    faults.world.mishaps.broken_farms.discard(farm)
    mended = {HISTORY_FARM: HISTORY_FARM_OK, CONTRACT_FARM: CONTRACT_FARM_OK}
    faults.tell(mended.get(farm, FARM_OK)(farm))


def _set_pace(faults: Faults, values: Values) -> None:
    for session in faults.sessions:
        session.pace(values["limit"])


def _reset_pace(faults: Faults, _: Values) -> None:
    for session in faults.sessions:
        session.pace(MESSAGES_PER_SECOND)


def _set_lines(faults: Faults, values: Values) -> None:
    faults.world.lines.limit = values["limit"]


def _reset_lines(faults: Faults, _: Values) -> None:
    faults.world.lines.limit = LINES


def _fail_histories(faults: Faults, values: Values) -> None:
    faults.world.mishaps.history_failures = values["count"]
    faults.world.mishaps.history_text = values["text"]


def _fail_definitions(faults: Faults, values: Values) -> None:
    faults.world.mishaps.definition_failures = values["count"]


def _symbols(values: Values) -> set[str]:
    return {symbol.strip() for symbol in values["symbols"].split(",") if symbol.strip()}


def _unsubscribe(faults: Faults, values: Values) -> None:
    faults.world.permissions.missing = _symbols(values)


def _unsubscribe_partly(faults: Faults, values: Values) -> None:
    faults.world.permissions.partly = _symbols(values)


def _compete(faults: Faults, _: Values) -> None:
    faults.world.permissions.competes = True
    for session in faults.sessions:
        session.lose_quotes(COMPETING_SESSION)


def _compete_no_more(faults: Faults, _: Values) -> None:
    faults.world.permissions.competes = False


def _replay(faults: Faults, _: Values) -> None:
    for session in faults.sessions:
        for desk in session.desks:
            if isinstance(desk, OrderDesk):
                desk.replay()


def _read_only(is_on: bool) -> Callable[[Faults, Values], None]:
    def switch(faults: Faults, _: Values) -> None:
        faults.blotter.is_read_only = is_on

    return switch


def _correct(faults: Faults, values: Values) -> None:
    executions = faults.blotter.executions()
    if not executions:
        raise ConfigError("there is no execution to correct")
    latest = executions[-1][1]
    price = Decimal(str(values["price"])) if values["price"] > 0.0 else latest.price
    faults.world.exchange.correct(latest.execution_id, price)
    faults.blotter.settle()


def _bust(faults: Faults, _: Values) -> None:
    executions = faults.blotter.executions()
    if not executions:
        raise ConfigError("there is no execution to take back")
    faults.world.exchange.bust(executions[-1][1].execution_id)
    faults.blotter.settle()


def _lose_orders(faults: Faults, values: Values) -> None:
    faults.world.mishaps.orders_lost = values["count"]


def _refuse_orders(faults: Faults, values: Values) -> None:
    faults.world.mishaps.order_errors = values["count"]
    faults.world.mishaps.order_error = Notice(values["code"], values["text"])


def _mute_orders(is_on: bool) -> Callable[[Faults, Values], None]:
    def switch(faults: Faults, _: Values) -> None:
        faults.world.mishaps.orders_are_mute = is_on

    return switch


def _delay_orders(faults: Faults, values: Values) -> None:
    spans = {name: values[name] for name in values if name.endswith("_delay")}
    if min(spans.values()) < 0.0:
        raise ConfigError(f"order_delays: {min(spans.values())} s, expected 0 or more")
    delays = {name: _up_to(secs) for name, secs in spans.items()}
    shares = {name: values[name] for name in ("reject_share", "repeat_share")}
    faults.world.exchange.change_scenario(
        Scenario(seed=values["seed"], **delays, **shares)  # type: ignore[arg-type]  # by name
    )


def _up_to(secs: float) -> Delay:
    return Delay(most_ns=round(secs * NS_PER_SECOND))


def _delay_no_more(faults: Faults, _: Values) -> None:
    faults.world.exchange.change_scenario(Scenario())


def _roll_back(faults: Faults, _: Values) -> None:
    faults.blotter.roll_back()


_TABLE: Final = (
    Fault(
        "connection_lost",
        "TWS loses its servers (1100): no data, no fills; back with 1102, or 1101 if data is lost.",
        {"secs": 0.0, "is_data_lost": False},
        _lose,
        _restore,
    ),
    Fault(
        "restored_data_lost",
        "TWS is connected again and has lost its subscriptions (1101).",
        {},
        _restore_now(is_data_lost=True),
    ),
    Fault(
        "restored",
        "TWS is connected again and has kept its subscriptions (1102).",
        {},
        _restore_now(is_data_lost=False),
    ),
    Fault(
        "server_broken",
        "TWS says that it has lost its server (2110), and nothing else happens.",
        {},
        lambda faults, _: faults.tell(SERVER_BROKEN),
    ),
    Fault(
        "farm_broken",
        "A data farm is down (2103, 2105 or 2157): usfarm, usopt, ushmds or secdefil.",
        {"farm": "usfarm", "secs": 0.0},
        _break_farm,
        _mend_farm,
    ),
    Fault(
        "pacing",
        "Fewer messages a second are allowed (100).",
        {"limit": 1, "secs": 0.0},
        _set_pace,
        _reset_pace,
    ),
    Fault(
        "lines",
        "There are fewer market data lines (101).",
        {"limit": 0, "secs": 0.0},
        _set_lines,
        _reset_lines,
    ),
    Fault(
        "history_error",
        "The next requests for bars or ticks of the past fail (162).",
        {"count": 1, "text": "HMDS query returned no data"},
        _fail_histories,
    ),
    Fault(
        "no_definition",
        "The next requests for a contract find nothing (200).",
        {"count": 1},
        _fail_definitions,
    ),
    Fault(
        "not_subscribed",
        "Live data of some symbols, or of all (*), is not subscribed to (354, 10167).",
        {"symbols": "*", "secs": 0.0},
        _unsubscribe,
        lambda faults, _: faults.world.permissions.missing.clear(),
    ),
    Fault(
        "partly_subscribed",
        "A part of the data of some symbols, or of all (*), is not subscribed to (10090).",
        {"symbols": "*", "secs": 0.0},
        _unsubscribe_partly,
        lambda faults, _: faults.world.permissions.partly.clear(),
    ),
    Fault(
        "competing_session",
        "Another session of the user takes the live data (10197).",
        {"secs": 0.0},
        _compete,
        _compete_no_more,
    ),
    Fault(
        "daily_restart",
        "TWS restarts: every connection ends, and the port is closed for a while.",
        {"away_secs": 2.0},
        lambda faults, values: faults.sockets.restart(values["away_secs"]),
    ),
    Fault(
        "tcp_reset",
        "Every connection is reset.",
        {},
        lambda faults, _: _ignore(faults.sockets.reset_all()),
    ),
    Fault(
        "silent_stall",
        "Nothing more arrives, and nobody says so.",
        {"secs": 0.0},
        lambda faults, _: faults.sockets.set_stalled(is_on=True),
        lambda faults, _: faults.sockets.set_stalled(is_on=False),
    ),
    Fault(
        "slow_reader",
        "TWS reads nothing of what clients send.",
        {"secs": 0.0},
        lambda faults, _: faults.sockets.set_reading(is_on=False),
        lambda faults, _: faults.sockets.set_reading(is_on=True),
    ),
    Fault("id_rollback", "The next valid order ids begin at 1 again.", {}, _roll_back),
    Fault(
        "replayed_executions",
        "Every client is told all its fills once more.",
        {},
        _replay,
    ),
    Fault(
        "execution_corrected",
        "The price of the latest fill is corrected; 0 repeats it.",
        {"price": 0.0},
        _correct,
    ),
    Fault("execution_busted", "The latest fill is taken back.", {}, _bust),
    Fault(
        "orders_lost",
        "The next orders and changes of orders arrive and are forgotten.",
        {"count": 1},
        _lose_orders,
    ),
    Fault(
        "orders_refused",
        "The next orders and changes of orders are refused.",
        {"count": 1, "code": 201, "text": "Order rejected - reason:as asked for"},
        _refuse_orders,
    ),
    Fault(
        "orders_mute",
        "Nothing is told about orders and fills but what is asked for.",
        {"secs": 0.0},
        _mute_orders(is_on=True),
        _mute_orders(is_on=False),
    ),
    Fault(
        "order_delays",
        "Orders, changes, cancels and reports take up to so many seconds; shares of orders are"
        " rejected, of fills told twice.",
        {
            "order_delay": 0.0,
            "modify_delay": 0.0,
            "cancel_delay": 0.0,
            "ack_delay": 0.0,
            "fill_report_delay": 0.0,
            "reject_share": 0.0,
            "repeat_share": 0.0,
            "seed": 0,
            "secs": 0.0,
        },
        _delay_orders,
        _delay_no_more,
    ),
    Fault(
        "read_only",
        "The API takes no orders (321).",
        {"secs": 0.0},
        _read_only(is_on=True),
        _read_only(is_on=False),
    ),
)


def _ignore(_: object) -> None:
    """Leave a count nobody asks for alone."""


FAULTS: Final[Mapping[str, Fault]] = MappingProxyType({fault.name: fault for fault in _TABLE})
"""Every fault by its name."""
