import { describe, expect, it } from 'vitest';
import { changeOf, termsOf } from '../../src/features/orders/ChangeDialog';
import {
  askedText,
  averageText,
  bondText,
  isOurs,
  priceText,
  timesText,
  whenText,
} from '../../src/features/orders/shown';
import { unknownText } from '../../src/features/portfolio/Portfolio';
import { changeText } from '../../src/features/portfolio/Scenarios';
import { markOf } from '../../src/features/positions/Positions';
import { stoppedText } from '../../src/features/risk/KillSwitch';
import { shareOf } from '../../src/features/risk/RiskPanel';
import { newestOf, withOrder } from '../../src/stream/tradingApi';
import type { OrderDocument } from '../../src/types/trading';
import { modeText } from '../../src/ui/ModeBadge';
import { amountText, limitWords, reasonWords } from '../../src/ui/orderWords';
import { checksOf, isAnswered, problemText } from '../../src/ui/problem';
import { FakeDesk, HELD } from '../fake/desk';

const ORDER = new FakeDesk().place('key', {
  ...{ contract: 'SPXW 2026-11-23 C 6800', side: 'buy', quantity: 2, order_type: 'limit' },
  limit_price: '1250.5',
});
const order = (id: string, changed_at_us: number, part: Partial<OrderDocument> = {}) => ({
  ...ORDER,
  ...{ client_order_id: id, changed_at_us, made_at_us: Number(id) },
  ...part,
});
const ids = (orders: readonly OrderDocument[]) => orders.map((one) => one.client_order_id);

describe('the orders that are held', () => {
  it('take what happened to one, in its place, and a new one before all others', () => {
    const held = [order('2', 10), order('1', 10)];
    const filled = withOrder(held, order('1', 11, { state: 'filled' }));
    expect(filled.map((one) => one.state)).toEqual(['working', 'filled']);
    expect(ids(withOrder(held, order('3', 1)))).toEqual(['3', '2', '1']);
  });

  it('are not put back by what is older', () => {
    const held = [order('1', 10, { state: 'filled' })];
    expect(withOrder(held, order('1', 9))[0]?.state).toBe('filled');
    expect(newestOf(held, [order('1', 9)])[0]?.state).toBe('filled');
  });

  it('keep what was told while an answer was on its way, and forget what is gone', () => {
    const held = [order('3', 5), order('1', 5)];
    expect(ids(newestOf(held, [order('2', 5)]))).toEqual(['3', '2']);
    expect(ids(newestOf(held, []))).toEqual(['3', '1']);
  });

  it('are no more than a blotter holds', () => {
    const many = Array.from({ length: 500 }, (_, at) => order(String(500 - at), 1));
    expect(withOrder(many, order('501', 1))).toHaveLength(500);
  });
});

describe('an order in the blotter', () => {
  it('says its prices, and what was asked for', () => {
    expect(priceText(ORDER)).toBe('1,250.5');
    const stop = { ...ORDER, limit_price: null, stop_price: '5', trail_pct: '2' };
    expect(priceText(stop)).toBe('stop 5, trails 2 %');
    expect(priceText({ ...ORDER, limit_price: null, trail_amount: '1' })).toBe('trails 1');
    expect(priceText({ ...ORDER, limit_price: null })).toBe('market');
    const asked = { ...ORDER, quantity: 5, limit_price: '2' };
    expect(askedText({ ...ORDER, asked })).toBe('asked for: 5 contracts at 2');
    expect(askedText({ ...ORDER, asked: ORDER })).toBe('asked for: the same terms');
    expect(askedText(ORDER)).toBe('');
    expect(averageText(ORDER)).toBe('–');
    expect(averageText({ ...ORDER, average_price: '1.24' })).toBe('1.24');
  });

  it('says when it was decided, of another day the date', () => {
    const at = Date.UTC(2026, 10, 20, 20, 13, 9);
    expect(whenText(at * 1000, at + 60_000)).toBe('20:13:09');
    expect(whenText(at * 1000, at + 86_400_000)).toBe('2026-11-20');
    const times = timesText({ ...ORDER, made_at_us: at * 1000, changed_at_us: at * 1000 + 1_500 });
    expect(times).toBe('decided 2026-11-20 20:13:09.000 UTC, last heard of 20:13:09.001 UTC');
  });

  it('says what holds it to others, and whether it is ours to change', () => {
    expect(bondText(ORDER)).toBe('');
    const child = { ...ORDER, parent_id: 'a', oca_group: 'g', is_reducing: true };
    expect(bondText(child).split('; ')).toHaveLength(3);
    expect(isOurs(ORDER)).toBe(true);
    expect(isOurs({ ...ORDER, state: 'external' })).toBe(false);
    expect(isOurs({ ...ORDER, is_open: false })).toBe(false);
  });

  it('is changed only where it differs', () => {
    const terms = (part: object) => termsOf(ORDER, { ...changeOf(ORDER), ...part });
    expect(terms({ quantity: '3', limit: '1,250.50' })).toEqual({
      quantity: 3,
      limit_price: '1250.50',
    });
    expect(terms({})).toBe('nothing is different');
    expect(terms({ quantity: 'x' })).toContain('whole number');
    expect(terms({ limit: 'x' })).toBe('limit price is no price');
    const trailing = { ...ORDER, limit_price: null, trail_amount: '1' };
    expect(termsOf(trailing, { ...changeOf(trailing), trail: '2' })).toEqual({ trail_amount: '2' });
  });
});

