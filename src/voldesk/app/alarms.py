"""``voldesk alerts``: the rules there are, and what they would have told."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import msgspec
import typer

from voldesk.app import logs
from voldesk.app.alert_book import read_alerts
from voldesk.app.logs import LogLevel
from voldesk.app.node import build_node, run_node
from voldesk.app.running import run
from voldesk.app.settings import Loaded
from voldesk.app.stdout import write_text
from voldesk.model.errors import ConfigError
from voldesk.strategies.alerts import TOPIC, Alert, AlertSettings, Rule


def list_rules(loaded: Loaded, *, is_json: bool) -> None:
    """
    Print every rule of the settings, then those that were made while a process ran.

    Raises:
        ConfigError: One is not possible.
        StorageError: The file of the latter cannot be read.
    """
    rules = _all_rules(loaded)
    for rule in rules:
        rule.require_valid()
    if is_json:
        write_text("".join(msgspec.json.encode(rule).decode() + "\n" for rule in rules))
        return
    if not rules:
        typer.echo("no alerts: add rules under alerts.rules of the settings", err=True)
    write_text("".join(f"{sentence_of(rule)}\n" for rule in rules))


def sentence_of(rule: Rule) -> str:
    """Return a rule as one would say it."""
    whose = [rule.underlying, rule.contract, rule.root, rule.expiry and rule.expiry.isoformat()]
    extras = [
        f"band {rule.band:g}" if rule.band else "",
        "once" if rule.is_once else "",
        f"not again within {rule.cooldown_secs:g} s" if rule.cooldown_secs else "",
    ]
    words = " ".join(str(part) for part in whose if part)
    told = "".join(f", {extra}" for extra in extras if extra)
    return f"{rule.name}: {words} {rule.field} crosses {rule.level:g} going {rule.crosses}{told}"


def try_rules(loaded: Loaded, *, secs: float | None, is_json: bool) -> None:
    """
    Run the feeds without serving anybody, and print each alert as it comes.

    Args:
        loaded: Settings; a replay ends by itself.
        secs: End after so long; None for the feeds' end, or when it is stopped.
        is_json: One JSON object per line.

    Raises:
        ConfigError: A rule or a feed is not possible.
    """
    trial = _as_new(loaded)
    if not trial.settings.alerts.rules:
        raise ConfigError("there are no alerts to test: add rules under alerts.rules")
    logs.configure(replace(loaded.settings.log, level=LogLevel.ERROR))
    node = build_node(trial, is_serving=False)
    counts = dict.fromkeys((rule.name for rule in trial.settings.alerts.rules), 0)

    def tell(_topic: str, alert: Any) -> None:  # noqa: ANN401  # the topic's own types
        if not isinstance(alert, Alert):
            return
        counts[alert.rule] += 1
        line = msgspec.json.encode(alert).decode() if is_json else f"{alert.rule}: {alert.text}"
        write_text(f"{line}\n")

    async def main(stop: asyncio.Event) -> None:
        if secs is not None:
            asyncio.get_running_loop().call_later(secs, stop.set)
        await run_node(node, stop)

    node.bus.on(TOPIC, tell, name="test of alerts")
    run(main)
    typer.echo(f"told: {json.dumps(counts)}", err=True)


def _as_new(loaded: Loaded) -> Loaded:
    """Return settings whose kept alerts are rules like the others: a trial writes nothing."""
    alerts = AlertSettings(rules=_all_rules(loaded))
    return replace(loaded, settings=loaded.settings.model_copy(update={"alerts": alerts}))


def _all_rules(loaded: Loaded) -> tuple[Rule, ...]:
    """Return the rules of the settings, and those that are kept."""
    asked = loaded.settings.alerts
    return (*asked.rules, *(kept.rule for kept in read_alerts(asked.file)))
