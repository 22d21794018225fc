import { describe, expect, it } from 'vitest';
import { contractName, ticketOf } from '../../src/features/chain/ticket';
import { closingTicket } from '../../src/features/positions/closing';
import { limitText, valueText } from '../../src/features/ticket/Checks';
import {
  complaintsOf,
  type Draft,
  draftOf,
  orderOf,
  TYPES_OFFERED,
  waysOut,
} from '../../src/features/ticket/draft';
import { brokenText, lossText } from '../../src/features/ticket/Judgement';
import { nextPhase, type Phase, type TicketEvent } from '../../src/features/ticket/phase';
import { type ChainLayout, LiveChain } from '../../src/stream/liveChain';
import type { PreviewDocument } from '../../src/types/trading';
import {
  newKey,
  type TicketSeed,
  ticketClosed,
  ticketOpened,
  ticketSlice,
} from '../../src/ui/ticketSlice';
import { HELD } from '../fake/desk';
import { layoutMessage } from './chainOf';

const SEED: TicketSeed = {
  ...{ contract: 'SPXW 2026-11-23 C 6800', side: 'buy', quantity: 1, price: '33.8' },
  isReducing: false,
};
const draft = (part: Partial<Draft>): Draft => ({ ...draftOf(SEED), ...part });

describe('the life of a ticket', () => {
  const PHASES: Phase[] = [
    ...(['editing', 'asking', 'previewed', 'sending', 'sent', 'refused', 'unanswered'] as const),
  ];
  const EVENTS: TicketEvent[] = [
    ...(['edit', 'ask', 'judged', 'notJudged', 'confirm', 'accepted', 'refused', 'lost'] as const),
  ];
  const CAN = new Map<string, Phase>([
    ['editing edit', 'editing'],
    ['editing ask', 'asking'],
    ['asking edit', 'editing'],
    ['asking judged', 'previewed'],
    ['asking notJudged', 'editing'],
    ['previewed edit', 'editing'],
    ['previewed ask', 'asking'],
    ['previewed confirm', 'sending'],
    ['sending accepted', 'sent'],
    ['sending refused', 'refused'],
    ['sending lost', 'unanswered'],
    ['refused edit', 'editing'],
    ['refused ask', 'asking'],
    ['unanswered confirm', 'sending'],
  ]);

  it.each(PHASES.flatMap((phase) => EVENTS.map((event) => [phase, event] as const)))(
    'from %s by %s goes where it may and nowhere else',
    (phase, event) => {
      expect(nextPhase(phase, event)).toBe(CAN.get(`${phase} ${event}`) ?? null);
    },
  );
});

describe('an order that is written', () => {
  it('has the prices of its type and no others', () => {
    const all = draft({ limit: '33.80', stop: '34', trail: '1.5' });
    const prices = TYPES_OFFERED.map((type) => {
      const { limit_price, stop_price, trail_amount } = orderOf({ ...all, type }, SEED);
      return [type, limit_price, stop_price, trail_amount]
        .filter((one) => one !== undefined)
        .join(' ');
    });
    expect(prices).toEqual([
      ...['limit 33.80', 'market', 'stop 34', 'stop_limit 33.80 34', 'trail 1.5'],
      ...['limit_on_close 33.80', 'market_on_close'],
    ]);
  });

  it('begins at the quote, or at market where there is none', () => {
    expect(orderOf(draft({}), SEED)).toEqual({
      ...{ contract: SEED.contract, side: 'buy', quantity: 1, order_type: 'limit' },
      ...{ limit_price: '33.8', time_in_force: 'day' },
    });
    expect(draftOf({ ...SEED, price: '' }).type).toBe('market');
    expect(orderOf(draft({}), { ...SEED, isReducing: true }).is_reducing).toBe(true);
  });

  it.each<[Partial<Draft>, string[]]>([
    [{}, []],
    [{ quantity: '0' }, ['quantity']],
    [{ quantity: '1.5' }, ['quantity']],
    [{ quantity: '' }, ['quantity']],
    [{ limit: '' }, ['limit']],
    [{ limit: 'x' }, ['limit']],
    [{ limit: '0' }, ['limit']],
    [{ limit: '33.82' }, ['limit']],
    [{ type: 'market', limit: 'x' }, []],
    [{ type: 'stop_limit' }, ['stop']],
    [{ target: 'x', stopLoss: '-1' }, ['target', 'stopLoss']],
  ])('%o is held to what can be meant', (part, boxes) => {
    expect(Object.keys(complaintsOf(draft(part), '0.05'))).toEqual(boxes);
  });

  it('may bring its ways out, of which the first to fill cancels the other', () => {
    const both = waysOut(draft({ quantity: '3', target: '50', stopLoss: '20' }), SEED, 'k', 'vd-1');
    expect(both.map((one) => one.key)).toEqual(['k-target', 'k-stop']);
    for (const { order } of both) {
      expect(order).toMatchObject({
        ...{ contract: SEED.contract, side: 'sell', quantity: 3, is_reducing: true },
        ...{ parent_id: 'vd-1', oca_group: 'vd-1-out' },
      });
    }
    expect(both[0]?.order).toMatchObject({ order_type: 'limit', limit_price: '50' });
    expect(both[1]?.order).toMatchObject({ order_type: 'stop', stop_price: '20' });
  });

  it('with one way out has no group, and a sold one is bought back', () => {
    const [only, ...none] = waysOut(draft({ side: 'sell', target: '5' }), SEED, 'k', 'vd-1');
    expect(none).toEqual([]);
    expect(only?.order.side).toBe('buy');
    expect(only?.order.oca_group).toBeUndefined();
    expect(waysOut(draft({}), SEED, 'k', 'vd-1')).toEqual([]);
  });
});

