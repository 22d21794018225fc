from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from voldesk.app.analysis import Analysis
from voldesk.app.plot import draw
from voldesk.model.conventions import profile_named
from voldesk.model.errors import ConfigError
from voldesk.model.quotes import QuoteColumns

LEAST_COLOURS = 50


def test_a_png_shows_something(analysis: Analysis, tmp_path: Path) -> None:
    """The image is large enough to read and holds more than its background."""
    out = tmp_path / "chain.png"
    draw(analysis, [0, 1], out)
    with Image.open(out) as image:
        assert image.width > 1000
        assert image.height > 600
        colours = image.convert("RGB").getcolors(maxcolors=1 << 24)
        assert colours is not None
        assert len(colours) > LEAST_COLOURS


def test_an_svg_holds_its_words(analysis: Analysis, tmp_path: Path) -> None:
    """One series is drawn over strike, with its forward and its levels."""
    out = tmp_path / "chain.svg"
    draw(analysis, [0], out)
    text = out.read_text()
    assert "<svg" in text
    for words in ("forward 100", "XYZ 2025-10-17", "max pain", "Net GEX per 1 % move of spot"):
        assert words in text


def test_a_chain_without_figures_is_an_empty_figure(hopeless: Analysis, tmp_path: Path) -> None:
    """Nothing to draw is said in the figure, not raised."""
    out = tmp_path / "chain.svg"
    draw(hopeless, [0], out)
    text = out.read_text()
    assert "no open interest" in text
    assert "no gamma or no open interest" in text


def test_a_chain_without_open_interest_still_has_smiles(
    analysis: Analysis, valued: Callable[..., Analysis], tmp_path: Path
) -> None:
    """Vols are drawn where only they are known."""
    rows = analysis.table.rows
    quotes = QuoteColumns.build(
        root=rows.root,
        expiry=rows.expiry,
        is_call=rows.is_call,
        strike=rows.strike,
        bid=rows.bid,
        ask=rows.ask,
    )
    out = tmp_path / "chain.svg"
    draw(valued(quotes, profile_named("default")), [0, 1], out)
    assert "XYZ 2025-12-19" in out.read_text()


def test_many_series_are_thinned_out(
    valued: Callable[..., Analysis], analysis: Analysis, tmp_path: Path
) -> None:
    """Seven smiles are enough, and the title says of how many."""
    rows = analysis.table.rows
    near = rows.expiry == rows.expiry[0]
    months = [f"2026-{month:02d}-16" for month in range(1, 10)]
    size = int(near.sum())
    quotes = QuoteColumns.build(
        root=["XYZ"] * (size * len(months)),
        expiry=[day for day in months for _ in range(size)],
        is_call=list(rows.is_call[near]) * len(months),
        strike=list(rows.strike[near]) * len(months),
        bid=list(rows.bid[near] + 3.0) * len(months),
        ask=list(rows.ask[near] + 3.0) * len(months),
    )
    out = tmp_path / "chain.svg"
    draw(valued(quotes, profile_named("default")), range(len(months)), out)
    assert "7 of 9 series" in out.read_text()


def test_a_place_that_cannot_be_written_is_named(analysis: Analysis) -> None:
    """A missing folder is the operator's to mend."""
    with pytest.raises(ConfigError, match="nowhere"):
        draw(analysis, [0], Path("/nowhere/chain.png"))
