"""Run ``voldesk`` or ``python -m voldesk``."""

import sys

from voldesk.app.cli import app


def main() -> None:
    """Run the command line and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal without Unicode shows "?", not an error
            stream.reconfigure(errors="replace")
    app(prog_name="voldesk")


if __name__ == "__main__":
    main()
