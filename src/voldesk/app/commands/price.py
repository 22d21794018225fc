"""``voldesk price``: one option, from vol to price or from price to vol."""

from typing import Annotated

import typer

from voldesk.model.enums import Market, Right
from voldesk.model.errors import ConfigError


def price(
    right: Annotated[Right, typer.Option(help="Call or put.", case_sensitive=False)],
    strike: Annotated[float, typer.Option(help="Strike, quote currency.")],
    spot: Annotated[float | None, typer.Option(help="Spot; or give --forward.")] = None,
    forward: Annotated[float | None, typer.Option(help="Forward at settlement.")] = None,
    years: Annotated[float | None, typer.Option(help="Time to settlement; or --expiry.")] = None,
    expiry: Annotated[
        str | None, typer.Option(metavar="DATE", help="Expiry; it settles by --market.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="ISO", help="Valuation time; now if left out.")
    ] = None,
    market: Annotated[Market, typer.Option(help="When an --expiry settles.")] = Market.US,
    vol: Annotated[float | None, typer.Option(help="Vol, a fraction; gives the price.")] = None,
    price_: Annotated[
        float | None, typer.Option("--price", help="Price; gives the implied vol.")
    ] = None,
    rate: Annotated[float, typer.Option(help="Continuous rate per year: 0.05 is 5 %.")] = 0.0,
    dividend_yield: Annotated[float, typer.Option(help="Continuous, beside --spot.")] = 0.0,
    is_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Value one European option."""
    from voldesk.app import single

    try:
        terms = single.Terms(
            right=right,
            strike=strike,
            years=single.years_left(years, expiry, as_of, market),
            spot=spot,
            forward=forward,
            rate=rate,
            dividend_yield=dividend_yield,
            vol=vol,
            price=price_,
        )
    except ConfigError as exc:
        raise typer.BadParameter(str(exc)) from exc
    figures = single.value(terms)
    typer.echo(single.as_json(figures) if is_json else single.as_text(figures))
