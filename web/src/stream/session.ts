/** The conversation on `/ws/stream` without its socket: text and bytes in, text out. */

import type { LayoutMessage, StreamMessage, SubscribedTopic } from '../types/stream';
import { FrameError, readHeader, SNAPSHOT } from './frame';
import { LiveChain } from './liveChain';
import { applyFrame } from './table';

/** What is asked of a topic; a chain has fields. */
export interface Wish {
  fields?: readonly string[];
  rate?: number;
}

interface Held {
  wish: Wish;
  /** As the server confirmed it; null until then. */
  agreed: SubscribedTopic | null;
  seq: number;
  /** Frames wait for the snapshot that was asked for. */
  isOutOfStep: boolean;
}

type TopicListener = (message: StreamMessage) => void;

export interface SessionEvents {
  send: (text: string) => void;
  /** A chain's frame was applied. */
  frame?: (chain: LiveChain, recvAgeUs: number) => void;
  /** The server refused something, or said what could not be read. */
  complaint?: (text: string) => void;
  pong?: (id: number, tsUs: number) => void;
}

/**
 * Keeps what is subscribed across connections, applies frames in order, asks for a snapshot when
 * one is missing.
 *
 * A snapshot `s` stands for frame `s`; the delta after it is `s + 1`. Anything else is a gap.
 */
export class StreamSession {
  readonly chains = new Map<string, LiveChain>();
  gaps = 0;
  private readonly held = new Map<string, Held>();
  private readonly topicOfId = new Map<number, string>();
  private readonly listeners = new Map<string, Set<TopicListener>>();
  private isOpen = false;

  constructor(
    private readonly events: SessionEvents,
    private readonly now: () => number,
  ) {}

  /** Say that a connection stands: everything that is held is asked for again. */
  opened(): void {
    this.isOpen = true;
    this.topicOfId.clear();
    for (const [topic, held] of this.held) {
      held.agreed = null;
      held.isOutOfStep = true;
      this.ask(topic, held.wish);
    }
  }

  closed(): void {
    this.isOpen = false;
  }

  /** Follow a chain; a later wish replaces the earlier one. */
  follow(underlying: string, wish: Wish): LiveChain {
    const chain = this.chains.get(underlying) ?? new LiveChain(underlying);
    this.chains.set(underlying, chain);
    this.subscribe(`chain/${underlying}`, wish);
    return chain;
  }

  subscribe(topic: string, wish: Wish = {}): void {
    this.held.set(topic, { wish, agreed: null, seq: -1, isOutOfStep: true });
    if (this.isOpen) this.ask(topic, wish);
  }

  unsubscribe(topic: string): void {
    if (!this.held.delete(topic)) return;
    if (this.isOpen) this.say({ op: 'unsubscribe', topics: [topic] });
  }

  /** Call back with every message of a topic that is not a frame. */
  on(topic: string, listener: TopicListener): () => void {
    const all = this.listeners.get(topic) ?? new Set();
    this.listeners.set(topic, all.add(listener));
    return () => all.delete(listener);
  }

  ping(id: number): void {
    if (this.isOpen) this.say({ op: 'ping', id });
  }

  receiveText(text: string): void {
    let message: StreamMessage;
    try {
      message = JSON.parse(text) as StreamMessage;
    } catch {
      this.events.complaint?.(`the server sent no JSON: ${text.slice(0, 60)}`);
      return;
    }
    switch (message.type) {
      case 'subscribed':
        for (const topic of message.topics) this.agree(topic);
        break;
      case 'layout':
        this.takeLayout(message);
        break;
      case 'pong':
        this.events.pong?.(Number(message.id), message.ts_us);
        break;
      case 'error':
        this.events.complaint?.(message.message);
        break;
      case 'status_update':
        this.tell('status', message);
        break;
      case 'summary':
      case 'alert':
      case 'orders':
      case 'order':
      case 'positions':
      case 'risk':
        this.tell(message.topic, message);
        break;
      case 'unsubscribed':
        break;
    }
  }

  /** Take a binary frame; one that cannot be read costs a resync, never the page. */
  receiveFrame(buffer: ArrayBuffer): void {
    let topic: string | undefined;
    try {
      const header = readHeader(buffer);
      topic = this.topicOfId.get(header.topicId);
      const held = topic === undefined ? undefined : this.held.get(topic);
      if (topic === undefined || !held?.agreed) return;
      const chain = this.chains.get(topic.slice('chain/'.length));
      if (!chain?.layout) return;
      if (header.kind !== SNAPSHOT) {
        if (held.isOutOfStep) return;
        if (header.seq !== (held.seq + 1) >>> 0) {
          this.gaps += 1;
          this.resync(topic, held);
          return;
        }
      }
      applyFrame(chain.layout.table, buffer, held.agreed.fields, this.now(), header);
      held.seq = header.seq;
      held.isOutOfStep = false;
      chain.serverAgeMs = header.recvAgeUs / 1000;
      this.events.frame?.(chain, header.recvAgeUs);
      chain.tellFrame();
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.events.complaint?.(error.message);
      const held = topic === undefined ? undefined : this.held.get(topic);
      if (topic !== undefined && held) this.resync(topic, held);
    }
  }

  private takeLayout(message: LayoutMessage): void {
    const chain = this.chains.get(message.underlying);
    if (!chain) return;
    this.topicOfId.set(message.topic_id, message.topic);
    chain.setLayout(message);
    const held = this.held.get(message.topic);
    if (held) held.isOutOfStep = true; // the snapshot of these rows follows
  }

  private agree(topic: SubscribedTopic): void {
    const held = this.held.get(topic.topic);
    if (!held) return;
    held.agreed = topic;
    this.topicOfId.set(topic.topic_id, topic.topic);
  }

  private resync(topic: string, held: Held): void {
    if (held.isOutOfStep) return;
    held.isOutOfStep = true;
    this.say({ op: 'resync', topics: [topic] });
  }

  private ask(topic: string, wish: Wish): void {
    const isChain = topic.startsWith('chain/');
    this.say({
      op: 'subscribe',
      topics: [topic],
      ...(wish.rate === undefined ? {} : { rate: wish.rate }),
      ...(isChain ? { format: 'binary', fields: wish.fields } : {}),
    });
  }

  private say(op: Record<string, unknown>): void {
    this.events.send(JSON.stringify(op));
  }

  /** Hand a message of a topic to whoever follows it; what was polled comes in here too. */
  tell(topic: string, message: StreamMessage): void {
    for (const listener of this.listeners.get(topic) ?? []) listener(message);
  }

  /** Ask again for what was never confirmed: a chain may appear after the page. */
  askAgain(): void {
    if (!this.isOpen) return;
    for (const [topic, held] of this.held) if (!held.agreed) this.ask(topic, held.wish);
  }

  /** Name the topics that are held. */
  topics(): string[] {
    return [...this.held.keys()];
  }
}
