"""Answers what a client asks about contracts: details, chains, symbols."""

from collections.abc import Callable, Mapping
from typing import Any

from voldesk.simulator.ib.details import details_of
from voldesk.simulator.ib.secdef import matching_symbols, option_params
from voldesk.simulator.ib.session import Session, SilentDesk
from voldesk.simulator.ib.world import World
from voldesk.wire.ib.answers_reference import (
    BondAnswer,
    ContractAnswer,
    ContractAnswerEnd,
    OptionParamsAnswer,
    OptionParamsEnd,
    SymbolSamples,
)
from voldesk.wire.ib.requests_reference import (
    RequestContractDetails,
    RequestMatchingSymbols,
    RequestOptionParams,
)


class ContractDesk(SilentDesk):
    """Serves the contract database."""

    def __init__(self, world: World, session: Session) -> None:
        self._world = world
        self._session = session

    def handlers(self) -> Mapping[type, Callable[[Any], None]]:
        """Return what is done with each type of request."""
        return {
            RequestContractDetails: self._details,
            RequestOptionParams: self._option_params,
            RequestMatchingSymbols: self._symbols,
        }

    def _details(self, request: RequestContractDetails) -> None:
        now = self._world.second
        self._world.mishaps.require_definition()
        for match in self._world.contracts.find(request.contract, now):
            details = details_of(match, now)
            kind = BondAnswer if match.instrument.sec_type == "BOND" else ContractAnswer
            self._session.answer(kind(request.req_id, details))
        self._session.answer(ContractAnswerEnd(request.req_id))

    def _option_params(self, request: RequestOptionParams) -> None:
        found = option_params(
            self._world.catalogue,
            request.symbol,
            request.fut_fop_exchange,
            request.sec_type,
            request.con_id,
            self._world.second,
        )
        for params in found:
            self._session.answer(OptionParamsAnswer(request.req_id, params))
        self._session.answer(OptionParamsEnd(request.req_id))

    def _symbols(self, request: RequestMatchingSymbols) -> None:
        samples = matching_symbols(self._world.catalogue, request.pattern)
        self._session.answer(SymbolSamples(request.req_id, tuple(samples)))
