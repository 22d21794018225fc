/** A server that speaks the page's protocols and misbehaves when told to. */

import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { type WebSocket, WebSocketServer } from 'ws';
import { STATUS_NAMES } from '../../src/types/fields';
import type { FeedLine, MarketState } from '../../src/types/stream';
import { FakeAlerts } from './alerts';
import { FakeDesk } from './desk';
import { encodeFrame } from './frames';
import type { FakeMarket } from './market';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

const ACCOUNT = /^\/api\/v1\/(orders|positions|portfolio|risk|kill|unlock)\b/;

/** As the gateway sends it. */
function policy(port: number): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self' ws://127.0.0.1:${port}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "require-trusted-types-for 'script'",
  ].join('; ');
}

interface Client {
  socket: WebSocket;
  fields: string[];
  topics: Set<string>;
  seq: number;
}

export class FakeServer {
  port = 0;
  /** Sockets are refused: a proxy that knows HTTP only. */
  isBlockingSockets = false;
  /** Nothing is sent, not even answers to pings; the connection stays. */
  isMute = false;
  state: MarketState = 'LIVE';
  reason = '';
  feed = 'sim';
  /** What the feed says of its line; null: nothing. */
  line: FeedLine | null = null;
  readonly alerts = new FakeAlerts();
  readonly desk = new FakeDesk();
  ops: Record<string, unknown>[] = [];
  private readonly clients = new Set<Client>();
  private http: Server | null = null;

  constructor(
    readonly market: FakeMarket,
    private readonly folder: string,
  ) {
    this.desk.tell = (topic, message) => {
      for (const client of this.clients) if (client.topics.has(topic)) this.send(client, message);
    };
  }

  async start(): Promise<string> {
    const http = createServer((request, response) => this.answer(request, response));
    const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
    http.on('upgrade', (request, socket, head) => {
      if (this.isBlockingSockets || !request.url?.startsWith('/ws/stream')) {
        socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
        return;
      }
      sockets.handleUpgrade(request, socket, head, (client) => this.greet(client));
    });
    await new Promise<void>((resolve) => http.listen(this.port, '127.0.0.1', resolve));
    this.port = (http.address() as AddressInfo).port;
    this.http = http;
    return `http://127.0.0.1:${this.port}`;
  }

  /** Die at once, as a killed process does. */
  async stop(): Promise<void> {
    for (const client of this.clients) client.socket.terminate();
    this.clients.clear();
    const http = this.http;
    this.http = null;
    http?.closeAllConnections();
    await new Promise((resolve) => (http ? http.close(resolve) : resolve(null)));
  }

  dropSockets(): void {
    for (const client of this.clients) client.socket.terminate();
    this.clients.clear();
  }

  /** Send what changed; `skip` loses that many frames on the way. */
  publish(rows: number[], skip = 0): void {
    for (const client of this.clients) {
      if (!client.topics.has(`chain/${this.market.underlying}`)) continue;
      client.seq += 1 + skip;
      this.send(client, encodeFrame(this.market, client.fields, client.seq, rows));
    }
  }

  publishSummary(): void {
    for (const client of this.clients) this.sendSummary(client);
  }

  publishStatus(state: MarketState, reason = ''): void {
    this.state = state;
    this.reason = reason;
    for (const client of this.clients) this.sendStatus(client);
  }

  /** An alert fires. */
  publishAlert(text: string, seq: number): void {
    for (const client of this.clients) {
      if (client.topics.has('alerts')) {
        this.send(client, { type: 'alert', topic: 'alerts', seq, data: { kind: 'alert', text } });
      }
    }
  }

  /** What the rows mean is told anew, as when another feed takes over. */
  publishLayout(): void {
    for (const client of this.clients) this.open(client);
  }

  private greet(socket: WebSocket): void {
    const client: Client = { socket, fields: [], topics: new Set(), seq: 1 };
    this.clients.add(client);
    socket.on('close', () => this.clients.delete(client));
    socket.on('message', (data) => this.hear(client, JSON.parse(String(data))));
  }

  private hear(client: Client, op: Record<string, unknown>): void {
    this.ops.push(op);
    const topics = (op.topics as string[] | undefined) ?? [];
    if (op.op === 'ping') this.send(client, { type: 'pong', id: op.id, ts_us: Date.now() * 1000 });
    if (op.op === 'unsubscribe') for (const topic of topics) client.topics.delete(topic);
    if (op.op === 'resync') this.open(client);
    if (op.op !== 'subscribe') return;
    for (const topic of topics) this.subscribe(client, topic, op);
  }

