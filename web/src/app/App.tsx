/** The page: chooses what to show and lays it out. */

import { useEffect, useMemo, useRef, useState } from 'react';
import { AlertDesk } from '../features/alerts/AlertDesk';
import type { AlertContext } from '../features/alerts/AlertForm';
import { Alerts } from '../features/alerts/Alerts';
import { ChainGrid } from '../features/chain/ChainGrid';
import { ColumnChooser } from '../features/columns/ColumnChooser';
import { Banner } from '../features/connection/Banner';
import { ConnectionDetails } from '../features/connection/ConnectionDetails';
import { conditionOf, dataTypeOf, modeOf } from '../features/connection/condition';
import { ExpiryTabs } from '../features/expiries/ExpiryTabs';
import { Help } from '../features/help/Help';
import { Strip } from '../features/strip/Strip';
import { SymbolPicker } from '../features/symbols/SymbolPicker';
import { TicketDialog } from '../features/ticket/TicketDialog';
import { ViewChooser } from '../features/view/ViewChooser';
import { known } from '../format/number';
import { useStreamHealthQuery, useStreamSummaryQuery } from '../stream/apiSlice';
import { seriesKey } from '../stream/ladder';
import { useStreamRiskQuery } from '../stream/tradingApi';
import type { UnderlyingInfo } from '../types/rest';
import type { SummaryMessage } from '../types/stream';
import { panelsToggled, pauseToggled, THEMES, themeChosen } from '../ui/displaySlice';
import { placeChosen, seriesChosen, underlyingChosen } from '../ui/selectionSlice';
import { type LiveView, useConnection, useLiveView } from '../ui/services';
import { useUi, useUiDispatch } from '../ui/state';
import { ticketClosed } from '../ui/ticketSlice';
import { Panels } from './Panels';
import { TopBar } from './TopBar';
import { TradePage } from './TradePage';
import { useAccount } from './useAccount';
import { useFollowing, useServed } from './useFollowing';
import { type Hotkeys, useHotkeys } from './useHotkeys';
import { useTheme } from './useTheme';

type Opened = 'columns' | 'symbols' | 'view' | 'help' | 'alerts' | 'connection' | null;

