"""The shapes of alerts over HTTP: what may be asked for, and what is answered."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from voldesk.gateways.alert_desk import Origin
from voldesk.strategies.alerts import Cross, Rule

_Text = Annotated[str, Field(min_length=1, max_length=64)]
_Number = Annotated[float, Field(allow_inf_nan=False)]


class NewAlert(BaseModel):
    """What is to be told; docs/configuration.md explains each value."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(
        min_length=1,
        max_length=64,
        pattern=r"^[^/\x00-\x1f\x7f]+$",
        description="unique; no slash",
        examples=["NIFTY vol"],
    )
    underlying: _Text = Field(examples=["NIFTY"])
    field: _Text = Field(
        description="a column of a contract, a figure of a series or of the underlying",
        examples=["atm_iv"],
    )
    level: _Number = Field(description="in the unit of the field: 0.2 is an iv of 20 %")
    crosses: Cross = Cross.UP
    contract: _Text | None = Field(
        None, description="`atm call`, `25d put` or the venue's symbol", examples=["25d put"]
    )
    expiry: date | None = None
    root: _Text | None = None
    band: _Number = Field(0.0, ge=0.0, description="hysteresis, in the unit of the field")
    is_once: bool = Field(default=False, description="only the first crossing is told")
    cooldown_secs: _Number = Field(0.0, ge=0.0, le=31_536_000.0)

    def rule(self) -> Rule:
        """Return it as it is watched for."""
        return Rule(**{name: getattr(self, name) for name in type(self).model_fields})


class HeldAlertDocument(BaseModel):
    """One alert as it stands."""

    name: str
    underlying: str
    field: str
    level: float
    crosses: Cross
    contract: str | None
    expiry: date | None
    root: str | None
    band: float
    is_once: bool
    cooldown_secs: float
    origin: Origin = Field(description="one of the settings is changed there alone")
    is_kept: bool = Field(description="it is there again after a restart")
    is_spent: bool = Field(description="it tells one crossing, and has done so")
    told_at_us: int | None = Field(description="UTC microseconds, since this process started")
