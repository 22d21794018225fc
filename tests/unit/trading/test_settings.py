"""A desk is patient by default, and never for ever."""

from voldesk.trading.settings import DeskSettings


def test_a_missing_order_is_given_up_after_it_had_time_to_arrive() -> None:
    """The settle delay is at least the second or two that a dead process's bytes may take."""
    settings = DeskSettings(account="DU1")
    assert settings.settle_secs >= 2.0
    assert 0 < settings.retry_secs < settings.snapshot_secs
