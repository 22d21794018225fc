"""Write docs/columns.md from the table of columns and the status codes in the code."""

from pathlib import Path

from voldesk.chain.schema import ROW_COLUMNS, SERIES_COLUMNS, Column
from voldesk.model.enums import Status
from voldesk.model.ticks import DataType

DOCS = Path(__file__).resolve().parent.parent / "docs"

STATUS_MEANING = {
    Status.OK: "the row has an iv",
    Status.NO_BID: "nobody bids: the bid is missing or zero, whatever the ask",
    Status.ONE_SIDED: "there is a bid and no ask",
    Status.CROSSED: "the bid is above the ask",
    Status.STALE: "the row has an iv, but its quote is older than the limit (`--stale-after`)",
    Status.BELOW_INTRINSIC: "the price is at or below the discounted intrinsic value",
    Status.ABOVE_MAX: "the price is at or above what any vol can give",
    Status.NO_FORWARD: "the series has no forward: its `reason` says why",
    Status.EXPIRED: "settlement is not after the valuation time, on the profile's clock",
    Status.NOT_CONVERGED: "the price or strike is no number the solver can certify a vol for",
    Status.NO_PRICE: "the price the profile asks for (last, mark) was never given",
}

LAPSES = (
    "A spot, or a venue's own forward, makes a forward only while it is as new as a quote has to "
    "be (5 minutes where quotes have no limit), and not from before a lost line: the `reason` of "
    "the series says which it was."
)

DATA_TYPES = (
    "How much of the present there is in a row's last tick (`data_type`); a chain is as live as "
    "the worst of its rows and its spot."
)

DATA_TYPE_MEANING = {
    DataType.LIVE: "of now, as far as the source says; so is everything read from a file",
    DataType.FROZEN: "as it stood when the market closed",
    DataType.DELAYED: "some minutes old by the venue's permission",
    DataType.DELAYED_FROZEN: "both: some minutes before the market closed",
}


def _rows(columns: tuple[Column, ...]) -> list[str]:
    lines = ["| column | type | unit | meaning | unknown means |", "|---|---|---|---|---|"]
    lines += [
        f"| `{column.name}` | {column.kind.value} | {column.unit or '–'} | {column.meaning} "
        f"| {column.when_unknown or 'never unknown'} |"
        for column in columns
    ]
    return lines


def page() -> str:
    """Return the page."""
    statuses = [
        f"| {status.value} | `{status.name}` | {STATUS_MEANING[status]} |" for status in Status
    ]
    data_types = [f"| {one.value} | `{one.name}` | {DATA_TYPE_MEANING[one]} |" for one in DataType]
    lines = [
        "# Columns of a chain",
        "",
        "Made by `make docs` from `voldesk.chain.schema`; change it there.",
        "",
        "Unknown is NaN in memory and null in files, never 0.",
        "",
        "## Rows",
        "",
        *_rows(ROW_COLUMNS),
        "",
        "## Series",
        "",
        *_rows(SERIES_COLUMNS),
        "",
        "## Status",
        "",
        "The first that applies: EXPIRED, NO_FORWARD, then what is wrong with the price.",
        "",
        "| code | status | meaning |",
        "|---|---|---|",
        *statuses,
        "",
        LAPSES,
        "",
        "## Data types",
        "",
        DATA_TYPES,
        "",
        "| code | data type | meaning |",
        "|---|---|---|",
        *data_types,
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the page."""
    (DOCS / "columns.md").write_text(page())


if __name__ == "__main__":
    main()
