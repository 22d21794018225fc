"""Tests of `wire.files.registry`: detection, refusals, and no surprise from any bytes."""

import gzip
import json
import random
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voldesk.model.errors import FileFormatError
from voldesk.model.quotes import ChainSnapshot
from voldesk.wire.files.reader import ReadHints
from voldesk.wire.files.registry import FORMATS, detect, read_chain

Load = Callable[[str], bytes]

SAMPLES = {
    "cboe_2025.csv": "cboe",
    "cboe_2020.dat": "cboe",
    "cboe_2013.dat": "cboe",
    "cboe_excel_de.csv": "cboe",
    "cboe_quotes.json": "cboe",
    "upstox_chain.json": "upstox",
    "option-chain-ED-NIFTY-27-Feb-2025.csv": "nse",
    "nse_chain.json": "nse",
    "deribit_tickers.jsonl": "deribit",
    "deribit_summary.json": "deribit",
    "deribit_chain.csv": "deribit",
    "yahoo_chain.csv": "yahoo",
    "generic.csv": "csv",
}
MUTATIONS = 250  # of each sample; 120,000 in all were run when the readers last changed
TOKENS = [
    b",", b";", b"\t", b'"', b"\n", b"\r\n", b"\0", b"NaN", b"inf", b"-1e308", b"1e999", b"-",
    b"--",
    b"null", b"[", b"]", b"{", b"}", b":", b"0", b"-1", b"9" * 30, b"\xff", b"\xef\xbb\xbf", b"_",
    b"Calls", b"Puts", b"STRIKE", b"2025-02-30", b"C", b"'", b"%", b"\xc3\xa9", b"true", b"   ",
]  # fmt: skip


def test_the_names_are_those_of_the_command_line() -> None:
    """``csv`` is detected last: it takes what nobody knows better."""
    assert list(FORMATS) == ["cboe", "upstox", "nse", "deribit", "yahoo", "csv"]
    assert all(name == reader.name for name, reader in FORMATS.items())


@pytest.mark.parametrize(("name", "expected"), SAMPLES.items())
def test_every_sample_is_detected_and_read(sample: Load, name: str, expected: str) -> None:
    """Bytes decide; gzip and a misleading name change nothing."""
    data = sample(name)
    assert detect(data, name) == expected
    assert detect(gzip.compress(data, mtime=0), "chain.bin") == expected
    snapshot = read_chain(data, name)
    assert snapshot.source == expected
    assert snapshot.problems == ()
    assert len(read_chain(data, name, format=expected).quotes) == len(snapshot.quotes)


@pytest.mark.parametrize("asked", list(FORMATS))
@pytest.mark.parametrize(("name", "actual"), SAMPLES.items())
def test_the_wrong_format_names_the_right_one(
    sample: Load, name: str, actual: str, asked: str
) -> None:
    """Whoever asks for another format is told which fits, in one sentence."""
    if asked == actual:
        return
    try:
        snapshot = read_chain(sample(name), name, format=asked)
    except FileFormatError as exc:
        message = str(exc)
        assert f"use --format {actual}" in message  # some tables are generic ones too
        assert "\n" not in message
    else:
        assert asked == "csv", "only the generic reader can make sense of another's table"
        assert len(snapshot.quotes) > 0


def test_an_unknown_format_lists_the_known_ones() -> None:
    """A typing mistake costs one look."""
    with pytest.raises(FileFormatError, match="no file format 'cbo': there are cboe, upstox, nse"):
        read_chain(b"x", "x", format="cbo")


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "is empty"),
        (b"hello\nworld\n", r"looks like no option chain we know \(text beginning 'hello'\)"),
        (b'{"a": 1}', r"we know \(JSON beginning"),
        (b"[]", "we know"),
        (gzip.compress(b"strike,bid\n" * 99, mtime=0)[:-9], "cut short"),
        (b"PAR1 but nothing else", "damaged Parquet"),
    ],
)
def test_hopeless_files_get_one_clear_error(data: bytes, complaint: str) -> None:
    """Nothing to read is said, with what to do."""
    with pytest.raises(FileFormatError, match=complaint):
        read_chain(data, "chain")


def test_parquet_asked_for_as_another_format_is_refused() -> None:
    """Only the generic table comes in Parquet."""
    with pytest.raises(FileFormatError, match="is a Parquet file, not a CBOE quote table"):
        read_chain(b"PAR1xxxx", "x", format="cboe")


HEADER = "root,expiry,right,strike,bid,ask,last,bid_size,ask_size,volume,open_interest,spot\n"


@pytest.mark.parametrize("poison", ["NaN", "inf", "-inf", "1e308", "-1e308", "", "-", "\0x"[1:]])
def test_poison_in_every_number_leaves_unknowns(poison: str) -> None:
    """No figure of the row survives, the row does."""
    row = f"SPXW,2025-10-17,C,6700,{','.join([poison] * 8)}\n"
    snapshot = read_chain((HEADER + row).encode(), "chain.csv")
    quotes = snapshot.quotes
    for name in ("bid", "ask", "last", "bid_size", "ask_size", "volume", "open_interest", "spot"):
        assert np.isnan(getattr(quotes, name)).all()
    assert np.isnan(snapshot.spot)


