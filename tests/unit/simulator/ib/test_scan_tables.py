"""What scans can be made of."""

from xml.etree.ElementTree import fromstring

from voldesk.simulator.ib.scan_tables import (
    FILTERS,
    INSTRUMENTS,
    LOCATIONS,
    SCAN_CODES,
    scanner_parameters,
)

XML = scanner_parameters()
ROOT = fromstring(XML.split("\n", 1)[1])


def test_the_document_says_what_it_is() -> None:
    """It opens with the declaration that clients look for."""
    assert XML.startswith('<?xml version="1.0" encoding="UTF-8"?>')
    assert ROOT.tag == "ScanParameterResponse"


def test_codes_are_found_where_clients_look_for_them() -> None:
    """Scan codes, kinds, locations and filters stand under the tags that clients search."""
    codes = [element.text for element in ROOT.findall(".//ScanType/scanCode")]
    assert codes == list(SCAN_CODES)
    kinds = [element.text for element in ROOT.findall(".//Instrument/type")]
    assert kinds == list(INSTRUMENTS)
    places = {element.text for element in ROOT.findall(".//locationCode")}
    assert places == set(LOCATIONS)
    tags = {element.text for element in ROOT.findall(".//AbstractField/code")}
    assert tags == set(FILTERS)


def test_every_kind_has_its_widest_location() -> None:
    """The location of a kind is one of the list, and scans name kinds that exist."""
    assert all(widest in LOCATIONS for _, widest in INSTRUMENTS.values())
    assert all(set(scan.kinds) <= set(INSTRUMENTS) for scan in SCAN_CODES.values())
