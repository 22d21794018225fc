import { configureStore } from '@reduxjs/toolkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { apiSlice } from '../../src/stream/apiSlice';
import { type SocketLike, StreamConnection } from '../../src/stream/connection';
import { ContractStreams } from '../../src/stream/contractStream';

const greeks = (strike: number) =>
  JSON.stringify({
    type: 'greeks_update',
    data: { instrumentKey: 'K', symbol: 'NIFTY', strike, type: 'CE', greeks: { delta: 0.5 } },
  });
const ratio = (pcr: number) => JSON.stringify({ type: 'pcr_update', data: { pcr } });

describe('the streaming queries', () => {
  let sockets: (SocketLike & { path: string; isClosed: boolean })[];
  const dial = (path: string) => {
    const socket = {
      path,
      isClosed: false,
      binaryType: '',
      onopen: null,
      onmessage: null,
      onclose: null,
      onerror: null,
      send: () => undefined,
      close() {
        this.isClosed = true;
      },
    };
    sockets.push(socket);
    return socket;
  };
  const say = (text: string) => sockets.at(-1)?.onmessage?.({ data: text });
  const settle = () => vi.advanceTimersByTimeAsync(300);

  function makeStore() {
    const connection = new StreamConnection('ws://here', {
      now: () => 0,
      dial,
      fetch: async () => new Response('null', { status: 404 }),
      every: () => () => undefined,
    });
    const contracts = new ContractStreams({
      dial,
      after: (ms, call) => {
        const timer = setTimeout(call, ms);
        return () => clearTimeout(timer);
      },
    });
    const store = configureStore({
      reducer: { [apiSlice.reducerPath]: apiSlice.reducer },
      middleware: (defaults) =>
        defaults({ thunk: { extraArgument: { connection, contracts } } }).concat(
          apiSlice.middleware,
        ),
    });
    return { store, connection };
  }

  beforeEach(() => {
    vi.useFakeTimers();
    sockets = [];
  });
  afterEach(() => vi.useRealTimers());

  it('hold the newest contract message, and have no data before the first', async () => {
    const { store } = makeStore();
    const { initiate, select } = apiSlice.endpoints.streamGreeks;
    store.dispatch(initiate());
    await settle();
    expect(select()(store.getState()).data).toBeUndefined();
    expect(sockets.map((socket) => socket.path)).toEqual(['/ws/greeks']);
    say(greeks(1));
    await settle();
    say(greeks(2));
    say(greeks(3));
    await settle();
    await settle();
    expect(select()(store.getState()).data?.data.strike).toBe(3);
  });

  it('share one socket for contracts and ratio, which closes with the last of them', async () => {
    const { store } = makeStore();
    const one = store.dispatch(apiSlice.endpoints.streamGreeks.initiate());
    const two = store.dispatch(apiSlice.endpoints.streamPCR.initiate());
    await settle();
    say(greeks(1));
    say(ratio(0.8));
    await settle();
    await settle();
    const open = sockets.filter((socket) => !socket.isClosed);
    expect(open).toHaveLength(1);
    expect(apiSlice.endpoints.streamPCR.select()(store.getState()).data?.data.pcr).toBe(0.8);
    one.unsubscribe();
    two.unsubscribe();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sockets.every((socket) => socket.isClosed)).toBe(true);
  });

  it('parse at most four messages of a kind a second, however many come', async () => {
    const { store } = makeStore();
    store.dispatch(apiSlice.endpoints.streamPCR.initiate());
    await settle();
    const parse = vi.spyOn(JSON, 'parse');
    for (let turn = 0; turn < 1_000; turn++) {
      say(ratio(turn));
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(parse.mock.calls.length).toBeLessThanOrEqual(5);
    parse.mockRestore();
  });

  it('dial again when the socket breaks, and keep what they had', async () => {
    const { store } = makeStore();
    store.dispatch(apiSlice.endpoints.streamPCR.initiate());
    await settle();
    say(ratio(0.7));
    await settle();
    sockets.at(-1)?.onclose?.({ code: 1006, reason: '' });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(sockets.length).toBeGreaterThan(1);
    expect(apiSlice.endpoints.streamPCR.select()(store.getState()).data?.data.pcr).toBe(0.7);
  });

  it('bring summaries and health from the one stream of the page', async () => {
    const { store, connection } = makeStore();
    store.dispatch(apiSlice.endpoints.streamSummary.initiate('SPX'));
    store.dispatch(apiSlice.endpoints.streamHealth.initiate());
    await settle();
    const { session } = connection;
    session.receiveText('{"type":"summary","topic":"summary/SPX","seq":1,"data":{"spot":5}}');
    session.receiveText('{"type":"summary","topic":"summary/NDX","seq":9,"data":{"spot":9}}');
    session.receiveText('{"type":"status_update","data":{"status":"ok"}}');
    await settle();
    session.receiveText('{"type":"summary","topic":"summary/SPX","seq":2,"data":{"spot":6}}');
    await settle();
    const state = store.getState();
    expect(apiSlice.endpoints.streamSummary.select('SPX')(state).data?.data.spot).toBe(6);
    expect(apiSlice.endpoints.streamHealth.select()(state).data?.status).toBe('ok');
  });
});
