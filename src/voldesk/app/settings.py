"""
All settings of a process, composed of the structs that the rooms own.

A YAML file, then the environment, then flags. pydantic holds every value to its type; reading the
layers is done here and in `app.layers` rather than by pydantic-settings, which tells neither
where a value came from nor what an unknown key was meant to be.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from voldesk.app.feeds import ReplaySettings, SimSettings
from voldesk.app.layers import (
    CONFIG_VARIABLE,
    PREFIX,
    Layer,
    environment_layer,
    file_layer,
    flag_layer,
    leaves_of,
    merged,
    nested,
)
from voldesk.app.logs import LogSettings
from voldesk.app.older_names import FLAT_VARIABLES
from voldesk.app.recording import RecordSettings
from voldesk.app.trading_settings import TradingSettings
from voldesk.gateways.settings import GatewaySettings
from voldesk.model.errors import ConfigError
from voldesk.pipeline.pump import PumpSettings
from voldesk.pipeline.subscriptions import SubscriptionSettings
from voldesk.pricing.engine import EngineSettings
from voldesk.store.iv_history import IvHistorySettings
from voldesk.strategies.alerts import AlertSettings
from voldesk.strategies.zero_dte.settings import ScanSettings
from voldesk.venues.deribit.settings import DeribitSettings
from voldesk.venues.ib.settings import IbSettings

DEFAULT: Final = "default"
"""The origin of a value that nobody gave."""

LOCAL_FILE: Final = Path("voldesk.yaml")
_DECIDED: Final = frozenset({"pump.is_replay"})  # by the feed


def config_folder() -> Path:
    """Return where this user's settings and token are kept."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "voldesk"


class Settings(BaseModel):
    """
    Every setting; docs/configuration.md explains each.

    Attributes:
        feeds: What is streamed, the first owning what several tick: ``sim``, ``replay:PATH``,
            ``ib``, ``deribit``.
        is_browser_opened: Open the page when the server is up, where there is a display.
        token: For programs, in place of the one kept in ``token_file``.
        token_file: Keeps the token; made at the first start. None: beside the user's settings.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    feeds: tuple[str, ...] = ("sim",)
    is_browser_opened: bool = True
    token: SecretStr | None = None
    token_file: Path | None = None
    gateway: GatewaySettings = GatewaySettings()
    sim: SimSettings = SimSettings()
    replay: ReplaySettings = ReplaySettings()
    record: RecordSettings = RecordSettings()
    pump: PumpSettings = PumpSettings()
    subscriptions: SubscriptionSettings = SubscriptionSettings()
    pricing: EngineSettings = EngineSettings()
    alerts: AlertSettings = AlertSettings()
    log: LogSettings = LogSettings()
    ib: IbSettings = IbSettings()
    deribit: DeribitSettings = DeribitSettings()
    trading: TradingSettings = Field(default_factory=TradingSettings)
    scan: ScanSettings = ScanSettings()
    iv_history: IvHistorySettings = IvHistorySettings()


LEAVES: Final = leaves_of(Settings, _DECIDED)
"""The type of every setting, by its dotted name."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """
    Settings, and where each value came from.

    Attributes:
        origins: By dotted name; a setting that nobody gave is not in it.
    """

    settings: Settings
    origins: Mapping[str, str]

    def origin(self, name: str) -> str:
        """Return where the value of a setting came from."""
        return self.origins.get(name, DEFAULT)

    def is_from_file(self, name: str) -> bool:
        """Say whether a setting is as a file says, and no variable or flag has a word in it."""
        origin = self.origin(name)
        is_given = origin != DEFAULT and not origin.startswith(("--", PREFIX))
        return is_given and origin not in FLAT_VARIABLES

    def value(self, name: str) -> Any:  # noqa: ANN401  # any setting
        """Return the value of a setting by its dotted name."""
        value: Any = self.settings
        for part in name.split("."):
            value = getattr(value, part)
        return value


def load_settings(
    flags: Mapping[str, tuple[str, Any]] | None = None, *, config: Path | None = None
) -> Loaded:
    """
    Compose the settings of this process.

    Args:
        flags: Dotted name to flag and value, None where it was not given.
        config: The file; else ``VOLDESK_CONFIG``, ./voldesk.yaml or the user's, if there is one.

    Raises:
        ConfigError: A value or a name is wrong; the message says where it came from.
    """
    path = config or _found_file()
    given = merged(
        (
            {} if path is None else file_layer(path, LEAVES),
            environment_layer(os.environ, LEAVES),
            flag_layer(flags or {}),
        )
    )
    try:
        settings = Settings.model_validate(nested(given))
    except ValidationError as exc:
        raise ConfigError(_told(exc, given)) from None
    return Loaded(settings, {name: one.origin for name, one in given.items()})


def _found_file() -> Path | None:
    named = os.environ.get(CONFIG_VARIABLE)
    if named:
        return Path(named)
    return next(
        (path for path in (LOCAL_FILE, config_folder() / "config.yaml") if path.is_file()), None
    )


def _told(error: ValidationError, given: Layer) -> str:
    """Return pydantic's findings with the origin of each value; a secret is not repeated."""
    found: list[str] = []
    for one in error.errors(include_url=False):
        place = ".".join(str(part) for part in one["loc"])
        known = [name for name in given if place == name or place.startswith(f"{name}.")]
        origin = f" ({given[known[0]].origin})" if known else ""
        shown = "" if place.startswith("token") else f" is {str(one['input'])[:80]!r}"
        found.append(f"{place}{origin}{shown}: {one['msg']}")
    return "; ".join(found)