describe('what a ticket begins with', () => {
  it('is the contract as a trader spells it, at the far quote', () => {
    const chain = new LiveChain('SPX');
    chain.setLayout(layoutMessage());
    const layout = chain.layout as ChainLayout;
    layout.table.columns.ask[0] = Math.fround(33.8);
    layout.table.columns.bid[0] = Number.NaN;
    const name = contractName(layout, 0);
    const { root, expiry, right, strike } = layout.contracts;
    expect(name).toBe(`${root[0]} ${expiry[0]} ${right[0]} ${strike[0]}`);
    expect(ticketOf(layout, 0, 'buy')).toEqual({
      ...{ contract: name, side: 'buy', quantity: 1, price: '33.8', isReducing: false },
    });
    expect(ticketOf(layout, 0, 'sell')?.price).toBe('');
    expect(ticketOf(layout, -1, 'buy')).toBeNull();
  });

  it('closes what is held, the other way and no more', () => {
    expect(closingTicket(HELD)).toMatchObject({ side: 'buy', quantity: 2, price: '131.05' });
    const long = closingTicket({ ...HELD, quantity: 3, bid: null });
    expect(long).toMatchObject({ side: 'sell', quantity: 3, price: '', isReducing: true });
    expect(closingTicket({ ...HELD, quantity: 0 })).toBeNull();
  });

  it('gets a key of its own every time it is opened', () => {
    const open = (seed: TicketSeed) =>
      ticketSlice.reducer({ open: null }, ticketOpened(seed)).open?.key ?? '';
    expect(open(SEED)).toMatch(/^page-[0-9a-f]{32}$/);
    expect(open(SEED)).not.toBe(open(SEED));
    expect(newKey()).not.toBe(newKey());
    const opened = ticketSlice.reducer({ open: null }, ticketOpened(SEED));
    expect(ticketSlice.reducer(opened, ticketClosed()).open).toBeNull();
  });
});

describe('what the gate says', () => {
  const check = {
    name: 'order_contracts',
    value: 40,
    limit: 10,
    is_least: false,
    has_passed: false,
  };

  it('stands beside its limit, and what is not known is a dash', () => {
    expect([valueText(check), limitText(check)]).toEqual(['40', 'at most 10']);
    expect(valueText({ ...check, value: null })).toBe('–');
    expect(valueText({ ...check, value: null, has_passed: true })).toBe('none');
    expect(limitText({ ...check, limit: null })).toBe('no limit');
    expect(limitText({ ...check, is_least: true })).toBe('at least 10');
  });

  it('is told in words where the numbers stand for something', () => {
    const state = { ...check, name: 'state', value: 2, limit: 0 };
    expect([valueText(state), limitText(state)]).toEqual(['halted', 'active']);
  });

  it('names what is broken, and whether a loss is bounded', () => {
    const preview = { checks: [check, { ...check, name: 'collar', has_passed: true }] };
    expect(brokenText(preview as PreviewDocument)).toBe('contracts in one order');
    const loss = (risk: string, max_loss: string | null) =>
      lossText({ risk, max_loss } as PreviewDocument);
    expect(loss('defined', '3400.00')).toBe('3,400.00');
    expect(loss('undefined', null)).toBe('no bound');
    expect(loss('none', null)).toBe('none: it reduces');
    expect(loss('unknown', null)).toBe('–');
  });
});
