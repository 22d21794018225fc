/** The underlying in figures: spot, forward, vol, skew, positioning. */

import { useCallback, useRef } from 'react';
import { compact, fixed, grouped, known, percent, signed, UNKNOWN } from '../../format/number';
import type { Day, SeriesSummary, Summary } from '../../types/stream';
import type { LiveView } from '../../ui/services';
import { useThrottledFrames } from '../../ui/useThrottledFrames';
import { dayChange, dayRange } from './dayChange';
import { Stat } from './Stat';

const SPOT_EVERY_MS = 100;

const FORWARD_WORDS: Record<string, string> = {
  parity: 'from put-call parity',
  quoted: 'quoted by the venue',
  spot_rate: 'spot grown at the rate',
  escrowed: 'spot less dividends, grown at the rate',
  carry: 'spot with carry',
  none: 'unknown',
};

interface Props {
  view: LiveView;
  summary: Summary | null;
  /** The spot of the trading day so far; null before the first. */
  day: Day | null;
  series: SeriesSummary | null;
  /** As the analytics have it, or the layout before them. */
  forward: number;
}

function vol(value: number | null | undefined, decimals = 2): string {
  const text = percent(known(value), decimals);
  return text === UNKNOWN ? text : `${text}%`;
}

/** Vol points with a sign: a risk reversal is a difference of vols. */
function points(value: number | null | undefined): string {
  return signed(known(value) * 100, 2);
}

export function Strip({ view, summary, day, series, forward }: Props) {
  const gex = summary?.exposures.find((one) => one.name === 'gex');
  const whole = summary?.underlying;
  const source = series?.forward_source ?? view.layout.series.forward_source[view.ladder.series];
  const basis = forward - known(summary?.spot);
  const move = series?.expected_move;
  return (
    <section className="strip" aria-label={`${view.layout.underlying} in figures`}>
      <SpotStat view={view} day={day} />
      <Stat
        name="Forward"
        width={136}
        value={grouped(forward, 2)}
        note={`${signed(basis, 2)} · ${source ?? 'unknown'}`}
        title={`forward of this expiry, ${FORWARD_WORDS[source ?? 'none'] ?? source}; basis to spot. Discount ${fixed(known(series?.discount), 6)}, ${series?.pairs ?? 0} pairs`}
      />
      <Stat
        name="ATM IV"
        width={98}
        value={vol(series?.atm_iv)}
        note={`30d ${vol(whole?.vol_index_30d, 1)}`}
        title="implied vol at the forward, percent a year; below it the model-free 30-day vol of the whole chain"
      />
      <Stat
        name="RR 25Δ"
        width={94}
        value={points(series?.rr25)}
        note={`10Δ ${points(series?.rr10)}`}
        title="risk reversal: vol of the 25-delta call less that of the put, vol points"
        sign={known(series?.rr25)}
      />
      <Stat
        name="BF 25Δ"
        width={94}
        value={points(series?.bf25)}
        note={`10Δ ${points(series?.bf10)}`}
        title="butterfly: mean vol of the 25-delta wings less the at-the-money vol, vol points"
      />
      <Stat
        name="PCR"
        width={140}
        value={fixed(known(series?.pcr_oi), 2)}
        note={`vol ${fixed(known(series?.pcr_volume), 2)} · all ${fixed(known(whole?.pcr_oi), 2)}`}
        title="puts over calls by open interest in this expiry; by volume; by open interest over all expiries"
      />
      <Stat
        name="Expected move"
        width={168}
        value={`±${fixed(known(move?.straddle), 2)}`}
        note={`0.85× ${fixed(known(move?.straddle_85), 1)} · 1σ ${fixed(known(move?.iv_sqrt_t), 1)}`}
        title="the at-the-money straddle; 0.85 of it; one standard deviation from the at-the-money vol; quote currency"
      />
      <Stat
        name="Max pain"
        width={140}
        value={grouped(known(series?.max_pain), 0)}
        note={`walls ${compactStrike(whole?.put_wall)} / ${compactStrike(whole?.call_wall)}`}
        title="strike at which option holders receive least at expiry; below it the strikes with most put and call gamma. Low predictive power."
      />
      <Stat
        name="Net GEX"
        width={102}
        value={compact(known(whole?.net_gex))}
        note={`flip ${grouped(known(whole?.gex_flip), 0)}`}
        title={
          gex ? `${gex.formula}; ${gex.unit}; ${summary?.convention.meaning}` : 'gamma exposure'
        }
        sign={known(whole?.net_gex)}
      />
      <Stat
        name="Lot"
        width={106}
        value={grouped(known(summary?.multiplier), 0)}
        note={`${whole ? whole.ok : 0} of ${whole ? whole.contracts : 0} ok`}
        title="units of underlying in one contract; below it how many contracts have an implied vol"
      />
    </section>
  );
}

function compactStrike(strike: number | null | undefined): string {
  const value = known(strike);
  return Number.isFinite(value) ? grouped(value, 0) : UNKNOWN;
}

/** Write only what is another text: writing the same would paint it again. */
function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Spot moves with every frame, so it and what is counted from it are written past React. */
function SpotStat({ view, day }: { view: LiveView; day: Day | null }) {
  const value = useRef<HTMLElement>(null);
  const note = useRef<HTMLElement>(null);
  const range = useRef<HTMLElement>(null);
  const { chain, layout } = view;
  const draw = useCallback(() => {
    const { spot, spotOpening } = layout.table;
    if (!value.current || !note.current || !range.current) return;
    write(value.current, grouped(spot, 2));
    const { change, text, from } = dayChange(spot, day, spotOpening);
    write(note.current, text);
    put(note.current, 'sign', change > 0 ? 'up' : change < 0 ? 'down' : '');
    if (note.current.title !== from) note.current.title = from;
    write(range.current, dayRange(spot, day).text);
  }, [layout, day]);
  useThrottledFrames(chain, SPOT_EVERY_MS, draw);
  const told = dayRange(Number.NaN, day);
  return (
    <>
      <div className="stat spot" title="spot of the underlying, quote currency">
        <span className="stat-name">{layout.underlying} spot</span>
        <span ref={value} className="stat-value" data-testid="spot" />
        <span ref={note} className="stat-note" data-testid="day-change" />
      </div>
      <div className="stat day" title={told.title}>
        <span className="stat-name">Day range</span>
        <span ref={range} className="stat-value" data-testid="day-range" />
        <span className="stat-note">{told.note}</span>
      </div>
    </>
  );
}

/** Put what is another word: putting the same would style it again. */
function put(element: HTMLElement, name: string, word: string): void {
  if (element.dataset[name] !== word) element.dataset[name] = word;
}
