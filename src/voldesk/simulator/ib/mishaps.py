"""What is broken at the simulated TWS at the moment; desks look here before they answer."""

from dataclasses import dataclass, field
from typing import Final

from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.notices import CONTRACT_FARM, HISTORY_FARM, REJECTED, Notice
from voldesk.simulator.ib.refusal import Refused, no_definition, no_history

STOCK_FARM: Final = "usfarm"
OPTION_FARM: Final = "usopt"
EVERY_FARM: Final = (STOCK_FARM, OPTION_FARM, HISTORY_FARM, CONTRACT_FARM)


@dataclass(slots=True)
class Mishaps:
    """
    The state of everything that can be broken.

    Attributes:
        is_connected: Whether TWS reaches its servers.
        broken_farms: Names of the data farms that are down.
        history_failures: How many histories more will fail.
        history_text: With what words.
        definition_failures: How many contracts more will not be found.
        orders_are_mute: Whether nothing is told about orders but what is asked for.
        orders_lost: How many orders more arrive and are forgotten.
        order_errors: How many orders more are refused, with
        order_error: this code and text.
    """

    is_connected: bool = True
    broken_farms: set[str] = field(default_factory=set)
    history_failures: int = 0
    history_text: str = ""
    definition_failures: int = 0
    orders_are_mute: bool = False
    orders_lost: int = 0
    order_errors: int = 0
    order_error: Notice = REJECTED

    def flows(self, instrument: Instrument) -> bool:
        """Say whether quotes of an instrument arrive."""
        farm = OPTION_FARM if instrument.is_option else STOCK_FARM
        return self.is_connected and farm not in self.broken_farms

    def require_history(self) -> None:
        """
        Refuse a history where one is to fail.

        Raises:
            Refused: With the words asked for (162).
        """
        if not self.is_connected or HISTORY_FARM in self.broken_farms:
            raise no_history("HMDS server disconnect occurred.  Attempting reconnection...")
        if self.history_failures:
            self.history_failures -= 1
            raise no_history(self.history_text)

    def require_definition(self) -> None:
        """
        Refuse to find a contract where one is not to be found.

        Raises:
            Refused: No security definition (200).
        """
        if CONTRACT_FARM in self.broken_farms:
            raise no_definition()
        if self.definition_failures:
            self.definition_failures -= 1
            raise no_definition()

    def loses_order(self) -> bool:
        """Say whether an order that arrives is to be forgotten."""
        if not self.orders_lost:
            return False
        self.orders_lost -= 1
        return True

    def require_order(self) -> None:
        """
        Refuse an order where one is to be refused.

        Raises:
            Refused: With the code and text asked for.
        """
        if self.order_errors:
            self.order_errors -= 1
            raise Refused(self.order_error.code, self.order_error.text)
