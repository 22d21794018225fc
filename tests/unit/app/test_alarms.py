import json
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from voldesk.app.alarms import list_rules, sentence_of, try_rules
from voldesk.app.settings import Loaded, Settings
from voldesk.model.conventions import profile_named
from voldesk.model.errors import ConfigError
from voldesk.store.recorder import Recorder
from voldesk.strategies.alerts import AlertSettings, Cross, Rule

NOON = 1_790_784_000_000_000_000
SECOND = 10**9

SPOT = Rule(name="high", underlying="SPX", field="spot", level=102.5, crosses=Cross.BOTH)
PUT = Rule(
    name="put",
    underlying="SPX",
    field="iv",
    contract="25d put",
    expiry=date(2026, 11, 20),
    level=0.25,
    band=0.01,
    is_once=True,
    cooldown_secs=60.0,
)


def loaded(*rules: Rule, **given: Any) -> Loaded:
    return Loaded(Settings(alerts=AlertSettings(rules=rules), **given), {})


def test_a_rule_reads_as_a_sentence() -> None:
    """Everything that was said about it, and no more."""
    assert sentence_of(SPOT) == "high: SPX spot crosses 102.5 going both"
    assert sentence_of(PUT) == (
        "put: SPX 25d put 2026-11-20 iv crosses 0.25 going up, band 0.01, once,"
        " not again within 60 s"
    )


def test_rules_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """A line each, or an object each; none is said on stderr."""
    list_rules(loaded(SPOT, PUT), is_json=False)
    assert len(capsys.readouterr().out.splitlines()) == 2
    list_rules(loaded(SPOT, PUT), is_json=True)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["name"] for line in lines] == ["high", "put"]
    assert lines[1]["expiry"] == "2026-11-20"
    list_rules(loaded(), is_json=False)
    said = capsys.readouterr()
    assert (said.out, "no alerts" in said.err) == ("", True)


@pytest.mark.parametrize("is_json", [True, False])
def test_a_recording_shows_what_would_have_been_told(
    tmp_path: Path, market: Any, capsys: pytest.CaptureFixture[str], is_json: bool
) -> None:
    """Each crossing of the recorded spot, as it comes, and the counts at the end."""
    folder = tmp_path / "day"
    with Recorder(folder, market.listing, {"SPX": profile_named("default")}) as recorder:
        for place, spot in enumerate((100.0, 103.0, 104.0, 101.0, 103.0)):
            at = NOON + place * SECOND
            recorder.write(market.spot(spot, at))
            recorder.write(market.fair(spot, at))
    replay = {"speed": float("inf")}
    try_rules(loaded(SPOT, feeds=(f"replay:{folder}",), replay=replay), secs=None, is_json=is_json)
    said = capsys.readouterr()
    lines = said.out.splitlines()
    if is_json:
        assert [json.loads(line)["value"] for line in lines] == [103.0, 101.0, 103.0]
    else:
        assert lines[0] == "high: SPX spot crossed 102.5 going up: 103"
        assert len(lines) == 3
    assert said.err.endswith('told: {"high": 3}\n')


def test_nothing_to_test_is_an_error() -> None:
    """It would run for ever and say nothing."""
    with pytest.raises(ConfigError, match="add rules"):
        try_rules(loaded(), secs=None, is_json=False)


def test_rules_made_while_a_process_ran_are_there_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """After those of the settings, from the file that keeps them."""
    file = tmp_path / "alerts.json"
    kept = {"version": 1, "alerts": [{"rule": {**msgspec.to_builtins(SPOT), "name": "kept"}}]}
    file.write_bytes(msgspec.json.encode(kept))
    settings = Settings(alerts=AlertSettings(rules=(PUT,), file=file))
    list_rules(Loaded(settings, {}), is_json=True)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["name"] for line in lines] == ["put", "kept"]


def test_an_impossible_rule_is_refused_in_the_list() -> None:
    """The list is where one looks for typing errors."""
    rule = Rule(name="a", underlying="SPX", field="rr26", level=0.0)
    with pytest.raises(ConfigError, match="did you mean 'rr25'"):
        list_rules(loaded(rule), is_json=False)
