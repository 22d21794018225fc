/** An account over HTTP as the gateway answers it: one order to a key, a gate, and answers that get lost. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type {
  FiguresDocument,
  NewOrder,
  NewTerms,
  OrderDocument,
  PositionDocument,
  PreviewDocument,
  RiskDocument,
} from '../../src/types/trading';

const TOPICS = ['orders', 'positions', 'risk'];
const MOST = 10;

const FIGURES: FiguresDocument = {
  ...{ value: '260.00', value_mid: '265.00', unrealised: '-12.00', unrealised_mid: '17.00' },
  ...{ realised: '1234.50', fees: '1.30', pnl: '10.70', pnl_mid: '15.70' },
  ...{ delta: 52.4, dollar_delta: 10_412, gamma: 201.4, vega: 41.2, theta: -30.8, rho: 3.1 },
  beta_delta: null,
};

export const HELD: PositionDocument = {
  ...{ key: 'india NIFTY 20261126 000025000000000 C', contract: 'NIFTY 2026-11-26 C 25000' },
  ...{ underlying: 'NIFTY', expiry: '2026-11-26', right: 'C', strike: 25_000, quantity: -2 },
  ...{ average_price: '124.05', multiplier: 65, currency: 'INR', bid: 130, ask: 131.05 },
  ...{ spot: 25_003, quote_age_secs: 0.2, iv: 0.12, figures: FIGURES },
};

export class FakeDesk {
  /** Of what is traded; null: nothing is, as where no desk was opened. */
  risk: RiskDocument | null = null;
  orders: OrderDocument[] = [];
  positions: PositionDocument[] = [];
  /** Whether the next order is taken and its answer lost. */
  isLosingAnswers = false;
  /** Previews allow what the gate then denies: the market moved in between. */
  isPreviewLenient = false;
  /** Requests that asked for an order, by key. */
  readonly asked: string[] = [];
  /** Calls back with the message of a topic when something changed. */
  tell: (topic: string, message: object) => void = () => undefined;
  private readonly byKey = new Map<string, OrderDocument>();
  private changes = 0;

  open(part: Partial<RiskDocument> = {}): void {
    this.risk = {
      ...{ account: 'PAPER', mode: 'paper', broker: 'paper', ts_us: 1, state: 'active' },
      ...{ is_reconciled: true, differences: [], alarms: [], line: { is_up: true, reason: '' } },
      journal: { is_writable: true, reason: '', entries: 2, healed_bytes: 0 },
      limits: [
        { name: 'open_orders', used: 1, limit: 20, share: 0.05, of: null },
        { name: 'book_vega', used: null, limit: 20_000, share: null, of: null },
        { name: 'day_loss', used: 4_500, limit: 5_000, share: 0.9, of: null },
      ],
      ...{ open_orders: 0, unlock_phrase: 'unlock PAPER' },
      ...part,
    };
    this.tell('risk', this.message('risk'));
  }

  /** Return what a client that begins to listen is told first; null of a topic that is not ours. */
  first(topic: string): object | null {
    if (!this.risk || !TOPICS.includes(topic)) return null;
    return this.message(topic);
  }

  /** Something happens to an order. */
  change(id: string, part: Partial<OrderDocument>): void {
    this.changes += 1;
    this.orders = this.orders.map((one) =>
      one.client_order_id === id
        ? { ...one, changed_at_us: one.changed_at_us + this.changes, ...part }
        : one,
    );
    const data = this.orders.find((one) => one.client_order_id === id);
    this.tell('orders', { type: 'order', topic: 'orders', seq: this.changes, data });
  }

  async answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const say = (status: number, body: unknown, type = 'application/json') => {
      response.writeHead(status, { 'content-type': type });
      response.end(JSON.stringify(body));
    };
    const refuse = (status: number, code: string, detail: string, more: object = {}) =>
      say(
        status,
        { type: '', title: '', status, code, detail, ...more },
        'application/problem+json',
      );
    const { risk } = this;
    if (!risk) return refuse(503, 'venue_unavailable', 'trading has not begun yet');
    if (request.method === 'GET') return say(200, this.document(path));
    if (request.headers['x-voldesk-session'] !== 'proof-1') {
      return refuse(401, 'not_signed_in', 'this needs the token, or a session with its header');
    }
    const body = await text(request);
    const id = decodeURIComponent(path.split('/')[4] ?? '');
    if (path === '/api/v1/kill') {
      this.open({ ...risk, state: 'halted' });
      const { flatten } = JSON.parse(body) as { flatten: boolean };
      const flattening = flatten ? this.orders.slice(0, 1) : [];
      return say(200, {
        ...{ state: 'halted', is_durable: true, asked_to_cancel: 1, flattening, problems: [] },
      });
    }
    if (path === '/api/v1/unlock') {
      this.open({ ...risk, state: 'active' });
      return say(200, this.risk);
    }
    if (id === 'preview') return say(200, this.preview(JSON.parse(body) as NewOrder));
    if (request.method === 'POST') {
      const key = String(request.headers['idempotency-key']);
      this.asked.push(key);
      const order = this.place(key, JSON.parse(body) as NewOrder);
      if (order.state === 'denied') {
        const { checks, reason } = this.preview(JSON.parse(body) as NewOrder);
        return refuse(422, 'order_denied', reason, {
          client_order_id: order.client_order_id,
          checks,
        });
      }
      if (!this.isLosingAnswers) return say(201, order);
      this.isLosingAnswers = false;
      // a browser sends again by itself what had no answer at all: half of one is lost for good
      response.writeHead(201, { 'content-type': 'application/json', 'content-length': 999 });
      response.write('{"client', () => request.socket.destroy());
      return;
    }
    if (request.method === 'PATCH') this.change(id, JSON.parse(body) as NewTerms);
    else if (id) this.change(id, { state: 'cancelled', is_open: false, is_final: true });
    else return say(200, { asked: 1, problems: ['order vd-1 could not be asked for'] });
    return say(
      200,
      this.orders.find((one) => one.client_order_id === id),
    );
  }

  /** Return the order of a key: the one it has, or a new one. */
  place(key: string, asked: NewOrder): OrderDocument {
    const known = this.byKey.get(key);
    if (known) return known;
    const number = this.orders.length + 1;
    const isDenied = asked.quantity > MOST;
    const order: OrderDocument = {
      ...{ client_order_id: `vd-${number}`, venue_order_id: null, account: 'PAPER' },
      ...{ mode: 'paper', underlying: 'NIFTY', contract: asked.contract, legs: [] },
      ...{ side: asked.side, order_type: asked.order_type, time_in_force: 'day' },
      ...{ quantity: asked.quantity, filled: 0, remaining: asked.quantity },
      ...{ limit_price: asked.limit_price ?? null, stop_price: null, trail_amount: null },
      ...{ trail_pct: null, good_till_us: null, asked: null, outside_hours: false },
      ...{ is_adaptive: false, is_reducing: asked.is_reducing ?? false, parent_id: null },
      oca_group: null,
      ...(isDenied
        ? { state: 'denied', is_open: false, is_final: true, reason: 'order_contracts is 40' }
        : { state: 'working', is_open: true, is_final: false, reason: '' }),
      ...{ average_price: null, commission: null, currency: null, fills: [], strategy: 'manual' },
      ...{ why: '', made_at_us: 1_763_626_500_000_000 + number, changed_at_us: 1 },
    };
    this.byKey.set(key, order);
    this.orders = [order, ...this.orders];
    this.tell('orders', { type: 'order', topic: 'orders', seq: number, data: order });
    return order;
  }

  private preview(asked: NewOrder): PreviewDocument {
    const isWithin = asked.quantity <= MOST || this.isPreviewLenient;
    const isAllowed = isWithin && this.risk?.state === 'active';
    return {
      ...{ is_allowed: isAllowed, is_reducing: asked.is_reducing ?? false },
      reason: isAllowed ? '' : `order_contracts is ${asked.quantity}, at most ${MOST}`,
      checks: [
        {
          ...{ name: 'order_contracts', value: asked.quantity, limit: MOST, is_least: false },
          has_passed: isWithin,
        },
        { name: 'margin_share', value: null, limit: 0.5, is_least: false, has_passed: isAllowed },
      ],
      ...{ mode: this.risk?.mode ?? 'paper', account: 'PAPER', contract: asked.contract },
      sentence: `${asked.side} ${asked.quantity} ${asked.contract} at ${asked.limit_price}`,
      ...{ price: asked.limit_price ?? null, cost: '1234.50', currency: 'INR' },
      ...{ risk: 'undefined', max_loss: null },
      greeks: { dollar_delta: 10_412, gamma: 201.4, vega: null, theta: -30.8 },
      margin: null,
      quotes: [
        {
          ...{ key: HELD.key, contract: asked.contract, bid: 130, ask: 131.05, bid_size: 10 },
          ...{ ask_size: 12, quote_age_secs: 0.4, spot: 25_003, multiplier: 65, tick_size: 0.05 },
        },
      ],
    };
  }

  private document(path: string): unknown {
    const { risk } = this;
    if (path.endsWith('/scenarios')) {
      return {
        ...{ currency: 'INR', ts_us: 1, spot_pct: [-5, 0, 5], vol_points: [0], days: [0, 1] },
        ...{ pnl: [[[-1_250.5, 0, null]], [[-1_300, -50, 2_000]]], unknown: [HELD.contract] },
      };
    }
    if (path.endsWith('/portfolio')) {
      return {
        ...{ account: risk?.account, mode: risk?.mode, currency: 'INR', ts_us: 1 },
        ...{ equity: '100015.00', equity_peak: '100020.00', day_pnl: null, figures: FIGURES },
        by_underlying: [{ underlying: 'NIFTY', figures: FIGURES }],
        by_expiry: [{ underlying: 'NIFTY', expiry: '2026-11-26', figures: FIGURES }],
        ...{ attribution: { delta: '12.00' }, unknown: { beta_delta: [HELD.key] } },
      };
    }
    return this.data(path.split('/')[3] ?? '');
  }

  private data(topic: string): unknown {
    return { orders: this.orders, positions: this.positions, risk: this.risk }[topic];
  }

  private message(topic: string): object {
    return { type: topic, topic, seq: 1, data: this.data(topic) };
  }
}
