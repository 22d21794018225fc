"""Where the SQL copy of the journal is kept, and for how long."""

from dataclasses import dataclass

from voldesk.model.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class TradesSettings:
    """
    How the journal is projected into SQL.

    Attributes:
        url: ``postgresql://user@host/name`` or ``sqlite:///path``, without a password: libpq
            reads PGPASSWORD or ~/.pgpass. None: an SQLite file beside the journal.
        retention_days: Rows of what has been over for longer leave the database; the journal
            itself keeps everything. None: they stay.
        poll_secs: How often the journal is looked at when nobody says that it grew.
        retry_secs: How long until a database that failed is tried again, twice as long each
            time, and
        retry_most_secs: never longer.
        batch_entries: Most entries in one transaction.
    """

    url: str | None = None
    retention_days: int | None = None
    poll_secs: float = 0.5
    retry_secs: float = 0.5
    retry_most_secs: float = 30.0
    batch_entries: int = 500

    def __post_init__(self) -> None:
        if self.retention_days is not None and self.retention_days < 1:
            raise ConfigError(f"retention_days is {self.retention_days}, expected 1 or more")
        if self.batch_entries < 1:
            raise ConfigError(f"batch_entries is {self.batch_entries}, expected 1 or more")
        for name in ("poll_secs", "retry_secs", "retry_most_secs"):
            if not getattr(self, name) > 0:
                raise ConfigError(f"{name} is {getattr(self, name)}, expected more than 0")
