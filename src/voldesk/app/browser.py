"""The operator's browser, where there is one to open."""

import os
import sys
import webbrowser
from collections.abc import Mapping
from threading import Thread


def has_display(environment: Mapping[str, str], platform: str) -> bool:
    """Say whether a browser window would be seen by whoever started us."""
    if "SSH_CONNECTION" in environment:
        return False
    if platform.startswith("linux"):
        return "DISPLAY" in environment or "WAYLAND_DISPLAY" in environment
    return True


def open_page(url: str) -> bool:
    """Open an address without waiting for the browser; say whether there is a display for it."""
    if not has_display(os.environ, sys.platform):
        return False
    Thread(target=webbrowser.open, args=(url,), name="voldesk-browser", daemon=True).start()
    return True