  private subscribe(client: Client, topic: string, op: Record<string, unknown>): void {
    client.topics.add(topic);
    const isChain = topic.startsWith('chain/');
    const fields = isChain ? (op.fields as string[]) : [];
    const agreed = {
      topic,
      topic_id: isChain ? 1 : 2,
      kind: 'latest',
      format: isChain ? 'binary' : 'json',
      fields,
      rate: op.rate ?? null,
    };
    this.send(client, { type: 'subscribed', topics: [agreed] });
    if (isChain) {
      client.fields = fields;
      this.open(client);
    }
    if (topic === 'status') this.sendStatus(client);
    const first = this.desk.first(topic);
    if (first) this.send(client, first);
    if (topic.startsWith('summary/')) this.sendSummary(client);
  }

  private open(client: Client): void {
    const { underlying, contracts, series, size } = this.market;
    this.send(client, {
      type: 'layout',
      topic: `chain/${underlying}`,
      topic_id: 1,
      layout: 1,
      underlying,
      feed: this.feed,
      market: 'india',
      profile: { name: 'default' },
      row_count: size,
      contracts,
      series,
    });
    this.send(client, encodeFrame(this.market, client.fields, client.seq, null));
  }

  private sendSummary(client: Client): void {
    const topic = `summary/${this.market.underlying}`;
    if (!client.topics.has(topic)) return;
    const data = this.market.summary();
    const day = this.market.day();
    const at = Date.now() * 1000;
    this.send(client, { type: 'summary', topic, seq: 1, ts_flush_us: at, day, data });
  }

  private sendStatus(client: Client): void {
    if (client.topics.has('status')) {
      this.send(client, { type: 'status_update', data: this.health() });
    }
  }

  private health() {
    const one = {
      underlying: this.market.underlying,
      feed: this.feed,
      state: this.state,
      reason: this.reason,
      age_secs: 0.1,
      rows: this.market.size,
      stale_rows: 0,
      gaps: 0,
      late_ticks: 0,
    };
    return {
      status: 'ok',
      underlyings: [one],
      feeds: [{ name: this.feed, is_down: false, reason: '', line: this.line }],
      subscriptions: [
        {
          ...{ underlying: this.market.underlying, mode: 'full', strikes: 12, points: null },
          ...{ expiry: null, contracts: 50, strike_range: [24_400, 25_600] },
        },
      ],
      asked: [{ feed: this.feed, full: 50, light: 0 }],
    };
  }

  private send(client: Client, message: object | Buffer): void {
    if (this.isMute) return;
    client.socket.send(Buffer.isBuffer(message) ? message : JSON.stringify(message));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const path = new URL(request.url ?? '/', 'http://fake').pathname;
    response.setHeader('content-security-policy', policy(this.port));
    if (path.startsWith('/api/v1/alerts')) {
      void this.alerts.answer(request, response, path);
      return;
    }
    if (ACCOUNT.test(path)) {
      void this.desk.answer(request, response, path);
      return;
    }
    if (path.startsWith('/api/')) {
      const body = this.document(path);
      response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
      return;
    }
    const isPlace = extname(path) === '';
    const file = join(this.folder, isPlace ? 'index.html' : normalize(path));
    try {
      const bytes = readFileSync(file);
      response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'text/plain' });
      response.end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  }

  private document(path: string): unknown {
    const { market } = this;
    if (path === '/api/v1/health') return this.health();
    if (path === '/api/v1/underlyings') {
      return [
        {
          symbol: market.underlying,
          feed: this.feed,
          market: 'india',
          spot: market.spot,
          day: market.day(),
          contracts: market.size,
          expiries: market.series.expiry.length,
          seq: 1,
          ts_flush_us: Date.now() * 1000,
        },
      ];
    }
    if (path.endsWith('/summary')) {
      return {
        underlying: market.underlying,
        seq: 1,
        ts_flush_us: Date.now() * 1000,
        day: market.day(),
        data: market.summary(),
      };
    }
    return path.endsWith('/chain') ? this.chain() : null;
  }

  private chain() {
    const { market } = this;
    const rows = [...Array(market.size).keys()];
    const now = Date.now() * 1000;
    const figures = Object.fromEntries(
      Object.entries(market.columns).map(([name, values]) => [
        name,
        [...values].map((value) => (Number.isNaN(value) ? null : value)),
      ]),
    );
    return {
      underlying: market.underlying,
      feed: this.feed,
      kind: 'snapshot',
      snapshot_id: 'fake-1',
      seq: market.seq,
      ts_event_us: now,
      ts_recv_us: now,
      ts_flush_us: now,
      spot: market.spot,
      profile: { name: 'default' },
      series: market.series,
      layout: 'columns',
      contracts: {
        ...figures,
        ...market.contracts,
        row: rows,
        status: [...market.columns.status].map((code) => STATUS_NAMES[code]),
        ts_event_us: rows.map(() => now),
      },
    };
  }
}
