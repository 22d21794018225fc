"""Answers one client's smaller questions: rules, scans, news, events, times, branding."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from voldesk.model.sessions import NS_PER_SECOND
from voldesk.simulator.ib import corporate_events
from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.market_rules import market_rule
from voldesk.simulator.ib.news import PROVIDERS, article, bulletin, headlines
from voldesk.simulator.ib.reference import (
    SOFT_DOLLAR_TIERS,
    adviser_list,
    fundamentals_refusal,
    require_log_level,
    smart_components,
)
from voldesk.simulator.ib.refusal import Refused
from voldesk.simulator.ib.scan_tables import scanner_parameters
from voldesk.simulator.ib.scanner import DayFigures, parse_filters, scan
from voldesk.simulator.ib.session import Session, SilentDesk
from voldesk.simulator.ib.world import World
from voldesk.wire.ib.answers_account import (
    Bulletin,
    CurrentTime,
    DisplayGroups,
    DisplayGroupUpdated,
    FaAnswer,
    ReplaceFaEnd,
    SoftDollarTier,
    SoftDollarTiers,
    UserInfo,
)
from voldesk.wire.ib.answers_market import SmartComponents
from voldesk.wire.ib.answers_reference import (
    HistoricalNews,
    HistoricalNewsEnd,
    MarketRule,
    NewsArticleAnswer,
    NewsProviders,
    ScannerData,
    ScannerParameters,
    WshEventData,
    WshMetaData,
)
from voldesk.wire.ib.requests_market import (
    CancelBulletins,
    QueryDisplayGroups,
    RequestBulletins,
    RequestCurrentTime,
    RequestSmartComponents,
    RequestUserInfo,
    SetServerLogLevel,
    SubscribeToGroup,
    UnsubscribeFromGroup,
    UpdateDisplayGroup,
)
from voldesk.wire.ib.requests_orders import ReplaceFa, RequestFa, RequestSoftDollarTiers
from voldesk.wire.ib.requests_reference import (
    CancelFundamentals,
    CancelScan,
    CancelWshEventData,
    CancelWshMetaData,
    RequestFundamentals,
    RequestHistoricalNews,
    RequestMarketRule,
    RequestNewsArticle,
    RequestNewsProviders,
    RequestScan,
    RequestScannerParameters,
    RequestWshEventData,
    RequestWshMetaData,
)

SCAN_EVERY_NS: Final = 30 * NS_PER_SECOND
"""How often a scan is told anew."""

_GROUPS: Final = "1|2|3|4|5|6"
_NO_CONTRACT: Final = "none"


@dataclass(slots=True, eq=False)
class _Scan:
    request: RequestScan
    due: int


class ReferenceDesk(SilentDesk):
    """Serves what has no desk of its own."""

    def __init__(self, world: World, session: Session) -> None:
        self._world = world
        self._session = session
        self._scans: dict[int, _Scan] = {}
        self._groups: dict[int, str] = {}

    def handlers(self) -> Mapping[type, Callable[[Any], None]]:
        """Return what is done with each type of request."""
        answer = self._session.answer
        return {
            RequestCurrentTime: lambda _: answer(CurrentTime(self._world.second)),
            SetServerLogLevel: lambda asked: require_log_level(asked.level),
            RequestSmartComponents: self._components,
            RequestMarketRule: self._rule,
            RequestSoftDollarTiers: self._tiers,
            RequestUserInfo: lambda asked: answer(UserInfo(asked.req_id, "")),
            RequestFa: self._adviser,
            ReplaceFa: self._replace,
            RequestFundamentals: self._fundamentals,
            CancelFundamentals: _nothing,
            **self._news_handlers(),
            **self._scan_handlers(),
            **self._event_handlers(),
            **self._group_handlers(),
        }

    def tick(self, now: int) -> None:
        """Tell the scans that are due."""
        del now
        wall = self._world.wall()
        for one in tuple(self._scans.values()):
            if one.due <= wall:
                self._tell_scan(one)

    def forget(self) -> None:
        """Drop every scan."""
        self._scans.clear()

    def close(self) -> None:
        """Drop everything: the client is gone."""
        self._scans.clear()

    # One answer each

    def _components(self, request: RequestSmartComponents) -> None:
        components = smart_components(request.bbo_exchange)
        self._session.answer(SmartComponents(request.req_id, components))

    def _rule(self, request: RequestMarketRule) -> None:
        self._session.answer(MarketRule(request.rule_id, market_rule(request.rule_id)))

    def _tiers(self, request: RequestSoftDollarTiers) -> None:
        tiers = tuple(SoftDollarTier(*row) for row in SOFT_DOLLAR_TIERS)
        self._session.answer(SoftDollarTiers(request.req_id, tiers))

    def _adviser(self, request: RequestFa) -> None:
        xml = adviser_list(request.kind, self._world.accounts)
        self._session.answer(FaAnswer(request.kind, xml))

    def _replace(self, request: ReplaceFa) -> None:
        adviser_list(request.kind, self._world.accounts)
        self._session.answer(ReplaceFaEnd(request.req_id, "success"))

    def _fundamentals(self, request: RequestFundamentals) -> None:
        self._instrument_of(request.contract.con_id)
        raise fundamentals_refusal()

    # News

    def _news_handlers(self) -> Mapping[type, Callable[[Any], None]]:
        return {
            RequestNewsProviders: lambda _: self._session.answer(NewsProviders(tuple(PROVIDERS))),
            RequestHistoricalNews: self._headlines,
            RequestNewsArticle: self._article,
            RequestBulletins: self._bulletins,
            CancelBulletins: _nothing,
        }

    def _headlines(self, request: RequestHistoricalNews) -> None:
        found, has_more = headlines(
            self._instrument_of(request.con_id),
            request.providers,
            request.start,
            request.end,
            request.result_count,
            self._world.second,
        )
        self._session.answer(*(HistoricalNews(request.req_id, one) for one in found))
        self._session.answer(HistoricalNewsEnd(request.req_id, has_more))

    def _article(self, request: RequestNewsArticle) -> None:
        found = article(self._world.catalogue, request.provider, request.article_id)
        self._session.answer(NewsArticleAnswer(request.req_id, found))

    def _bulletins(self, request: RequestBulletins) -> None:
        if request.all_messages:
            self._session.answer(Bulletin(1, 1, bulletin(1, "NYSE"), "NYSE"))

    # Scans

    def _scan_handlers(self) -> Mapping[type, Callable[[Any], None]]:
        return {
            RequestScannerParameters: lambda _: self._session.answer(
                ScannerParameters(scanner_parameters())
            ),
            RequestScan: self._subscribe_scan,
            CancelScan: lambda asked: self._end_scan(asked.req_id),
        }

    def _subscribe_scan(self, request: RequestScan) -> None:
        if request.req_id in self._scans:
            raise Refused(
                322, "Error processing request.-'bC' : cause - Duplicate ticker ID for scanner"
            )
        one = _Scan(request, 0)
        self._tell_scan(one)
        self._scans[request.req_id] = one

    def _tell_scan(self, one: _Scan) -> None:
        one.due = self._world.wall() + SCAN_EVERY_NS
        request = one.request
        rows = scan(
            self._world.catalogue,
            self._figures,
            request.scan,
            self._world.second,
            parse_filters(request.filter_options),
        )
        self._session.answer(ScannerData(request.req_id, rows))

    def _figures(self, instrument: Instrument) -> DayFigures:
        shown = self._world.shop.shown(instrument, self._world.second)
        day = shown.day
        return DayFigures(shown.mid, day.open, day.high, day.low, day.close, day.volume)

    def _end_scan(self, req_id: int) -> None:
        if self._scans.pop(req_id, None) is None:
            raise Refused(365, f"No scanner subscription found for ticker id:{req_id}")

    # Corporate events

    def _event_handlers(self) -> Mapping[type, Callable[[Any], None]]:
        return {
            RequestWshMetaData: lambda asked: self._session.answer(
                WshMetaData(
                    asked.req_id, corporate_events.event_types(is_subscribed=self._has_calendar)
                )
            ),
            CancelWshMetaData: _nothing,
            RequestWshEventData: self._events,
            CancelWshEventData: _nothing,
        }

    @property
    def _has_calendar(self) -> bool:
        return self._world.permissions.has_calendar

    def _events(self, request: RequestWshEventData) -> None:
        today = datetime.fromtimestamp(self._world.second, UTC).date()
        instrument = None if request.con_id is None else self._instrument_of(request.con_id)
        json = corporate_events.events(
            instrument,
            request.start_date,
            request.end_date,
            request.total_limit,
            today,
            is_subscribed=self._has_calendar,
        )
        self._session.answer(WshEventData(request.req_id, json))

    # Colour groups

    def _group_handlers(self) -> Mapping[type, Callable[[Any], None]]:
        return {
            QueryDisplayGroups: lambda asked: self._session.answer(
                DisplayGroups(asked.req_id, _GROUPS)
            ),
            SubscribeToGroup: self._join_group,
            UpdateDisplayGroup: self._show_in_group,
            UnsubscribeFromGroup: self._leave_group,
        }

    def _join_group(self, request: SubscribeToGroup) -> None:
        self._groups[request.req_id] = _NO_CONTRACT
        self._session.answer(DisplayGroupUpdated(request.req_id, _NO_CONTRACT))

    def _show_in_group(self, request: UpdateDisplayGroup) -> None:
        if request.req_id in self._groups:
            self._groups[request.req_id] = request.contract_info
            self._session.answer(DisplayGroupUpdated(request.req_id, request.contract_info))

    def _leave_group(self, request: UnsubscribeFromGroup) -> None:
        self._groups.pop(request.req_id, None)

    def _instrument_of(self, con_id: int) -> Instrument | None:
        return self._world.catalogue.numbered(con_id)


def _nothing(_: object) -> None:
    """Do nothing: the question was answered at once."""