export function App() {
  const dispatch = useUiDispatch();
  const colours = useTheme();
  const served = useServed();
  const link = useConnection();
  const underlying = useUi((state) => state.selection.underlying);
  const contract = useUi((state) => state.selection.contract);
  const place = useUi((state) => state.selection.place);
  const ticket = useUi((state) => state.ticket.open);
  const display = useUi((state) => state.display);
  const [opened, setOpened] = useState<Opened>(null);
  const first = served[0]?.symbol;
  useEffect(() => {
    if (!underlying && first) dispatch(underlyingChosen(first));
  }, [underlying, first, dispatch]);

  const { hasAccount } = useStreamRiskQuery(undefined, {
    selectFromResult: ({ data }) => ({ hasAccount: data !== undefined }),
  });
  useAccount(hasAccount);
  const chain = useFollowing(underlying);
  const view = useLiveView(chain);
  const { data: health } = useStreamHealthQuery();
  const summary = useHeldWhilePaused(
    useStreamSummaryQuery(underlying, { skip: !underlying }).data ?? null,
    display.isPaused,
  );
  const mine = health?.underlyings?.find((one) => one.underlying === underlying) ?? null;
  const feed = mine?.feed ?? view?.layout.feed ?? '';
  const dataType = dataTypeOf(feed, health?.feeds?.find((one) => one.name === feed) ?? null);
  const condition = conditionOf(link, mine, dataType);
  const isFrozen = condition.word === 'STALE' || condition.word === 'DOWN';

  const keys = useMemo<Hotkeys>(
    () => ({
      ' ': () => dispatch(pauseToggled()),
      p: () => dispatch(panelsToggled()),
      c: () => setOpened('columns'),
      d: () => setOpened('connection'),
      l: () => setOpened('alerts'),
      o: () => dispatch(placeChosen(place === 'trade' ? 'chain' : 'trade')),
      '/': () => setOpened('symbols'),
      '?': () => setOpened('help'),
      t: () => {
        const at = THEMES.indexOf(display.theme);
        dispatch(themeChosen(THEMES[(at + 1) % THEMES.length] ?? 'system'));
      },
      '[': () => view && dispatch(seriesChosen(neighbour(view, -1))),
      ']': () => view && dispatch(seriesChosen(neighbour(view, 1))),
    }),
    [dispatch, display.theme, place, view],
  );
  useHotkeys(keys);

  const data = summary?.data ?? null;
  const at = view?.ladder.series ?? -1;
  const series = data?.series[at] ?? null;
  const forward = known(series?.forward ?? view?.layout.series.forward[at]);
  const mode = feed ? modeOf(dataType) : null;
  const close = () => setOpened(null);
  return (
    <div className="page" data-mode={mode ?? undefined} data-frozen={isFrozen ? '' : undefined}>
      <TopBar
        underlying={underlying}
        mode={mode}
        condition={condition}
        onSymbols={() => setOpened('symbols')}
        onConnection={() => setOpened('connection')}
        onAlerts={() => setOpened('alerts')}
        onColumns={() => setOpened('columns')}
        onView={() => setOpened('view')}
        onHelp={() => setOpened('help')}
      />
      <Banner condition={condition} />
      {place === 'trade' && <TradePage />}
      {place === 'trade' ? null : view ? (
        <main className="content">
          <Strip
            view={view}
            summary={data}
            day={summary?.day ?? null}
            series={series}
            forward={forward}
          />
          <ExpiryTabs
            view={view}
            summaries={data?.series ?? []}
            now={(summary?.ts_flush_us ?? Number.NaN) / 1000 || view.layout.table.flushMs}
          />
          <div className="work" data-panels={display.isPanelsShown ? '' : undefined}>
            <ChainGrid
              key={seriesKey(view.ladder, view.layout.ladders)}
              view={view}
              forward={forward}
            />
            {display.isPanelsShown && (
              <Panels view={view} series={series} forward={forward} colours={colours} />
            )}
          </div>
        </main>
      ) : (
        <main className="content waiting">
          <p>{condition.word === 'DOWN' ? condition.reason : waitingFor(underlying, served)}</p>
        </main>
      )}
      <Alerts />
      {ticket && (
        <TicketDialog
          key={ticket.key}
          seed={ticket}
          onClose={() => dispatch(ticketClosed())}
          onOrders={() => {
            dispatch(ticketClosed());
            dispatch(placeChosen('trade'));
          }}
        />
      )}
      {opened === 'alerts' && (
        <AlertDesk context={alertContext(underlying, served, view, contract)} onClose={close} />
      )}
      {opened === 'connection' && (
        <ConnectionDetails condition={condition} health={health ?? null} onClose={close} />
      )}
      {opened === 'columns' && <ColumnChooser onClose={close} />}
      {opened === 'symbols' && <SymbolPicker underlyings={served} onClose={close} />}
      {opened === 'view' && <ViewChooser onClose={close} />}
      {opened === 'help' && <Help onClose={close} />}
    </div>
  );
}

/** What is looked at is what an alert is most likely about. */
function alertContext(
  underlying: string,
  served: readonly UnderlyingInfo[],
  view: LiveView | null,
  contract: number,
): AlertContext {
  return {
    underlying,
    underlyings: served.map((one) => one.symbol),
    expiries: view?.layout.ladders.map((one) => one.expiry) ?? [],
    contract: view?.layout.contracts.symbol[contract] ?? '',
  };
}

/** Say why there is no chain yet. */
function waitingFor(underlying: string, served: readonly UnderlyingInfo[]): string {
  const isServed = served.some((one) => one.symbol === underlying);
  if (served.length === 0 || isServed) return 'Waiting for the first chain.';
  return `${underlying} is not served here: press / to choose from what is.`;
}

/** Return the series before or after the one that is looked at. */
function neighbour(view: LiveView, step: number): string {
  const { ladders } = view.layout;
  const at = ladders.indexOf(view.ladder);
  const other = ladders[Math.min(ladders.length - 1, Math.max(0, at + step))] ?? view.ladder;
  return seriesKey(other, ladders);
}

/** Keep showing what was shown when the page was paused. */
function useHeldWhilePaused(now: SummaryMessage | null, isPaused: boolean): SummaryMessage | null {
  const held = useRef(now);
  if (!isPaused) held.current = now;
  return held.current;
}
