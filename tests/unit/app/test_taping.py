import json
from pathlib import Path

import pytest

from voldesk.app.feeds import SimSettings
from voldesk.app.settings import Loaded, Settings
from voldesk.app.taping import import_folder, record
from voldesk.model.errors import ConfigError
from voldesk.store.recording import Recording


def loaded(*feeds: str) -> Loaded:
    return Loaded(Settings(feeds=feeds, sim=SimSettings(symbols=("BTC",))), {})


@pytest.mark.parametrize("is_json", [True, False])
def test_a_feed_is_recorded_for_a_while(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], is_json: bool
) -> None:
    """The count printed is that of the recording; a second run takes it up."""
    out = tmp_path / "day"
    record(loaded("sim"), out, secs=0.2, is_json=is_json)
    said = capsys.readouterr()
    count = Recording.open(out).count
    if is_json:
        assert json.loads(said.out) == {"out": str(out), "ticks": count}
    else:
        assert said.out == f"{count} ticks in {out}\n"
    assert f"recording sim into {out}" in said.err


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    """What is there stays as it is."""
    out = tmp_path / "file"
    out.write_text("mine")
    with pytest.raises(Exception, match="file"):
        record(loaded("sim"), out, secs=0.1, is_json=False)
    assert out.read_text() == "mine"


@pytest.mark.parametrize("is_json", [True, False])
def test_minute_bars_become_a_recording(
    vendor_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], is_json: bool
) -> None:
    """Counts by kind on stdout add up to the ticks; progress stays off stdout."""
    out = tmp_path / "twx"
    import_folder(vendor_data / "lean_twx_minute_2014-06", out, is_json=is_json)
    said = capsys.readouterr().out
    count = Recording.open(out).count
    if is_json:
        document = json.loads(said)
        assert document["ticks"] == sum(document["counts"].values()) == count
        assert document["underlyings"] == ["TWX"]
    else:
        assert f"{count:,} ticks in {out}" in said


def test_nothing_to_import_is_told(tmp_path: Path) -> None:
    """An empty folder is an error, not an empty recording."""
    with pytest.raises(ConfigError, match="holds no zip"):
        import_folder(tmp_path, tmp_path / "out", is_json=False)
    assert not (tmp_path / "out").exists()
