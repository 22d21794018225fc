/** Orders, positions and risk: asked once over HTTP, kept by the stream; and what changes them. */

import type {
  CancelledDocument,
  NewOrder,
  NewTerms,
  OrderDocument,
  PortfolioDocument,
  PositionDocument,
  PreviewDocument,
  RiskDocument,
  ScenariosDocument,
  StoppedDocument,
} from '../types/trading';
import { apiSlice, type StreamExtra } from './apiSlice';
import { type Follow, firstOf, keepNewest } from './following';

/** Topics of the account; whoever shows what comes of them subscribes. */
export const ORDERS = 'orders';
export const POSITIONS = 'positions';
export const RISK = 'risk';

/** The orders a blotter holds, like the first message of the topic. */
const MOST_ORDERS = 500;

/** An order to send; the key belongs to it for ever, so that a second click is the same order. */
export interface Sending {
  key: string;
  order: NewOrder;
}

/** Return the orders with one of them as it stands now; one that is older than ours changes nothing. */
export function withOrder(orders: readonly OrderDocument[], news: OrderDocument): OrderDocument[] {
  const at = orders.findIndex((one) => one.client_order_id === news.client_order_id);
  if (at < 0) return [news, ...orders].slice(0, MOST_ORDERS);
  const held = orders[at] as OrderDocument;
  return news.changed_at_us < held.changed_at_us ? [...orders] : orders.with(at, news);
}

/** Return an answer over HTTP with what the stream has told of the same orders since. */
export function newestOf(
  held: readonly OrderDocument[],
  answer: readonly OrderDocument[],
): OrderDocument[] {
  const ours = new Map(held.map((one) => [one.client_order_id, one]));
  const merged = answer.map((one) => {
    const known = ours.get(one.client_order_id);
    return known && known.changed_at_us > one.changed_at_us ? known : one;
  });
  const since = answer[0]?.made_at_us ?? Number.NEGATIVE_INFINITY;
  const told = new Set(answer.map((one) => one.client_order_id));
  const newer = held.filter((one) => one.made_at_us > since && !told.has(one.client_order_id));
  return [...newer, ...merged].slice(0, MOST_ORDERS);
}

type Change = (orders: OrderDocument[]) => OrderDocument[];

/** Follow the orders as changes to a list: all of them anew, or one. */
function ordersOf(extra: unknown): Follow<Change> {
  return (tell) =>
    (extra as StreamExtra).connection.session.on(ORDERS, (message) => {
      if (message.type === 'orders') tell(() => message.data);
      if (message.type === 'order') tell((held) => withOrder(held, message.data));
    });
}

function positionsOf(extra: unknown): Follow<PositionDocument[]> {
  return (tell) =>
    (extra as StreamExtra).connection.session.on(POSITIONS, (message) => {
      if (message.type === 'positions') tell(message.data);
    });
}

function riskOf(extra: unknown): Follow<RiskDocument> {
  return (tell) =>
    (extra as StreamExtra).connection.session.on(RISK, (message) => {
      if (message.type === 'risk') tell(message.data);
    });
}

const of = (id: string) => `orders/${encodeURIComponent(id)}`;

export const tradingApi = apiSlice.injectEndpoints({
  endpoints: (build) => ({
    orders: build.query<OrderDocument[], void>({
      query: () => `orders?limit=${MOST_ORDERS}`,
      merge: (held, answer) => newestOf(held, answer),
      onCacheEntryAdded: async (_, life) => {
        const early: Change[] = [];
        let apply = (change: Change) => void early.push(change);
        const stop = ordersOf(life.extra)((change) => apply(change));
        try {
          await life.cacheDataLoaded;
          apply = (change) => void life.updateCachedData((held) => change(held));
          early.forEach(apply);
          await life.cacheEntryRemoved;
        } catch {
          // nobody waited for the first answer
        }
        stop();
      },
    }),

    positions: build.query<PositionDocument[], void>({
      query: () => 'positions',
      onCacheEntryAdded: (_, life) => keepNewest(positionsOf(life.extra), life),
    }),

    /** Limits, gate, line and journal; no data while nothing trades here. */
    streamRisk: build.query<RiskDocument, void>({
      queryFn: (_, { extra, signal }) => firstOf(riskOf(extra), signal),
      onCacheEntryAdded: (_, life) => keepNewest(riskOf(life.extra), life),
    }),

    portfolio: build.query<PortfolioDocument, void>({ query: () => 'portfolio' }),

    scenarios: build.query<ScenariosDocument, void>({
      query: () => 'portfolio/scenarios?spot=-10,-5,-2,0,2,5,10&vol=-5,0,5&days=0,1,7',
    }),

    /** What would become of an order; nothing is sent. */
    previewOrder: build.mutation<PreviewDocument, NewOrder>({
      query: (body) => ({ url: 'orders/preview', method: 'POST', body }),
    }),

    placeOrder: build.mutation<OrderDocument, Sending>({
      query: ({ key, order }) => ({
        url: 'orders',
        method: 'POST',
        body: order,
        headers: { 'idempotency-key': key },
      }),
    }),

    changeOrder: build.mutation<OrderDocument, { id: string; terms: NewTerms }>({
      query: ({ id, terms }) => ({ url: of(id), method: 'PATCH', body: terms }),
    }),

    cancelOrder: build.mutation<OrderDocument, string>({
      query: (id) => ({ url: of(id), method: 'DELETE' }),
    }),

    cancelOrders: build.mutation<CancelledDocument, void>({
      query: () => ({ url: 'orders', method: 'DELETE' }),
    }),

    /** Stop everything; with `flatten` trade out of what is held too. */
    kill: build.mutation<StoppedDocument, { flatten: boolean }>({
      query: ({ flatten }) => ({
        url: 'kill',
        method: 'POST',
        body: { flatten, reason: 'the page' },
      }),
    }),

    unlock: build.mutation<RiskDocument, string>({
      query: (phrase) => ({ url: 'unlock', method: 'POST', body: { phrase } }),
    }),
  }),
});

export const {
  useOrdersQuery,
  usePositionsQuery,
  useStreamRiskQuery,
  usePortfolioQuery,
  useScenariosQuery,
  usePreviewOrderMutation,
  usePlaceOrderMutation,
  useChangeOrderMutation,
  useCancelOrderMutation,
  useCancelOrdersMutation,
  useKillMutation,
  useUnlockMutation,
} = tradingApi;