def test_odd_but_honest_chains_are_read() -> None:
    """One strike, puts only, expired, crossed: the reader does not judge."""
    one = read_chain((HEADER + "X,2025-10-17,C,5,1,2,,,,,,\n").encode(), "f")
    assert len(one.quotes) == 1
    puts = read_chain(
        (HEADER + "X,2001-01-19,P,5,2,1,,,,,,\nX,2001-01-19,P,6,2,1,,,,,,\n").encode(), "f"
    )
    assert not puts.quotes.is_call.any()
    assert (puts.quotes.bid > puts.quotes.ask).all()
    with pytest.raises(FileFormatError, match="no usable option row among 0"):
        read_chain(HEADER.encode(), "f")
    twice = read_chain((HEADER + "X,2025-10-17,C,5,1,2,,,,,,\n" + HEADER).encode(), "f")
    assert len(twice.quotes) == 1
    assert twice.problems == ()


def check(snapshot: ChainSnapshot) -> None:
    """Hold a snapshot to what every reader promises."""
    quotes = snapshot.quotes
    assert len(quotes) > 0
    assert (quotes.strike > 0.0).all()
    assert not np.isnat(quotes.expiry).any()
    assert (quotes.ts_event >= 0).all()
    assert snapshot.as_of >= 0
    for spec in fields(quotes):
        column = getattr(quotes, spec.name)
        assert len(column) == len(quotes)
        if column.dtype == np.float64:
            assert not np.isinf(column).any(), spec.name
        if column.dtype == np.object_:
            assert all(isinstance(text, str) for text in column), spec.name
    assert not np.isinf(snapshot.spot)
    for problem in snapshot.problems:
        assert problem.line >= 1
        assert problem.reason


def attempt(data: bytes, name: str, **options: Any) -> None:
    """Read bytes; a snapshot has to hold, and nothing but FileFormatError may come out."""
    try:
        snapshot = read_chain(data, name, **options)
    except FileFormatError as exc:
        assert "\n" not in str(exc)  # noqa: PT017  # either outcome is right
    else:
        check(snapshot)


def mutated(data: bytes, dice: random.Random) -> bytes:
    """Return the bytes with a few cuts, copies, swaps and foreign tokens."""
    for _ in range(dice.randint(1, 4)):
        start = dice.randrange(len(data) + 1)
        stop = min(len(data), start + dice.choice([1, 1, 2, 8, 40]))
        kind = dice.randrange(6)
        if kind == 0:
            data = data[:start] + data[stop:]
        elif kind == 1:
            data = data[:start] + dice.choice(TOKENS) + data[start:]
        elif kind == 2:
            data = data[:start] + dice.choice(TOKENS) + data[stop:]
        elif kind == 3:
            data = data[:start] + data[start:stop] * 2 + data[stop:]
        elif kind == 4:
            data = data[:start]
        else:
            lines = data.split(b"\n")
            dice.shuffle(lines)
            data = b"\n".join(lines)
    return data


@pytest.mark.parametrize("name", SAMPLES)
def test_mutated_files_give_a_chain_or_one_error(sample: Load, name: str) -> None:
    """Whatever damage a file takes, detected or forced."""
    dice = random.Random(name)
    for _ in range(MUTATIONS):
        data = mutated(sample(name), dice)
        attempt(data, dice.choice([name, "chain"]))
        hints = ReadHints(underlying=dice.choice([None, "SPX"]), expiry=date(2025, 2, 27))
        attempt(data, name, format=dice.choice(list(FORMATS)), hints=hints)
        attempt(gzip.compress(data, mtime=0)[: dice.choice([None, -1, 30])], name)


@given(data=st.binary(max_size=200), asked=st.sampled_from([None, *FORMATS]))
def test_random_bytes_give_one_error(data: bytes, asked: str | None) -> None:
    """Noise is no chain."""
    attempt(data, "noise", format=asked)


KEYS = st.sampled_from(
    ["data", "records", "filtered", "result", "params", "channel", "CE", "PE", "strikePrice",
     "expiryDate", "expiry", "strike_price", "call_options", "put_options", "market_data",
     "option_greeks", "bid_price", "iv", "instrument_name", "timestamp", "greeks", "delta", "stats",
     "underlyingValue", "underlying_key", "impliedVolatility", "options", "option", "symbol",
     "current_price"]
)  # fmt: skip
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**400), 10**400),
    st.floats(),
    st.text(max_size=6),
    st.sampled_from(
        [
            "BTC-27DEC24-100000-C",
            "27-Feb-2025",
            "2025-02-27",
            "ticker.x",
            "NSE_INDEX|X",
            "SPXW251017C06700000",
            "2025-10-01 19:02:11",
        ]
    ),
)
BODIES = st.recursive(
    VALUES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=6)),
    max_leaves=30,
)


@settings(max_examples=300)
@given(body=BODIES, asked=st.sampled_from([None, "cboe", "upstox", "nse", "deribit"]))
def test_random_json_gives_a_chain_or_one_error(body: Any, asked: str | None) -> None:
    """Any shape of JSON under the names the readers look for."""
    attempt(json.dumps(body).encode(), "body.json", format=asked)


def test_deep_json_is_one_error() -> None:
    """Nesting without end does not end the program."""
    for text in (
        "[" * 50_000,
        '{"data":' * 900 + "1" + "}" * 900,
        '{"result":[' * 400 + "]}" * 400,
    ):
        for asked in ("cboe", "upstox", "nse", "deribit"):
            attempt(text.encode(), "deep.json", format=asked)


def test_real_files_of_other_venues_are_not_taken_for_ours(vendor_data: Path) -> None:
    """OKX and Bybit messages, instrument lists and notes are refused, not misread."""
    for path in sorted(vendor_data.glob("*/*")):
        if path.suffix in {".md", ".json"} or path.name.startswith(("okex", "bybit")):
            with pytest.raises(FileFormatError):
                read_chain(path.read_bytes(), path.name)
