"""What scans can be made of: kinds, locations, codes and filters, and the XML that says so."""

from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring


@dataclass(frozen=True, slots=True)
class ScanCode:
    """
    One way to rank.

    Attributes:
        name: As TWS shows it.
        figure: Name of the figure that decides, see `scanner`.
        is_descending: Whether the largest comes first.
        kinds: Types of instruments it applies to.
    """

    name: str
    figure: str
    is_descending: bool = True
    kinds: tuple[str, ...] = ("STK", "ETF.EQ.US", "FUT.US", "IND.US")


_SHARES: Final = ("STK", "ETF.EQ.US")

SCAN_CODES: Final = {
    "TOP_PERC_GAIN": ScanCode("Top % Gainers", "change"),
    "TOP_PERC_LOSE": ScanCode("Top % Losers", "change", is_descending=False),
    "MOST_ACTIVE": ScanCode("Most Active", "volume"),
    "MOST_ACTIVE_USD": ScanCode("Most Active ($)", "turnover", kinds=_SHARES),
    "HOT_BY_VOLUME": ScanCode("Hot Contracts by Volume", "volume_ratio"),
    "HOT_BY_PRICE": ScanCode("Hot Contracts by Price", "distance"),
    "HOT_BY_PRICE_RANGE": ScanCode("Hot by Price Range", "range_ratio"),
    "TOP_PRICE_RANGE": ScanCode("Top Price Range", "range"),
    "TOP_TRADE_COUNT": ScanCode("Top Trade Count", "trades"),
    "TOP_TRADE_RATE": ScanCode("Top Trade Rate", "trades"),
    "TOP_VOLUME_RATE": ScanCode("Top Volume Rate", "volume"),
    "TOP_OPEN_PERC_GAIN": ScanCode("Top % Gainers Since Open", "since_open"),
    "TOP_OPEN_PERC_LOSE": ScanCode("Top % Losers Since Open", "since_open", is_descending=False),
    "HIGH_OPEN_GAP": ScanCode("Top Close-to-Open % Gainers", "gap"),
    "LOW_OPEN_GAP": ScanCode("Top Close-to-Open % Losers", "gap", is_descending=False),
    "OPT_VOLUME_MOST_ACTIVE": ScanCode("Most Active by Opt Volume", "option_volume"),
    "HOT_BY_OPT_VOLUME": ScanCode("Hot by Option Volume", "option_volume"),
    "HIGH_OPT_VOLUME_PUT_CALL_RATIO": ScanCode("High Put/Call Vol Ratio", "put_call"),
    "LOW_OPT_VOLUME_PUT_CALL_RATIO": ScanCode(
        "Low Put/Call Vol Ratio", "put_call", is_descending=False
    ),
    "HIGH_OPT_IMP_VOLAT": ScanCode("Highest Option Imp Vol", "implied_vol"),
    "LOW_OPT_IMP_VOLAT": ScanCode("Lowest Option Imp Vol", "implied_vol", is_descending=False),
    "TOP_OPT_IMP_VOLAT_GAIN": ScanCode("Top Option Imp Vol % Gainers", "vol_change"),
    "TOP_OPT_IMP_VOLAT_LOSE": ScanCode(
        "Top Option Imp Vol % Losers", "vol_change", is_descending=False
    ),
    "HIGH_OPT_IMP_VOLAT_OVER_HIST": ScanCode("High Option Imp Vol Over Historical", "vol_ratio"),
    "LOW_OPT_IMP_VOLAT_OVER_HIST": ScanCode(
        "Low Option Imp Vol Over Historical", "vol_ratio", is_descending=False
    ),
    "ALL_SYMBOLS_ASC": ScanCode("All Symbols Asc", "symbol", is_descending=False),
    "ALL_SYMBOLS_DESC": ScanCode("All Symbols Desc", "symbol"),
}
"""Every scan, by the code it is asked for."""

INSTRUMENTS: Final = {
    "STK": ("US Stocks", "STK.US"),
    "ETF.EQ.US": ("US Equity ETFs", "ETF.EQ.US"),
    "FUT.US": ("US Futures", "FUT.US"),
    "IND.US": ("US Indexes", "IND.US"),
}
"""Name and widest location of each kind."""

