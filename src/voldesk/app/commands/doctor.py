"""``voldesk doctor``: whether this machine is fit."""

import typer

from voldesk.app.commands.options import Config, Json
from voldesk.app.exits import ExitCode


def doctor(config: Config = None, is_json: Json = False) -> None:
    """
    Check Python, clock, calendars, kernels, port, page and disk, and say what to mend.

    The exit code is 1 where something fails. The kernels are compiled if they were not.
    """
    import json

    from voldesk.app import doctor as checks

    findings = checks.examine(config)
    if is_json:
        typer.echo(json.dumps(checks.as_document(findings)))
    else:
        typer.echo(checks.as_text(findings))
    if checks.worst(findings) is checks.State.FAIL:
        raise typer.Exit(ExitCode.ERROR)
