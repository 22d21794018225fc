from voldesk.venues.ib.settings import IbSettings, Quotes


def test_nothing_has_to_be_set() -> None:
    """The paper account of a TWS on this machine, live quotes, within what TWS allows."""
    settings = IbSettings()
    assert (settings.host, settings.port) == ("127.0.0.1", 7497)
    assert settings.quotes is Quotes.LIVE
    assert settings.requests_per_sec < 50
    assert settings.stall_secs + settings.probe_secs < 5.0


def test_every_line_is_asked_for_within_two_seconds() -> None:
    """Start, choice of data and all lines fit into two seconds' messages, the second at once."""
    settings = IbSettings()
    messages = settings.lines.limit - settings.lines.spare + 2
    assert messages <= 2 * settings.requests_per_sec
