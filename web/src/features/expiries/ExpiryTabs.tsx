/** One tab per series: date, kind, time left, at-the-money vol and the move it expects. */

import { useEffect, useRef } from 'react';
import { expiryTag, TAG_WORDS } from '../../format/expiry';
import { compact, fixed, known, percent } from '../../format/number';
import { dateParts, shortDate, timeLeft } from '../../format/time';
import { type Ladder, seriesKey } from '../../stream/ladder';
import type { SeriesSummary } from '../../types/stream';
import { seriesChosen } from '../../ui/selectionSlice';
import type { LiveView } from '../../ui/services';
import { useUiDispatch } from '../../ui/state';

interface Props {
  view: LiveView;
  /** Per series, in the chain's order; empty until known. */
  summaries: readonly SeriesSummary[];
  /** The server's time, milliseconds; NaN until known. */
  now: number;
}

function move(summary: SeriesSummary | undefined): string {
  const points = known(summary?.expected_move.straddle);
  if (!Number.isFinite(points)) return '±–';
  return `±${points >= 1000 ? compact(points) : fixed(points, points >= 100 ? 0 : 1)}`;
}

export function ExpiryTabs({ view, summaries, now }: Props) {
  const { layout, ladder } = view;
  const dispatch = useUiDispatch();
  const box = useRef<HTMLDivElement>(null);
  const { ladders } = layout;
  const dates = ladders.map((one) => one.expiry);
  const isTwice = (one: Ladder) => ladders.some((two) => two !== one && two.expiry === one.expiry);
  const year = new Date(Number.isFinite(now) ? now : Date.now()).getUTCFullYear();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the chosen tab comes into view when it changes
  useEffect(() => {
    box.current
      ?.querySelector('[aria-selected=true]')
      ?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [ladder]);
  return (
    <div ref={box} className="expiries" role="tablist" aria-label="Expiry, keys [ and ]">
      {ladders.map((one, place) => {
        const summary = summaries[place];
        const tag = expiryTag(one.expiry, dates, layout.market);
        const weekday = dateParts(one.expiry)?.weekday ?? '';
        return (
          <button
            key={seriesKey(one, ladders)}
            type="button"
            role="tab"
            aria-selected={one === ladder}
            className="expiry"
            data-tag={tag}
            title={`${TAG_WORDS[tag]}, ${one.strikes.length} strikes; at-the-money vol in percent and straddle in quote currency`}
            onClick={() => dispatch(seriesChosen(seriesKey(one, ladders)))}
          >
            <span className="expiry-date">
              {isTwice(one) && <span className="expiry-root">{one.root} </span>}
              {weekday} {shortDate(one.expiry, year)}
              <span className="expiry-tag">{tag}</span>
            </span>
            <span className="expiry-facts">
              <span>{timeLeft(one.settlesAtMs - now)}</span>
              <span>{percent(known(summary?.atm_iv), 1)}%</span>
              <span>{move(summary)}</span>
            </span>
          </button>
        );
      })}
    </div>
  );
}
