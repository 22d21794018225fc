from pathlib import Path

import pytest

from voldesk.app.analysis import PROFILE_OF_FORMAT, AnalyzeOptions, analyze
from voldesk.model.conventions import PROFILES
from voldesk.model.errors import ConfigError, FileFormatError

HEADER = "root,expiry,right,strike,bid,ask,open_interest,spot,timestamp"
ROWS = [
    "XYZ,2025-10-17,C,95,6.10,6.20,10,100,2025-10-01T20:00:00Z",
    "XYZ,2025-10-17,P,95,0.70,0.80,20,100,2025-10-01T20:00:00Z",
    "XYZ,2025-10-17,C,100,2.60,2.70,30,100,2025-10-01T20:00:00Z",
    "XYZ,2025-10-17,P,100,2.20,2.30,40,100,2025-10-01T20:00:00Z",
    "XYZ,2025-10-17,C,105,0.70,0.80,50,100,2025-10-01T20:00:00Z",
    "XYZ,2025-10-17,P,105,5.30,5.40,60,100,2025-10-01T20:00:00Z",
]


@pytest.fixture
def chain_file(tmp_path: Path) -> Path:
    """A generic file of three strikes."""
    path = tmp_path / "chain.csv"
    path.write_text("\n".join([HEADER, *ROWS]) + "\n")
    return path


def test_a_file_becomes_a_valued_chain(chain_file: Path) -> None:
    """Reading, valuing and summarising are one call; what was assumed is said."""
    analysis = analyze(chain_file)
    assert analysis.source == "csv"
    assert analysis.profile.name == "default"
    assert analysis.multiplier == 100.0
    assert analysis.summary.underlying.ok == 6
    assert analysis.summary.series[0].atm_iv == pytest.approx(0.28, abs=0.05)
    assert [sentence.split()[0] for sentence in analysis.assumed] == ["profile", "multiplier"]


def test_what_the_operator_says_is_not_assumed(chain_file: Path) -> None:
    """Profile and multiplier given by name are used and not listed as assumptions."""
    options = AnalyzeOptions(profile="cboe", multiplier=10.0)
    analysis = analyze(chain_file, options)
    assert analysis.profile.name == "cboe"
    assert analysis.assumed == ()
    assert analysis.summary.multiplier == 10.0


def test_an_operator_rate_replaces_the_profiles(chain_file: Path) -> None:
    """A rate reaches the profile the numbers are made with."""
    assert analyze(chain_file, AnalyzeOptions(rate=0.03)).profile.rate == 0.03


def test_a_vendors_format_implies_its_profile() -> None:
    """Every implied profile exists."""
    assert set(PROFILE_OF_FORMAT.values()) <= set(PROFILES)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The path stands in the message."""
    with pytest.raises(ConfigError, match=r"absent\.csv"):
        analyze(tmp_path / "absent.csv")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """The operating system's reason is passed on."""
    with pytest.raises(ConfigError, match="cannot read"):
        analyze(tmp_path)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    """Nothing in it is no chain."""
    path = tmp_path / "empty.csv"
    path.write_bytes(b"")
    with pytest.raises(FileFormatError):
        analyze(path)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"multiplier": -1.0}, "multiplier is -1"),
        ({"multiplier": 0.0}, "multiplier is 0"),
        ({"spot": float("nan")}, "spot is nan"),
        ({"stale_after_secs": -5.0}, "stale_after_secs is -5"),
        ({"dividends": -1.0}, "dividends is -1"),
        ({"rate": float("inf")}, "rate is inf"),
        ({"profile": "cbo"}, "did you mean 'cboe'"),
        ({"format": "upstocks"}, "did you mean 'upstox'"),
    ],
)
def test_an_impossible_option_is_refused_with_its_value(
    options: dict[str, object], named: str
) -> None:
    """The message carries the option, the value, and what was meant if it is a name."""
    with pytest.raises(ConfigError, match=named):
        AnalyzeOptions(**options)  # type: ignore[arg-type]  # wrong on purpose
