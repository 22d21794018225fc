"""``voldesk positions`` against a voldesk that runs."""

import json

from desk_served import desk_served
from hand_desk import CALL, HandDesk
from orders import an_intent
from typer.testing import CliRunner

from voldesk.app.cli import app
from voldesk.app.exits import ExitCode
from voldesk.model.events import Adopted
from voldesk.model.orders import Leg

RUN = CliRunner()


def test_what_is_held_is_shown() -> None:
    """A line for each, or an object."""
    desk = HandDesk()
    intent = an_intent("vd-1", legs=(Leg(CALL),), underlying="AMZN")
    desk.apply(Adopted(intent=intent, venue_order_id="v1", at=1))
    desk.fill("vd-1", 2)
    with desk_served(desk) as served:
        env = {"VOLDESK_TOKEN": served.token}
        shown = RUN.invoke(app, ["positions", "--url", served.url], env=env)
        told = RUN.invoke(app, ["positions", "--url", served.url, "--json"], env=env)
    assert shown.exit_code == ExitCode.OK, shown.output
    head, line = shown.stdout.splitlines()
    assert head.split()[:3] == ["contract", "quantity", "average_price"]
    assert line.startswith("AMZN 2026-01-16 C 200  2         1.24")
    assert json.loads(told.stdout)["figures"]["value"] == "240.00"


def test_nothing_held_is_said() -> None:
    """On stderr."""
    with desk_served() as served:
        env = {"VOLDESK_TOKEN": served.token}
        done = RUN.invoke(app, ["positions", "--url", served.url], env=env)
    assert (done.stdout, done.stderr) == ("", "no positions\n")
