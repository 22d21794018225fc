/** The server in RTK Query: what is asked once, and what streams into the cache. */

import { createApi, fetchBaseQuery } from '@reduxjs/toolkit/query/react';
import type { GreeksUpdate, PCRUpdate } from '../types/greeks';
import type { HeldAlert, NewAlert, UnderlyingInfo } from '../types/rest';
import type { Health, StatusMessage, SummaryMessage } from '../types/stream';
import type { StreamConnection } from './connection';
import type { ContractChoice, ContractMessages, ContractStreams } from './contractStream';
import { type Follow, firstOf, keepNewest } from './following';
import { keptSession } from './keptSession';

/** What the store is made with: `configureStore`'s thunk extra argument. */
export interface StreamExtra {
  connection: StreamConnection;
  contracts: ContractStreams;
}

function contractsOf<K extends keyof ContractMessages>(
  kind: K,
  choice: ContractChoice | undefined,
  extra: unknown,
): Follow<ContractMessages[K]> {
  return (tell) => (extra as StreamExtra).contracts.on(kind, choice ?? {}, tell);
}

function summaryOf(underlying: string, extra: unknown): Follow<SummaryMessage> {
  return (tell) =>
    (extra as StreamExtra).connection.session.on(`summary/${underlying}`, (message) =>
      tell(message as SummaryMessage),
    );
}

function healthOf(extra: unknown): Follow<Health> {
  return (tell) =>
    (extra as StreamExtra).connection.session.on('status', (message) =>
      tell((message as StatusMessage).data),
    );
}

export const apiSlice = createApi({
  reducerPath: 'api',
  baseQuery: fetchBaseQuery({
    baseUrl: '/api/v1/',
    prepareHeaders: (headers, { type }) => {
      const session = type === 'mutation' ? keptSession(localStorage) : null;
      if (session) headers.set(session.header, session.proof);
    },
  }),
  keepUnusedDataFor: 5,
  invalidationBehavior: 'immediately', // a query that streams may wait for its first message for ever
  tagTypes: ['alerts'],
  endpoints: (build) => ({
    underlyings: build.query<UnderlyingInfo[], void>({ query: () => 'underlyings' }),

    /** What is watched for, those of the settings first. */
    alerts: build.query<HeldAlert[], void>({ query: () => 'alerts', providesTags: ['alerts'] }),

    addAlert: build.mutation<HeldAlert, NewAlert>({
      query: (body) => ({ url: 'alerts', method: 'POST', body }),
      invalidatesTags: (_, error) => (error ? [] : ['alerts']),
    }),

    removeAlert: build.mutation<null, string>({
      query: (name) => ({ url: `alerts/${encodeURIComponent(name)}`, method: 'DELETE' }),
      invalidatesTags: ['alerts'],
    }),

    /** The newest contract message, at most four a second. */
    // biome-ignore lint/suspicious/noConfusingVoidType: RTK Query's word for "no argument needed"
    streamGreeks: build.query<GreeksUpdate, ContractChoice | void>({
      queryFn: (choice, { extra, signal }) =>
        firstOf(contractsOf('greeks_update', choice || undefined, extra), signal),
      onCacheEntryAdded: (choice, life) =>
        keepNewest(contractsOf('greeks_update', choice || undefined, life.extra), life),
    }),

    /** The newest put-call ratio, at most four a second. */
    // biome-ignore lint/suspicious/noConfusingVoidType: RTK Query's word for "no argument needed"
    streamPCR: build.query<PCRUpdate, ContractChoice | void>({
      queryFn: (choice, { extra, signal }) =>
        firstOf(contractsOf('pcr_update', choice || undefined, extra), signal),
      onCacheEntryAdded: (choice, life) =>
        keepNewest(contractsOf('pcr_update', choice || undefined, life.extra), life),
    }),

    /** The analytics of an underlying as they are computed. */
    streamSummary: build.query<SummaryMessage, string>({
      queryFn: (underlying, { extra, signal }) => firstOf(summaryOf(underlying, extra), signal),
      onCacheEntryAdded: (underlying, life) => keepNewest(summaryOf(underlying, life.extra), life),
    }),

    /** How the server and its feeds are. */
    streamHealth: build.query<Health, void>({
      queryFn: (_, { extra, signal }) => firstOf(healthOf(extra), signal),
      onCacheEntryAdded: (_, life) => keepNewest(healthOf(life.extra), life),
    }),
  }),
});

export const {
  useUnderlyingsQuery,
  useAlertsQuery,
  useAddAlertMutation,
  useRemoveAlertMutation,
  useStreamGreeksQuery,
  useStreamPCRQuery,
  useStreamSummaryQuery,
  useStreamHealthQuery,
} = apiSlice;
