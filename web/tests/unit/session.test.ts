import { beforeEach, describe, expect, it } from 'vitest';
import type { LiveChain } from '../../src/stream/liveChain';
import { StreamSession } from '../../src/stream/session';
import { layoutMessage } from './chainOf';
import { makeFrame } from './makeFrame';

const FIELDS = ['bid', 'ask'];

function agreed(topicId = 1) {
  return JSON.stringify({
    type: 'subscribed',
    topics: [
      {
        topic: 'chain/SPX',
        topic_id: topicId,
        kind: 'latest',
        format: 'binary',
        fields: FIELDS,
        rate: 10,
      },
    ],
  });
}

const all = (value: number) => Array<number>(6).fill(value);
const snapshot = (seq: number, value: number) =>
  makeFrame({ seq, columns: { bid: all(value), ask: all(value) } });
const delta = (seq: number, value: number) =>
  makeFrame({ seq, rows: [2], columns: { bid: [value], ask: [value] } });

describe('a stream session', () => {
  let sent: Record<string, unknown>[];
  let complaints: string[];
  let session: StreamSession;
  let chain: LiveChain;
  const bid = () => chain.layout?.table.columns.bid[2];

  beforeEach(() => {
    sent = [];
    complaints = [];
    session = new StreamSession(
      {
        send: (text) => sent.push(JSON.parse(text)),
        complaint: (text) => complaints.push(text),
      },
      () => 0,
    );
    chain = session.follow('SPX', { fields: FIELDS, rate: 10 });
  });

  function begin() {
    session.opened();
    session.receiveText(agreed());
    session.receiveText(JSON.stringify(layoutMessage()));
    session.receiveFrame(snapshot(5, 1));
    sent.length = 0;
  }

  it('asks for what is followed as soon as a connection stands, and again on the next', () => {
    expect(sent).toEqual([]);
    session.opened();
    const ask = {
      op: 'subscribe',
      topics: ['chain/SPX'],
      rate: 10,
      format: 'binary',
      fields: FIELDS,
    };
    expect(sent).toEqual([ask]);
    session.closed();
    session.subscribe('status');
    session.opened();
    expect(sent.slice(1)).toEqual([ask, { op: 'subscribe', topics: ['status'] }]);
  });

  it('applies a snapshot and the deltas that follow it', () => {
    begin();
    expect(bid()).toBe(1);
    session.receiveFrame(delta(6, 2));
    session.receiveFrame(delta(7, 3));
    expect(bid()).toBe(3);
    expect(session.gaps).toBe(0);
  });

  it('asks once for a snapshot when a frame is missing, and waits for it', () => {
    begin();
    session.receiveFrame(delta(7, 2));
    session.receiveFrame(delta(8, 3));
    expect(sent).toEqual([{ op: 'resync', topics: ['chain/SPX'] }]);
    expect(bid()).toBe(1);
    session.receiveFrame(snapshot(9, 4));
    session.receiveFrame(delta(10, 5));
    expect(bid()).toBe(5);
    expect(session.gaps).toBe(1);
  });

  it('takes a frame that comes twice for a gap: what it says may be old', () => {
    begin();
    session.receiveFrame(delta(6, 2));
    session.receiveFrame(delta(6, 9));
    expect(bid()).toBe(2);
    expect(sent).toEqual([{ op: 'resync', topics: ['chain/SPX'] }]);
  });

  it('takes a later snapshot unasked: the server passed over frames for a slow reader', () => {
    begin();
    session.receiveFrame(snapshot(40, 8));
    session.receiveFrame(delta(41, 9));
    expect(bid()).toBe(9);
    expect(session.gaps).toBe(0);
  });

  it('counts sequence numbers past the end of 32 bits', () => {
    begin();
    session.receiveFrame(snapshot(2 ** 32 - 1, 6));
    session.receiveFrame(delta(0, 7));
    expect(bid()).toBe(7);
  });

  it('takes no delta of new rows before their snapshot', () => {
    begin();
    session.receiveText(JSON.stringify(layoutMessage({ layout: 2 })));
    session.receiveFrame(delta(6, 2));
    expect(bid()).toBe(1);
    session.receiveFrame(snapshot(7, 3));
    expect(bid()).toBe(3);
  });

  it('starts from empty columns when the rows mean other contracts', () => {
    begin();
    const other = layoutMessage({ layout: 2 });
    other.contracts.strike[2] = 105;
    session.receiveText(JSON.stringify(other));
    expect(bid()).toBeNaN();
  });

  it('asks anew after a frame that cannot be read, and tells of it', () => {
    begin();
    const broken = makeFrame({ seq: 6, rows: [77], columns: { bid: [1], ask: [1] } });
    session.receiveFrame(broken);
    expect(sent).toEqual([{ op: 'resync', topics: ['chain/SPX'] }]);
    expect(complaints[0]).toContain('row 77');
    session.receiveFrame(new ArrayBuffer(3));
    session.receiveText('{');
    expect(complaints).toHaveLength(3);
  });

  it('drops frames of another wish until the new one is confirmed', () => {
    begin();
    session.follow('SPX', { fields: ['bid'], rate: 5 });
    session.receiveFrame(delta(6, 2));
    expect(bid()).toBe(1);
  });

  it('asks again for what was never confirmed', () => {
    session.opened();
    session.receiveText('{"type":"error","code":"unknown_topic","message":"no topic"}');
    session.askAgain();
    expect(sent).toHaveLength(2);
    session.receiveText(agreed());
    session.askAgain();
    expect(sent).toHaveLength(2);
  });

  it('hands messages to those who follow their topic, until they stop', () => {
    const told: unknown[] = [];
    const stop = session.on('summary/SPX', (message) => told.push(message));
    const text = JSON.stringify({ type: 'summary', topic: 'summary/SPX', seq: 1, data: {} });
    session.receiveText(text);
    stop();
    session.receiveText(text);
    expect(told).toHaveLength(1);
  });

  it('gives a topic up once', () => {
    begin();
    session.unsubscribe('chain/SPX');
    session.unsubscribe('chain/SPX');
    expect(sent).toEqual([{ op: 'unsubscribe', topics: ['chain/SPX'] }]);
  });
});
