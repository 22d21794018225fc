/** `/ws/greeks`: one JSON message per contract, of which the page keeps the newest. */

import type { GreeksUpdate, PCRUpdate } from '../types/greeks';
import { backoffMs } from './backoff';
import type { SocketLike } from './connection';

/** Nothing is parsed or told more often: a whole chain may be in one second's messages. */
export const TELL_EVERY_MS = 250;

export interface ContractMessages {
  greeks_update: GreeksUpdate;
  pcr_update: PCRUpdate;
}

type Kind = keyof ContractMessages;
type Listener<K extends Kind> = (message: ContractMessages[K]) => void;

export interface ContractSurroundings {
  dial: (path: string) => SocketLike;
  after: (ms: number, call: () => void) => () => void;
}

/** Which contracts; left out, the server's first underlying and all its expiries. */
export interface ContractChoice {
  symbol?: string;
  expiry?: string;
}

/** One socket for all listeners of a choice; it closes with the last of them. */
class SharedSocket {
  readonly listeners = {
    greeks_update: new Set<Listener<'greeks_update'>>(),
    pcr_update: new Set<Listener<'pcr_update'>>(),
  };
  private readonly newest = new Map<Kind, string>();
  private readonly last = new Map<Kind, ContractMessages[Kind]>();
  private socket: SocketLike | null = null;
  private failures = 0;
  private cancelTell: (() => void) | null = null;
  private cancelDial: (() => void) | null = null;

  constructor(
    private readonly path: string,
    private readonly around: ContractSurroundings,
  ) {
    this.dial();
  }

  get isIdle(): boolean {
    return this.listeners.greeks_update.size + this.listeners.pcr_update.size === 0;
  }

  add<K extends Kind>(kind: K, listener: Listener<K>): void {
    (this.listeners[kind] as Set<Listener<K>>).add(listener);
    const last = this.last.get(kind) as ContractMessages[K] | undefined;
    if (last) listener(last);
  }

  close(): void {
    this.cancelTell?.();
    this.cancelDial?.();
    if (!this.socket) return;
    this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
    this.socket.close();
    this.socket = null;
  }

  private dial(): void {
    const socket = this.around.dial(this.path);
    this.socket = socket;
    socket.onopen = () => {
      this.failures = 0;
    };
    socket.onmessage = ({ data }) => {
      if (typeof data === 'string') this.take(data);
    };
    socket.onclose = () => {
      this.socket = null;
      this.cancelDial = this.around.after(backoffMs(this.failures), () => this.dial());
      this.failures += 1;
    };
  }

  private take(text: string): void {
    const kind: Kind = text.startsWith('{"type":"pcr_update"') ? 'pcr_update' : 'greeks_update';
    this.newest.set(kind, text);
    this.cancelTell ??= this.around.after(TELL_EVERY_MS, () => this.tell());
  }

  private tell(): void {
    this.cancelTell = null;
    for (const text of this.newest.values()) {
      const message = JSON.parse(text) as GreeksUpdate | PCRUpdate;
      this.last.set(message.type, message);
      if (message.type === 'pcr_update') {
        for (const listener of this.listeners.pcr_update) listener(message);
      } else {
        for (const listener of this.listeners.greeks_update) listener(message);
      }
    }
    this.newest.clear();
  }
}

export class ContractStreams {
  private readonly sockets = new Map<string, SharedSocket>();

  constructor(private readonly around: ContractSurroundings) {}

  /** Call back with messages of a kind until the returned function is called. */
  on<K extends Kind>(kind: K, choice: ContractChoice, listener: Listener<K>): () => void {
    const query = new URLSearchParams(choice as Record<string, string>).toString();
    const path = `/ws/greeks${query ? `?${query}` : ''}`;
    const shared = this.sockets.get(path) ?? new SharedSocket(path, this.around);
    this.sockets.set(path, shared);
    shared.add(kind, listener);
    return () => {
      (shared.listeners[kind] as Set<Listener<K>>).delete(listener);
      if (shared.isIdle) {
        shared.close();
        this.sockets.delete(path);
      }
    };
  }
}
