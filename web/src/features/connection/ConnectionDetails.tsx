/** How the data come, in full: each feed's line and what the venue said, what is subscribed. */

import { clockText } from '../../format/time';
import type { Asked, FeedHealth, Health, SubscriptionHealth } from '../../types/stream';
import { Dialog } from '../../ui/Dialog';
import { useConnection } from '../../ui/services';
import type { Condition } from './condition';
import { feedText, linesShare, linesText, windowText } from './lineText';

interface Props {
  condition: Condition;
  health: Health | null;
  onClose: () => void;
}

export function ConnectionDetails({ condition, health, onClose }: Props) {
  const link = useConnection();
  const trip = Number.isFinite(link.roundTripMs) ? `${link.roundTripMs.toFixed(1)} ms` : 'unknown';
  const feeds = health?.feeds ?? [];
  const asked = new Map((health?.asked ?? []).map((one) => [one.feed, one]));
  return (
    <Dialog title="Where the data come from" onClose={onClose} className="details">
      <p>
        <strong className="badge" data-word={condition.word}>
          {condition.word}
        </strong>{' '}
        {condition.reason}
      </p>
      <dl className="facts">
        <Fact name="Page to server" value={link.isPolling ? 'polled over HTTP' : link.state} />
        <Fact name="Round trip" value={trip} />
        <Fact name="Reconnected" value={`${link.reconnects} times`} />
        <Fact name="Server" value={health?.status ?? 'unknown'} />
      </dl>
      {feeds.map((feed) => (
        <Feed key={feed.name} feed={feed} asked={asked.get(feed.name) ?? null} />
      ))}
      {feeds.length === 0 && <p className="hint">The server has not told of its feeds yet.</p>}
      <Subscriptions all={health?.subscriptions ?? []} />
    </Dialog>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Feed({ feed, asked }: { feed: FeedHealth; asked: Asked | null }) {
  const { line } = feed;
  const share = line ? linesShare(line) : Number.NaN;
  return (
    <section className="feed" aria-label={`Feed ${feed.name}`}>
      <h3>
        {feed.name}
        {line && (
          <span className="data-type" data-type={line.data_type}>
            {line.data_type.toUpperCase()}
          </span>
        )}
        <span className="hint">{feedText(feed)}</span>
      </h3>
      {line && linesText(line) && (
        <p className="lines">
          Market-data lines: {linesText(line)}
          {Number.isFinite(share) && (
            <meter min={0} max={1} high={0.9} value={share} aria-label="Lines taken" />
          )}
        </p>
      )}
      {asked && (
        <p>
          Asked for {asked.full} instruments in full, {asked.light} in light mode
        </p>
      )}
      {line && line.notices.length > 0 && (
        <ul className="notices" aria-label={`What ${feed.name} said lately`}>
          {line.notices.toReversed().map((one) => (
            <li key={`${one.at_us}-${one.code}`}>
              <time>{clockText(one.at_us / 1000)}</time>
              <strong>{one.code}</strong>
              <span>{one.text}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Subscriptions({ all }: { all: readonly SubscriptionHealth[] }) {
  if (all.length === 0) {
    return <p className="hint">Nothing is subscribed: the feeds send all they have.</p>;
  }
  return (
    <table className="subscriptions">
      <caption>Subscribed</caption>
      <thead>
        <tr>
          <th scope="col">Underlying</th>
          <th scope="col">Mode</th>
          <th scope="col">Expiry</th>
          <th scope="col">Strikes</th>
          <th scope="col">Contracts</th>
        </tr>
      </thead>
      <tbody>
        {all.map((one, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two subscriptions may be alike, and none holds state
          <tr key={at}>
            <td>{one.underlying}</td>
            <td title={MODE_MEANINGS[one.mode]}>{one.mode}</td>
            <td>{one.expiry ?? 'all'}</td>
            <td>{windowText(one)}</td>
            <td>{one.contracts}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const MODE_MEANINGS = {
  full: 'quotes, sizes, trades, open interest, the venue’s Greeks',
  light: 'last price, volume, open interest',
} as const;
