/** Follows chains over HTTP where WebSockets do not come through. */

import type { ChainByColumns } from '../types/rest';
import type { Health, StreamMessage, SummaryMessage } from '../types/stream';
import { applyAnswer } from './polled';
import type { StreamSession } from './session';

export const POLL_MS = 2_000;

/** Topics of the account: what HTTP answers is what the stream tells. */
const OF_THE_ACCOUNT: readonly string[] = ['orders', 'positions', 'risk'];

type Fetch = (path: string, init?: RequestInit) => Promise<Response>;

interface Place {
  seq: number;
  snapshotId: string;
}

/**
 * Asks for what the session holds, one round at a time.
 *
 * A round asks for each chain what changed since the last answer, its summary, for the account as
 * far as it is shown, and the server's health. The round tells whether the server answered at all.
 */
export class Poller {
  private readonly places = new Map<string, Place>();

  constructor(
    private readonly session: StreamSession,
    private readonly now: () => number,
    private readonly ask: Fetch,
  ) {}

  /** Begin again with snapshots: frames may have written in between. */
  reset(): void {
    this.places.clear();
  }

  /** Ask once for everything; false if the server could not be reached. */
  async round(): Promise<boolean> {
    try {
      for (const topic of this.session.topics()) {
        const [kind, underlying] = topic.split('/');
        if (kind === 'chain' && underlying) await this.chain(underlying);
        if (kind === 'summary' && underlying) await this.summary(topic, underlying);
        if (OF_THE_ACCOUNT.includes(topic)) await this.account(topic);
      }
      const health = await this.json<Health>('/api/v1/health');
      if (health) this.session.tell('status', { type: 'status_update', data: health });
      return true;
    } catch {
      return false; // no network, or no server: the next round may find it
    }
  }

  private async chain(underlying: string): Promise<void> {
    const place = this.places.get(underlying);
    const since = place ? `&since=${place.seq}&snapshot_id=${place.snapshotId}` : '';
    const path = `/api/v1/underlyings/${encodeURIComponent(underlying)}/chain?layout=columns${since}`;
    const answer = await this.json<ChainByColumns>(path);
    const chain = this.session.chains.get(underlying);
    if (!answer || !chain) return;
    applyAnswer(chain, answer, this.now());
    this.places.set(underlying, { seq: answer.seq, snapshotId: answer.snapshot_id });
  }

  private async summary(topic: string, underlying: string): Promise<void> {
    const path = `/api/v1/underlyings/${encodeURIComponent(underlying)}/summary`;
    const answer = await this.json<Omit<SummaryMessage, 'type' | 'topic'>>(path);
    if (answer) this.session.tell(topic, { type: 'summary', topic, ...answer });
  }

  private async account(topic: string): Promise<void> {
    const data = await this.json(`/api/v1/${topic}`);
    if (data) this.session.tell(topic, { type: topic, topic, seq: 0, data } as StreamMessage);
  }

  private async json<T>(path: string): Promise<T | null> {
    const response = await this.ask(path, { headers: { accept: 'application/json' } });
    return response.ok ? ((await response.json()) as T) : null;
  }
}
