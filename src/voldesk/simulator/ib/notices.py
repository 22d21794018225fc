"""What TWS says when something is wrong or changes: codes and their words."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Notice:
    """One code and what it says; ``{}`` stand for particulars."""

    code: int
    text: str

    def __call__(self, *particulars: object) -> "Notice":
        """Return the notice with its particulars filled in."""
        return Notice(self.code, self.text.format(*particulars))


TOO_FAST: Final = Notice(
    100, "Max rate of messages per second has been exceeded:max={} rec={} ({})"
)
TOO_MANY_LINES: Final = Notice(101, "Max number of tickers has been reached")
DUPLICATE_ID: Final = Notice(102, "Duplicate ticker ID")
DUPLICATE_ORDER: Final = Notice(103, "Duplicate order id")
FILLED_ALREADY: Final = Notice(104, "Cannot modify a filled order.")
PRICE_STEP: Final = Notice(
    110, "The price does not conform to the minimum price variation for this contract."
)
HISTORY: Final = Notice(162, "Historical Market Data Service error message:{}")
NO_DEFINITION: Final = Notice(200, "No security definition has been found for the request")
AMBIGUOUS: Final = Notice(200, "The contract description specified for {} is ambiguous.")
REJECTED: Final = Notice(201, "Order rejected - reason:{}")
CANCELLED: Final = Notice(202, "Order Canceled - reason:{}")
NO_SUCH_ID: Final = Notice(300, "Can't find EId with tickerId:{}")
DEPTH_LIMIT: Final = Notice(309, "Max number (5) of market depth requests has been reached")
NO_SUCH_DEPTH: Final = Notice(310, "Can't find the subscribed market depth with tickerId:{}")
NOT_UNDERSTOOD: Final = Notice(320, "Error reading request. {}")
INVALID: Final = Notice(321, "Error validating request.-'{}' : cause - {}")
FAILED: Final = Notice(322, "Error processing request.-'{}' : cause - {}")
DUPLICATE_HISTORY: Final = Notice(
    322,
    "Error processing request.-'bM' : cause - Duplicate ticker ID for API historical data query",
)
CLIENT_ID_IN_USE: Final = Notice(
    326, "Unable to connect as the client id is already in use. Retry with a unique client id."
)
NOT_SUBSCRIBED: Final = Notice(
    354,
    "Requested market data is not subscribed. Check API status by selecting the Account menu"
    " then under Management choose Market Data Subscription Manager and/or availability of"
    " delayed data.{}",
)
SCAN_FAILED: Final = Notice(365, "No scanner subscription found for ticker id:{}")
NO_SUCH_HISTORY: Final = Notice(366, "No historical data query found for ticker id:{}")
ORDER_MESSAGE: Final = Notice(399, "Order Message:\n{}\nWarning: {}")
REAL_TIME_PACING: Final = Notice(420, "Invalid Real-time Query:{}")
NO_FUNDAMENTALS: Final = Notice(
    430, "The fundamentals data for the security specified is not available.{}"
)
UNKNOWN_ALGO: Final = Notice(442, "No such algorithm: {}")
NOT_CONNECTED: Final = Notice(504, "Not connected")

LOST: Final = Notice(1100, "Connectivity between IBKR and Trader Workstation has been lost.")
RESTORED_LOST: Final = Notice(
    1101,
    "Connectivity between IBKR and Trader Workstation has been restored - data lost.",
)
RESTORED: Final = Notice(
    1102,
    "Connectivity between IBKR and Trader Workstation has been restored - data maintained. All"
    " data farms are connected: usfarm; usopt; ushmds; secdefil.",
)
PORT_RESET: Final = Notice(
    1300,
    "TWS socket port has been reset and this connection is being dropped. Please reconnect on"
    " the new port - {}",
)

FARM_BROKEN: Final = Notice(2103, "Market data farm connection is broken:{}")
FARM_OK: Final = Notice(2104, "Market data farm connection is OK:{}")
HISTORY_FARM_BROKEN: Final = Notice(2105, "HMDS data farm connection is broken:{}")
HISTORY_FARM_OK: Final = Notice(2106, "HMDS data farm connection is OK:{}")
HISTORY_FARM_IDLE: Final = Notice(
    2107, "HMDS data farm connection is inactive but should be available upon demand.{}"
)
SERVER_BROKEN: Final = Notice(
    2110,
    "Connectivity between Trader Workstation and server is broken. It will be restored"
    " automatically.",
)
CONTRACT_FARM_BROKEN: Final = Notice(2157, "Sec-def data farm connection is broken:{}")
CONTRACT_FARM_OK: Final = Notice(2158, "Sec-def data farm connection is OK:{}")

DEPTH_SMART: Final = Notice(2152, "Exchanges - Depth: {}; Top: {}")
PART_NOT_SUBSCRIBED: Final = Notice(
    10090,
    "Part of requested market data is not subscribed. Subscription-independent ticks are still"
    " active.Delayed market data is available.{}",
)
CANCEL_NOT_FOUND: Final = Notice(10147, "OrderId {} that needs to be cancelled is not found.")
CANCEL_TOO_LATE: Final = Notice(
    10148, "OrderId {} that needs to be cancelled cannot be cancelled, state: {}."
)
DELAYED_SHOWN: Final = Notice(
    10167, "Requested market data is not subscribed. Displaying delayed market data."
)
DELAYED_NOT_ENABLED: Final = Notice(
    10168, "Requested market data is not subscribed. Delayed market data is not enabled."
)
UPDATES_LOST: Final = Notice(10182, "Failed to request live updates (disconnected).")
TICK_BY_TICK_OFF: Final = Notice(10189, "Failed to request tick-by-tick data.{}")
COMPETING_SESSION: Final = Notice(10197, "No market data during competing live session")
E_TRADE_ONLY: Final = Notice(10268, "The 'EtradeOnly' order attribute is not supported.")
FIRM_QUOTE_ONLY: Final = Notice(10269, "The 'FirmQuoteOnly' order attribute is not supported.")

FARMS: Final = ("usfarm", "usopt")
"""Market data farms, in the order TWS tells of them."""
HISTORY_FARM: Final = "ushmds"
CONTRACT_FARM: Final = "secdefil"
