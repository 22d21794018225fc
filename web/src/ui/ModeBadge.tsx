/** Whose money it is: on every surface from which something can be traded. */

import type { Mode } from '../types/trading';

/** How much of an account's number is shown: enough to know it by. */
const SHOWN = 4;

/** Say whose money it is; of a real account its last digits. */
export function modeText(mode: Mode, account: string): string {
  return mode === 'paper' ? 'PAPER' : `LIVE ACCOUNT …${account.slice(-SHOWN)}`;
}

export function ModeBadge({ mode, account }: { mode: Mode; account: string }) {
  const meaning =
    mode === 'paper'
      ? `Paper: orders of ${account} are simulated, no real money moves`
      : `Real money: account ending ${account.slice(-SHOWN)}`;
  return (
    <span className="money-badge" data-money={mode} title={meaning}>
      {modeText(mode, account)}
    </span>
  );
}
