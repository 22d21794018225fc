import { beforeEach, describe, expect, it } from 'vitest';
import { type SocketLike, StreamConnection } from '../../src/stream/connection';
import { layoutMessage } from './chainOf';

/** A machine whose time, sockets and network the test moves by hand. */
class Machine {
  time = 1_000;
  sockets: (SocketLike & { sent: string[]; isClosed: boolean })[] = [];
  asked: string[] = [];
  answer: (path: string) => unknown = () => null;
  isNetworkUp = true;
  private tick: (() => void) | null = null;

  now = () => this.time;

  dial = () => {
    const socket = {
      binaryType: '',
      onopen: null,
      onmessage: null,
      onclose: null,
      onerror: null,
      sent: [] as string[],
      isClosed: false,
      send(text: string) {
        this.sent.push(text);
      },
      close() {
        this.isClosed = true;
      },
    };
    this.sockets.push(socket);
    return socket;
  };

  fetch = async (path: string) => {
    if (!this.isNetworkUp) throw new TypeError('no network');
    this.asked.push(path);
    const body = this.answer(path);
    return new Response(JSON.stringify(body), { status: body === null ? 404 : 200 });
  };

  every = (_: number, call: () => void) => {
    this.tick = call;
    return () => {
      this.tick = null;
    };
  };

  /** Let time pass in steps of the connection's own clock, and promises settle. */
  async pass(ms: number) {
    for (let past = 0; past < ms; past += 500) {
      this.time += 500;
      this.tick?.();
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  get socket() {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('nothing was dialled');
    return socket;
  }

  open() {
    this.socket.onopen?.(undefined as never);
  }

  say(text: string) {
    this.socket.onmessage?.({ data: text });
  }

  hangUp(code = 1006, reason = '') {
    this.socket.onclose?.({ code, reason });
  }
}

const POLLED = {
  underlying: 'SPX',
  feed: 'sim',
  kind: 'snapshot',
  snapshot_id: 'boot-1',
  seq: 12,
  ts_event_us: 1,
  ts_recv_us: 900,
  ts_flush_us: 5_000_900,
  spot: 101,
  profile: {},
  layout: 'columns',
};

describe('a connection', () => {
  let machine: Machine;
  let connection: StreamConnection;
  const ops = () => machine.socket.sent.map((text) => JSON.parse(text) as { op: string });

  beforeEach(() => {
    machine = new Machine();
    connection = new StreamConnection('ws://here/ws/stream', machine);
    connection.session.follow('SPX', { fields: ['bid'], rate: 10 });
    connection.session.subscribe('status');
    connection.start();
  });

  it('subscribes when it opens, and to the same after every reconnection', async () => {
    machine.open();
    const first = ops();
    expect(first.map((op) => op.op)).toEqual(['subscribe', 'subscribe']);
    machine.hangUp(1012);
    expect(connection.current()).toMatchObject({
      state: 'waiting',
      reason: 'the server is restarting',
    });
    await machine.pass(1_000);
    machine.open();
    expect(ops()).toEqual(first);
    expect(connection.current()).toMatchObject({ state: 'open', reason: '', reconnects: 1 });
  });

  it('is called quiet within five seconds of silence, and open again at the first word', async () => {
    machine.open();
    await machine.pass(4_500);
    expect(connection.current().state).toBe('quiet');
    expect(ops().filter((op) => op.op === 'ping').length).toBeGreaterThan(0);
    machine.say('{"type":"pong","id":1,"ts_us":1}');
    expect(connection.current().state).toBe('open');
  });

  it('hangs up on a server that stays silent, and dials again', async () => {
    machine.open();
    await machine.pass(12_000);
    expect(machine.sockets.length).toBeGreaterThan(1);
    expect(machine.sockets[0]?.isClosed).toBe(true);
  });

  it('does not wait for ever for an answer to a dial', async () => {
    await machine.pass(5_500);
    expect(machine.sockets[0]?.isClosed).toBe(true);
    expect(connection.current().reason).toBe('the server does not answer');
  });

  it('dials one socket at a time while the server flaps', async () => {
    for (let turn = 0; turn < 20; turn++) {
      machine.hangUp();
      await machine.pass(500);
      expect(machine.sockets.filter((socket) => !socket.isClosed).length).toBeLessThanOrEqual(1);
    }
  });

  it('polls over HTTP when sockets do not come through, and stops when one does', async () => {
    const layout = layoutMessage();
    machine.answer = (path) => {
      if (path.includes('/chain')) {
        const rows = [0, 1, 2, 3, 4, 5];
        const contracts = {
          ...layout.contracts,
          row: rows,
          bid: [1, 2, null, 4, 5, 6],
          status: Array(6).fill('STALE'),
          ts_event_us: rows.map(() => 5_000_000),
        };
        return { ...POLLED, series: layout.series, contracts };
      }
      return path.includes('/health') ? { status: 'ok', underlyings: [] } : null;
    };
    for (let turn = 0; turn < 4; turn++) {
      machine.hangUp();
      await machine.pass(1_500);
    }
    const table = connection.session.chains.get('SPX')?.layout?.table;
    expect(connection.current().isPolling).toBe(true);
    expect([...(table?.columns.bid ?? [])]).toEqual([1, 2, Number.NaN, 4, 5, 6]);
    expect(table?.columns.status[0]).toBe(4);
    expect(table?.eventMs[0]).toBe(5_000);
    expect(machine.asked.some((path) => path.includes('since=12&snapshot_id=boot-1'))).toBe(true);
    await machine.pass(10_000);
    machine.open();
    expect(connection.current()).toMatchObject({ isPolling: false, state: 'open' });
    const before = machine.asked.length;
    machine.say('{"type":"pong"}');
    await machine.pass(3_000);
    expect(machine.asked.length).toBe(before);
  });

  it('does not say that it polls while HTTP fails too', async () => {
    machine.isNetworkUp = false;
    for (let turn = 0; turn < 4; turn++) {
      machine.hangUp();
      await machine.pass(1_500);
    }
    expect(connection.current().isPolling).toBe(false);
  });

  it('counts the age of a frame from its oldest tick to here', () => {
    machine.open();
    connection.session.receiveText('{"type":"pong","id":400,"ts_us":1}');
    expect(connection.current().roundTripMs).toBe(600);
  });

  it('is silent once it is stopped', async () => {
    machine.open();
    connection.stop();
    await machine.pass(20_000);
    expect(machine.sockets).toHaveLength(1);
    expect(connection.current().state).toBe('idle');
  });
});
