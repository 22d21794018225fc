/** What moves of spot, vol and time would do to what is held. */

import { useState } from 'react';
import { compact, fixed, grouped, known, signed, UNKNOWN } from '../../format/number';
import { useScenariosQuery } from '../../stream/tradingApi';
import { problemText } from '../../ui/problem';

const EVERY_MS = 5_000;

export function Scenarios() {
  const [day, setDay] = useState(0);
  const { data, error } = useScenariosQuery(undefined, {
    pollingInterval: EVERY_MS,
    skipPollingIfUnfocused: true,
    refetchOnMountOrArgChange: true,
  });
  if (!data) {
    return <p className="hint nothing">{error ? problemText(error) : 'Asking for scenarios.'}</p>;
  }
  const rows = data.pnl[day] ?? [];
  const why =
    data.unknown.length > 0
      ? `unknown: ${data.unknown.join(', ')} cannot be valued`
      : 'unknown: a position cannot be valued there';
  return (
    <div className="scenarios">
      <div className="presets" role="group" aria-label="Days from now">
        {data.days.map((days, at) => (
          <button
            key={days}
            type="button"
            className="chip"
            aria-pressed={at === day}
            onClick={() => setDay(at)}
          >
            {days === 0 ? 'now' : `in ${days} ${days === 1 ? 'day' : 'days'}`}
          </button>
        ))}
      </div>
      <table className="desk-table scenario-grid">
        <caption className="sr-only">
          Change of value in {data.currency}, by spot across and vol down
        </caption>
        <thead>
          <tr>
            <th scope="col" title="vol points down, spot in percent across">
              Vol \ spot
            </th>
            {data.spot_pct.map((move) => (
              <th key={move} scope="col" title="move of spot, percent" className="number">
                {move === 0 ? 'spot' : `${signed(move, 0)}%`}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.vol_points.map((points, at) => (
            <tr key={points}>
              <th scope="row" title="vol points">
                {points === 0 ? 'vol' : signed(points, 0)}
              </th>
              {data.spot_pct.map((move, place) => {
                const value = known(rows[at]?.[place]);
                const text = changeText(value);
                return (
                  <td
                    key={move}
                    className="number"
                    data-sign={value >= 0.5 ? 'up' : value <= -0.5 ? 'down' : undefined}
                    title={text === UNKNOWN ? why : `${fixed(value, 2)} ${data.currency}`}
                  >
                    {text}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Write a change of value in whole money, short where it is large. */
export function changeText(value: number): string {
  if (!Number.isFinite(value)) return UNKNOWN;
  const text = Math.abs(value) >= 10_000 ? compact(value) : grouped(value, 0);
  return value >= 0.5 ? `+${text}` : text;
}
