import os
import webbrowser

import pytest

from voldesk.app.browser import has_display, open_page


@pytest.mark.parametrize(
    ("environment", "platform", "expected"),
    [
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "linux", False),
        ({"DISPLAY": ":0", "SSH_CONNECTION": "x"}, "linux", False),
        ({}, "darwin", True),
        ({}, "win32", True),
    ],
)
def test_where_a_window_would_be_seen(
    environment: dict[str, str], platform: str, expected: bool
) -> None:
    """Linux says whether it has a display; over SSH the browser would open elsewhere."""
    assert has_display(environment, platform) is expected


@pytest.mark.parametrize("is_seen", [True, False])
def test_the_page_is_opened_where_it_is_seen(
    monkeypatch: pytest.MonkeyPatch, is_seen: bool
) -> None:
    """Without a display no browser is started."""
    for name in ("SSH_CONNECTION", "WAYLAND_DISPLAY", "DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    if is_seen:
        monkeypatch.setitem(os.environ, "DISPLAY", ":0")
    monkeypatch.setattr("sys.platform", "linux")
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    assert open_page("http://127.0.0.1:1/") is is_seen
    for thread in __import__("threading").enumerate():
        if thread.name == "voldesk-browser":
            thread.join()
    assert opened == (["http://127.0.0.1:1/"] if is_seen else [])
