import json
import logging

import pytest
import structlog

from voldesk.app.logs import LogFormat, LogLevel, LogSettings, configure


def test_both_kinds_of_logger_write_one_kind_of_line(capsys: pytest.CaptureFixture[str]) -> None:
    """structlog's and the standard library's lines are JSON on stderr, stdout stays empty."""
    configure(LogSettings(format=LogFormat.JSON))
    structlog.get_logger("a").info("feed_open", feed="sim")
    logging.getLogger("b").warning("gap feed=%s", "sim")
    said = capsys.readouterr()
    assert said.out == ""
    one, other = (json.loads(line) for line in said.err.splitlines())
    assert (one["event"], one["feed"], one["level"]) == ("feed_open", "sim", "info")
    assert (other["event"], other["level"]) == ("gap feed=sim", "warning")
    assert one["timestamp"].endswith("Z")


def test_less_than_the_level_is_not_said(capsys: pytest.CaptureFixture[str]) -> None:
    """Libraries that talk much are held to warnings in any case."""
    configure(LogSettings(level=LogLevel.WARNING))
    structlog.get_logger("a").info("quiet")
    logging.getLogger("b").info("quiet")
    logging.getLogger("uvicorn.error").info("quiet")
    structlog.get_logger("a").error("loud", why="disk")
    err = capsys.readouterr().err
    assert "quiet" not in err
    assert "loud" in err
    assert "why=disk" in err
    configure(LogSettings(level=LogLevel.DEBUG))
    logging.getLogger("uvicorn.error").info("quiet")
    assert capsys.readouterr().err == ""
