"""What makes two requests one."""

from voldesk.gateways.request import Request, StreamFormat


def test_equal_wishes_are_one_request() -> None:
    """Requests are values: equal ones share a channel, other fields make another."""
    first = Request(topic="chain/NIFTY", fields=("bid",), format=StreamFormat.BINARY, rate=5.0)
    again = Request(topic="chain/NIFTY", fields=("bid",), format=StreamFormat("binary"), rate=5)
    assert first == again
    assert hash(first) == hash(again)
    assert first != Request(topic="chain/NIFTY", fields=("ask",))
