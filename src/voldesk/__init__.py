"""
Option chains as a live, replayable, tradable data stream.

The names below are the public list; each is loaded at its first use, so that ``import voldesk``
costs nothing.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from voldesk.app.analysis import Analysis, AnalyzeOptions, analyze
    from voldesk.app.facade import greeks, implied_vol, price
    from voldesk.app.warmup import warm_up

    __version__: str

__all__ = [
    "Analysis",
    "AnalyzeOptions",
    "__version__",
    "analyze",
    "greeks",
    "implied_vol",
    "price",
    "warm_up",
]

_HOMES = {
    "Analysis": "voldesk.app.analysis",
    "AnalyzeOptions": "voldesk.app.analysis",
    "analyze": "voldesk.app.analysis",
    "greeks": "voldesk.app.facade",
    "implied_vol": "voldesk.app.facade",
    "price": "voldesk.app.facade",
    "warm_up": "voldesk.app.warmup",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401  # each name has its own type, given above
    """Load a public name from its home and keep it."""
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415  # costs more than the rest

        value: Any = version("voldesk")
    elif name in _HOMES:
        from importlib import import_module  # noqa: PLC0415  # importing voldesk stays light

        value = getattr(import_module(_HOMES[name]), name)
    else:
        raise AttributeError(f"module 'voldesk' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names beside what is loaded."""
    return sorted({*globals(), *__all__})
