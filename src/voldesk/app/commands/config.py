"""``voldesk config``: the settings as they are composed."""

from typing import Annotated

import typer

from voldesk.app.commands.options import Config, Json

Origin = Annotated[bool, typer.Option("--origin", help="Say where each value came from.")]

config = typer.Typer(
    help="Settings of a file, the environment and defaults.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@config.callback()
def main() -> None:
    """Show settings of a file, the environment and defaults."""


@config.command("show")
def show(origin: Origin = False, config: Config = None, is_json: Json = False) -> None:
    """Print every setting, as YAML or with its origin; a secret is not shown."""
    import json

    from voldesk.app import showing
    from voldesk.app.settings import load_settings

    loaded = load_settings(config=config)
    if is_json:
        typer.echo(json.dumps(showing.as_document(loaded)))
    else:
        typer.echo(showing.as_table(loaded) if origin else showing.as_yaml(loaded))
