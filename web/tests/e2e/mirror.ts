/** A second client of the same stream, written apart from the page: what the page should show. */

import WebSocket from 'ws';

type Figures = Record<string, Float64Array>;

interface Layout {
  contracts: { strike: number[]; right: string[]; series: number[] };
}

const KEPT = 300;

export class Mirror {
  layout: Layout | null = null;
  /** The figures as they stood after each of the last frames, by its number. */
  readonly states = new Map<number, Figures>();
  private figures: Figures = {};
  private fields: string[] = [];
  private readonly socket: WebSocket;

  constructor(url: string, underlying: string, fields: readonly string[], rate: number) {
    this.socket = new WebSocket(url, { perMessageDeflate: false });
    const topics = [`chain/${underlying}`];
    this.socket.on('open', () =>
      this.socket.send(JSON.stringify({ op: 'subscribe', topics, fields, rate, format: 'binary' })),
    );
    this.socket.on('message', (data: Buffer, isBinary: boolean) =>
      isBinary ? this.takeFrame(data) : this.takeText(String(data)),
    );
  }

  close(): void {
    this.socket.terminate();
  }

  private takeText(text: string): void {
    const message = JSON.parse(text);
    if (message.type === 'subscribed') this.fields = message.topics[0].fields;
    if (message.type === 'layout') this.layout = message;
    if (message.type === 'error') throw new Error(message.message);
  }

  private takeFrame(frame: Buffer): void {
    const isSnapshot = frame.readUInt8(3) === 0;
    const idBytes = frame.readUInt8(6);
    const count = frame.readUInt32LE(12);
    const start = 40 + Math.ceil((count * idBytes) / 4) * 4;
    this.fields.forEach((name, place) => {
      const size = this.layout?.contracts.strike.length ?? 0;
      const before = this.figures[name] ?? new Float64Array(size).fill(Number.NaN);
      const column = before.slice();
      for (let at = 0; at < count; at++) {
        const row = isSnapshot ? at : frame.readUIntLE(40 + at * idBytes, idBytes);
        column[row] = frame.readFloatLE(start + 4 * (place * count + at));
      }
      this.figures = { ...this.figures, [name]: column };
    });
    this.states.set(frame.readUInt32LE(8), this.figures);
    const [oldest] = this.states.keys();
    if (this.states.size > KEPT && oldest !== undefined) this.states.delete(oldest);
  }
}
