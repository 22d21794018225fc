"""
The ``voldesk`` command: its groups, and the one place where an error becomes an exit code.

Nothing heavy is imported here: NumPy, Arrow and Rich load when a command runs. Help is plain
text for the same reason: Rich's panels more than double the time of ``voldesk --help``.
"""

import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from voldesk.app.commands import (
    alerts,
    analyze,
    bench,
    chain,
    config,
    doctor,
    journal,
    kill,
    order,
    positions,
    price,
    record,
    scan,
    sim,
    up,
)
from voldesk.app.exits import ExitCode, exit_code_for
from voldesk.model.errors import VoldeskError


class GuardedGroup(TyperGroup):
    """Commands whose errors end as one line on stderr and a documented exit code."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  # click's own types, private to Typer
        """Run the command; ``VOLDESK_DEBUG=1`` lets the traceback of an error through."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except VoldeskError as exc:
            if os.environ.get("VOLDESK_DEBUG"):
                raise
            typer.echo(f"error: {exc}", err=True)
            raise typer.Exit(exit_code_for(exc)) from exc
        except BrokenPipeError as exc:
            # Whoever read our output has gone: nothing to say, and nothing to flush at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(ExitCode.BROKEN_PIPE) from exc
        except KeyboardInterrupt as exc:
            typer.echo("interrupted", err=True)
            raise typer.Exit(ExitCode.INTERRUPTED) from exc
        return result


app = typer.Typer(
    name="voldesk",
    cls=GuardedGroup,
    help="Option chains to implied vols, Greeks and desk analytics.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.command("up")(up.up)
app.command("demo")(up.demo)
app.command("replay")(up.replay)
app.command("chain")(chain.chain)
app.command("skew")(chain.skew)
app.add_typer(alerts.alerts, name="alerts")
app.command("analyze")(analyze.analyze)
app.command("price")(price.price)
app.command("scan")(scan.scan)
app.command("record")(record.record)
app.add_typer(record.imports, name="import")
app.add_typer(journal.journal, name="journal")
app.add_typer(order.order, name="order")
app.command("positions")(positions.positions)
app.command("kill")(kill.kill)
app.command("unlock")(kill.unlock)
app.command("sim")(sim.sim)
app.command("doctor")(doctor.doctor)
app.add_typer(config.config, name="config")
app.command("bench")(bench.bench)


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        from importlib.metadata import version  # noqa: PLC0415  # costs 20 ms

        typer.echo(f"voldesk {version('voldesk')}")
        raise typer.Exit


@app.callback()
def main(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Say which version."
        ),
    ] = False,
) -> None:
    """Option chains to implied vols, Greeks and desk analytics."""
