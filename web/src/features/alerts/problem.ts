/** What the server says against a request, and at which box it is said. */

import type { Problem } from '../../types/rest';
import type { Draft } from './draft';

/** Words by box; `form` is for what concerns none of them. */
export type Complaints = Partial<Record<keyof Draft | 'form', string>>;

const BOXES: Record<string, keyof Draft> = {
  name: 'name',
  underlying: 'underlying',
  field: 'field',
  contract: 'contract',
  expiry: 'expiry',
  root: 'expiry',
  level: 'level',
  crosses: 'crosses',
  is_once: 'howOften',
  band: 'band',
  cooldown_secs: 'cooldown',
};

/** How a refusal begins that concerns one box, after the name of the alert. */
const OPENINGS: readonly [RegExp, keyof Draft][] = [
  [/^no underlying /, 'underlying'],
  [/^no (expiry|root) /, 'expiry'],
  [/^no field /, 'field'],
  [/^contract |has no contract /, 'contract'],
  [/^level /, 'level'],
  [/^band /, 'band'],
  [/^cooldown_secs /, 'cooldown'],
];

/** A request that failed, as RTK Query has it. */
interface Failure {
  status?: number | string;
  data?: unknown;
  message?: string | undefined;
}

function isProblem(data: unknown): data is Problem {
  return typeof data === 'object' && data !== null && 'code' in data && 'detail' in data;
}

/** Return what is to be said, in the server's words, and where. */
export function complaintsOf(failure: Failure): Complaints {
  if (!isProblem(failure.data)) {
    const isAnswered = typeof failure.status === 'number';
    return { form: isAnswered ? `the server answered ${failure.status}` : 'no server answers' };
  }
  const { code, detail } = failure.data;
  if (code === 'alert_exists') return { name: detail };
  if (code === 'not_signed_in') {
    return { form: `${detail}. This page is not signed in: "voldesk up" opens one that is.` };
  }
  if (code === 'bad_parameter') return ofBoxes(detail);
  const told = detail.replace(/^alert '[^']*': /, '');
  const box = OPENINGS.find(([opening]) => opening.test(told))?.[1];
  return { [box ?? 'form']: told };
}

/** Take findings apart: "body.level None: Input should be a valid number; body.band …". */
function ofBoxes(detail: string): Complaints {
  const complaints: Complaints = {};
  for (const finding of detail.split(/; (?=body\b)/)) {
    const [, name = '', told = ''] = /^body\.(\w+)[\w.]* (.*)$/s.exec(finding) ?? [];
    const box = BOXES[name] ?? 'form';
    const text = told.replace(/^None: /, '') || finding;
    complaints[box] = complaints[box] ? `${complaints[box]}; ${text}` : text;
  }
  return complaints;
}