describe('a position', () => {
  it('is marked where it could be closed', () => {
    expect(markOf(HELD)).toBe(131.05);
    expect(markOf({ ...HELD, quantity: 1 })).toBe(130);
    expect(markOf({ ...HELD, quantity: 0 })).toBeNull();
  });
});

describe('words of the account', () => {
  it('say whose money it is, of a real account its last digits alone', () => {
    expect(modeText('paper', 'PAPER-SIM')).toBe('PAPER');
    expect(modeText('live', 'U1234567')).toBe('LIVE ACCOUNT …4567');
  });

  it('name limits, the new ones too, and write how much of them is used', () => {
    expect(limitWords('book_vega').label).toBe('Vega of the book');
    expect(limitWords('moon_phase')).toEqual({ label: 'moon phase', unit: 'in its own unit' });
    expect(
      [null, 0, 20, 0.5, 12.345, 123.45, 27_201_320, Number.POSITIVE_INFINITY].map(amountText),
    ).toEqual(['–', '0', '20', '0.50', '12.35', '123.5', '27.2M', '–']);
  });

  it('tell a reason of the gate with the names of its limits', () => {
    expect(reasonWords('order_contracts is 40, at most 10; margin is odd')).toBe(
      'contracts in one order is 40, at most 10; margin is odd',
    );
    expect(reasonWords('')).toBe('');
  });

  it('tell what stopping did, and what it did not', () => {
    const done = { asked_to_cancel: 1, is_durable: true, flattening: [], problems: [] };
    expect(stoppedText({ ...done, state: 'halted' })).toBe('HALTED; 1 order asked to cancel');
    const bad = { ...done, is_durable: false, flattening: [ORDER], problems: ['no line'] };
    expect(stoppedText({ ...bad, state: 'reduce_only' })).toBe(
      'REDUCE ONLY; 1 order asked to cancel; 1 sent to trade out; it does not last through a restart; no line',
    );
  });

  it('tell which sums are not known, and of what', () => {
    expect(unknownText({}, {})).toBe('');
    expect(unknownText({ vega: ['a', 'b', 'c', 'd'], other: ['e'] }, { a: 'A' })).toBe(
      'Not known: Vega of A, b, c and 1 more.',
    );
  });

  it('write changes of value in whole money', () => {
    expect([1_250.6, -0.2, -12_345, 0, Number.NaN].map(changeText)).toEqual([
      '+1,251',
      '0',
      '−12.3K',
      '0',
      '–',
    ]);
  });

  it('draw a bar from nothing to all of a limit', () => {
    const limit = { name: 'x', used: 1, limit: 1, of: null };
    expect([0.5, 3, -1].map((share) => shareOf({ ...limit, share }))).toEqual([0.5, 1, 0]);
    expect(shareOf({ ...limit, share: null })).toBe(Number.NaN);
  });
});

describe('a request that failed', () => {
  const problem = (code: string, detail: string, more = {}) => ({
    ...{ status: 422, data: { type: '', title: '', status: 422, code, detail, ...more } },
  });

  it('is told in the words of the server', () => {
    expect(problemText(problem('order_denied', 'collar is 2, at most 0'))).toBe(
      'price beyond its collar is 2, at most 0',
    );
    expect(problemText(problem('not_signed_in', 'no'))).toContain('voldesk up');
    expect(problemText({ status: 502, data: '<html>' })).toBe('the server answered 502');
    expect(problemText({ status: 'FETCH_ERROR' })).toBe('no server answers');
  });

  it('without an answer is not the same as a refusal', () => {
    expect(isAnswered({ status: 422 })).toBe(true);
    expect(isAnswered({ status: 'FETCH_ERROR' })).toBe(false);
    expect(isAnswered({ status: 'PARSING_ERROR' })).toBe(false);
  });

  it('brings the checks of the gate with it', () => {
    const checks = [{ name: 'collar', value: 2, limit: 0, is_least: false, has_passed: false }];
    expect(checksOf(problem('order_denied', '', { checks }))).toEqual(checks);
    expect(checksOf({ status: 502 })).toEqual([]);
  });
});
