/** The socket around the session: dials, watches, dials again, polls meanwhile. */

import { backoffMs } from './backoff';
import { Latency } from './latency';
import { type LinkEvent, type LinkState, nextState } from './link';
import { POLL_MS, Poller } from './poller';
import { StreamSession } from './session';

/** Without a word for so long the server is asked for one. */
const PING_AFTER_MS = 1_500;
/** Otherwise so often, to know how long a round trip takes. */
const PING_EVERY_MS = 5_000;
/** Without a word for so long the link is called quiet; the page says STALE. */
const QUIET_AFTER_MS = 4_000;
/** A quiet link is given up after so long. */
const GIVE_UP_AFTER_MS = 9_000;
const DIAL_TIMEOUT_MS = 5_000;
/** Failed dials after which HTTP is tried. */
const FAILURES_BEFORE_POLLING = 2;
const TICK_MS = 500;
const ASK_AGAIN_MS = 3_000;

export interface SocketLike {
  binaryType: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: ((event: never) => void) | null;
  send(text: string): void;
  close(): void;
}

/** What the connection needs of the browser; tests hand in their own. */
export interface Surroundings {
  now: () => number;
  dial: (url: string) => SocketLike;
  fetch: (path: string, init?: RequestInit) => Promise<Response>;
  every: (ms: number, call: () => void) => () => void;
}

export interface ConnectionReport {
  state: LinkState;
  /** HTTP answers stand in for the stream. */
  isPolling: boolean;
  reason: string;
  /** Of the page's monotonic clock: when the next attempt is made; NaN if none is planned. */
  retryAt: number;
  reconnects: number;
  roundTripMs: number;
}

export class StreamConnection {
  readonly session: StreamSession;
  readonly latency = new Latency();
  private report: ConnectionReport = {
    state: 'idle',
    isPolling: false,
    reason: '',
    retryAt: Number.NaN,
    reconnects: 0,
    roundTripMs: Number.NaN,
  };
  private readonly listeners = new Set<() => void>();
  private readonly poller: Poller;
  private socket: SocketLike | null = null;
  private stopTicking: (() => void) | null = null;
  private failures = 0;
  private dialedAt = 0;
  private heardAt = 0;
  private pingedAt = 0;
  private askedAt = 0;
  private polledAt = Number.NEGATIVE_INFINITY;
  private isRoundUnderWay = false;

  constructor(
    private readonly url: string,
    private readonly around: Surroundings,
  ) {
    this.session = new StreamSession(
      {
        send: (text) => this.socket?.send(text),
        frame: (_, recvAgeUs) => this.noteAge(recvAgeUs / 1000),
        pong: (sentAt) => this.change({ roundTripMs: Math.max(0, this.around.now() - sentAt) }),
      },
      around.now,
    );
    this.poller = new Poller(this.session, around.now, around.fetch);
  }

  /** Tell how the connection is; a new object whenever that changed. */
  readonly current = (): ConnectionReport => this.report;

  readonly onChange = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  start(): void {
    if (this.stopTicking) return;
    this.stopTicking = this.around.every(TICK_MS, () => this.tick());
    this.dial();
  }

  stop(): void {
    this.stopTicking?.();
    this.stopTicking = null;
    this.drop();
    this.pass('stop', { isPolling: false, retryAt: Number.NaN });
  }

  /** Try at once: the machine woke up, or the network is back. */
  retryNow(): void {
    if (this.report.state === 'waiting') this.dial();
  }

  private dial(): void {
    const now = this.around.now();
    this.dialedAt = this.heardAt = now;
    this.pass('dial', { retryAt: Number.NaN });
    const socket = this.around.dial(this.url);
    this.socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      this.failures = 0;
      this.hear();
      this.pass('opened', { isPolling: false, reason: '' });
      this.session.opened();
    };
    socket.onmessage = ({ data }) => {
      this.hear();
      if (typeof data === 'string') this.session.receiveText(data);
      else this.session.receiveFrame(data as ArrayBuffer);
    };
    socket.onclose = ({ code, reason }) => this.lost(reason || closeWord(code));
    socket.onerror = null;
  }

  private hear(): void {
    this.heardAt = this.around.now();
    if (this.report.state === 'quiet') this.pass('heard', { reason: '' });
  }

  private lost(reason: string): void {
    this.drop();
    this.session.closed();
    const wait = backoffMs(this.failures);
    this.failures += 1;
    this.pass('closed', {
      reason,
      retryAt: this.around.now() + wait,
      reconnects: this.report.reconnects + 1,
    });
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  private tick(): void {
    const now = this.around.now();
    const silence = now - this.heardAt;
    const { state, retryAt } = this.report;
    if (state === 'waiting' && now >= retryAt) this.dial();
    if (state === 'connecting' && now - this.dialedAt > DIAL_TIMEOUT_MS) {
      this.lost('the server does not answer');
    }
    if (state === 'open' || state === 'quiet') {
      if (silence > GIVE_UP_AFTER_MS) this.lost('no word from the server');
      else if (silence > QUIET_AFTER_MS && state === 'open') {
        this.pass('silence', { reason: 'no word from the server' });
      }
      const sincePing = now - this.pingedAt;
      if (sincePing > PING_EVERY_MS || (silence > PING_AFTER_MS && sincePing > PING_AFTER_MS)) {
        this.pingedAt = now;
        this.session.ping(now);
      }
      if (now - this.askedAt > ASK_AGAIN_MS) {
        this.askedAt = now;
        this.session.askAgain();
      }
    }
    this.pollIfDue(now);
  }

  private pollIfDue(now: number): void {
    const isLinked = this.report.state === 'open' || this.report.state === 'quiet';
    if (isLinked || this.failures < FAILURES_BEFORE_POLLING) return;
    if (this.isRoundUnderWay || now - this.polledAt < POLL_MS) return;
    this.polledAt = now;
    this.isRoundUnderWay = true;
    if (!this.report.isPolling) this.poller.reset();
    void this.poller.round().then((isAnswered) => {
      this.isRoundUnderWay = false;
      const isLinkedNow = this.report.state === 'open' || this.report.state === 'quiet';
      this.change({ isPolling: isAnswered && !isLinkedNow });
    });
  }

  /** A frame is as old as its oldest tick, plus half a round trip. */
  private noteAge(serverMs: number): void {
    const trip = this.report.roundTripMs;
    this.latency.add(serverMs + (Number.isFinite(trip) ? trip / 2 : 0));
  }

  private pass(event: LinkEvent, rest: Partial<ConnectionReport>): void {
    this.change({ ...rest, state: nextState(this.report.state, event) });
  }

  private change(part: Partial<ConnectionReport>): void {
    const next = { ...this.report, ...part };
    const isNews = (Object.keys(part) as (keyof ConnectionReport)[]).some(
      (key) => !Object.is(next[key], this.report[key]),
    );
    if (!isNews) return;
    this.report = next;
    for (const listener of this.listeners) listener();
  }
}

/** Say what a close code means where the server gave no reason. */
function closeWord(code: number): string {
  if (code === 1012) return 'the server is restarting';
  if (code === 1006) return 'the connection broke, or WebSockets are blocked';
  return `closed with code ${code}`;
}
