/** What the server says against a request, in a sentence. */

import type { Problem } from '../types/rest';
import type { CheckDocument } from '../types/trading';
import { reasonWords } from './orderWords';

/** A request that failed, as RTK Query has it. */
export interface Failure {
  status?: number | string;
  data?: unknown;
  message?: string | undefined;
}

/** Return the problem of a failed request, null where the server sent none. */
export function problemOf(failure: Failure): Problem | null {
  const { data } = failure;
  const isOne = typeof data === 'object' && data !== null && 'code' in data && 'detail' in data;
  return isOne ? (data as Problem) : null;
}

/** Say whether the server answered: without an answer nobody knows what it did. */
export function isAnswered(failure: Failure): boolean {
  return typeof failure.status === 'number';
}

/** Say what went wrong. */
export function problemText(failure: Failure): string {
  const problem = problemOf(failure);
  if (!problem) {
    return isAnswered(failure) ? `the server answered ${failure.status}` : 'no server answers';
  }
  if (problem.code === 'not_signed_in') {
    return `${problem.detail}. This page is not signed in: "voldesk up" opens one that is.`;
  }
  return reasonWords(problem.detail);
}

/** Return what the gate looked at before it denied an order, empty of any other failure. */
export function checksOf(failure: Failure): CheckDocument[] {
  const problem = problemOf(failure) as { checks?: CheckDocument[] } | null;
  return problem?.checks ?? [];
}