LOCATIONS: Final = {
    "STK.US": "US Stocks",
    "STK.US.MAJOR": "Listed/NASDAQ",
    "STK.US.MINOR": "OTC Markets",
    "STK.NYSE": "NYSE",
    "STK.NASDAQ": "NASDAQ",
    "STK.NASDAQ.NMS": "NASDAQ Global Select Market",
    "STK.ARCA": "ARCA",
    "ETF.EQ.US": "US Equity ETFs",
    "ETF.EQ.US.MAJOR": "Listed/NASDAQ ETFs",
    "ETF.EQ.ARCA": "ARCA ETFs",
    "ETF.EQ.NASDAQ.NMS": "NASDAQ ETFs",
    "FUT.US": "US Futures",
    "FUT.CME": "CME",
    "FUT.GLOBEX": "GLOBEX",
    "FUT.NYMEX": "NYMEX",
    "FUT.CFE": "CFE",
    "IND.US": "US Indexes",
}
"""Where scans look, by code."""

FILTERS: Final = {
    "priceAbove": "Price Above",
    "priceBelow": "Price Below",
    "volumeAbove": "Volume Above",
    "changePercAbove": "Change % Above",
    "changePercBelow": "Change % Below",
    "changeOpenPercAbove": "Change Since Open % Above",
    "changeOpenPercBelow": "Change Since Open % Below",
    "optVolumeAbove": "Option Volume Above",
    "optVolumeBelow": "Option Volume Below",
    "impVolatAbove": "Implied Vol Above",
    "impVolatBelow": "Implied Vol Below",
    "priceRangeAbove": "Price Range Above",
    "priceRangeBelow": "Price Range Below",
    "marketCapAbove1e6": "Market Cap Above",
    "marketCapBelow1e6": "Market Cap Below",
}
"""Filters that a scan's options may name, and what they are called."""


def scanner_parameters() -> str:
    """Return everything scans can be made of, as an XML document."""
    root = Element("ScanParameterResponse")
    _append_instruments(SubElement(root, "InstrumentList", varName="instrumentList"))
    _append_locations(SubElement(root, "LocationTree", varName="locationTree"))
    _append_scans(SubElement(root, "ScanTypeList", varName="scanTypeList"))
    _append_settings(SubElement(root, "SettingList", varName="settingList"))
    _append_filters(SubElement(root, "FilterList", varName="filterList"))
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _append(parent: Element, **texts: str) -> None:
    for tag, text in texts.items():
        SubElement(parent, tag).text = text


def _append_instruments(parent: Element) -> None:
    for kind, (name, _) in INSTRUMENTS.items():
        row = SubElement(parent, "Instrument")
        _append(row, name=name, type=kind, secType=kind.split(".")[0], group=f"{kind}.GROUP")
        _append(row, filters=",".join(code.upper() for code in FILTERS), shortName=name)


def _append_locations(parent: Element) -> None:
    for kind, (name, widest) in INSTRUMENTS.items():
        top = SubElement(parent, "Location")
        _append(top, displayName=name, locationCode=widest, instruments=kind, access="unrestricted")
        below = SubElement(top, "LocationTree", varName="locationTree")
        for code, place in LOCATIONS.items():
            if code != widest and code.split(".")[0] == widest.split(".")[0]:
                row = SubElement(below, "Location")
                _append(row, displayName=place, locationCode=code, instruments=kind)
                _append(row, access="unrestricted")


def _append_scans(parent: Element) -> None:
    for code, scan in SCAN_CODES.items():
        row = SubElement(parent, "ScanType")
        _append(row, displayName=scan.name, scanCode=code, instruments=",".join(scan.kinds))
        _append(row, absoluteColumns="false", supportsSorting="true", access="unrestricted")


def _append_settings(parent: Element) -> None:
    row = SubElement(parent, "ScannerSetting")
    _append(row, id="Annual", name="Annualised vols", type="boolean", value="true")


def _append_filters(parent: Element) -> None:
    for code, name in FILTERS.items():
        row = SubElement(parent, "RangeFilter")
        _append(row, id=code.upper(), category="Price", histogram="false", access="unrestricted")
        field = SubElement(row, "AbstractField", type="scanner.filter.DoubleField")
        _append(field, code=code, displayName=name, typeAhead="false", acceptsNull="false")
