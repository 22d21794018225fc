"""``voldesk bench``: our kernels and every installed peer on the same options."""

from typing import Annotated

import typer

Quick = Annotated[bool, typer.Option("--quick", help="Fewer options and runs: seconds.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def bench(is_quick: Quick = False, is_json: Json = False) -> None:
    """
    Time price to implied vol, and price to vol and Greeks, on this machine.

    Packages that are installed beside voldesk take part: py_vollib_vectorized, PyFENG,
    fast-vollib, QuantLib, py_lets_be_rational, mibian.
    """
    from voldesk.app import contest

    contest.run(is_quick=is_quick, is_json=is_json)
