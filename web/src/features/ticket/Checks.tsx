/** Every limit the gate looked at: what the order came to, the limit, and whether it passed. */

import { UNKNOWN } from '../../format/number';
import type { CheckDocument } from '../../types/trading';
import { amountText, limitWords, STANDS_FOR } from '../../ui/orderWords';

/** Write what an order came to; what passed without a value has no bound to reach. */
export function valueText(check: CheckDocument): string {
  if (check.value === null) return check.has_passed ? 'none' : UNKNOWN;
  return STANDS_FOR[check.name]?.[check.value] ?? amountText(check.value);
}

export function limitText(check: CheckDocument): string {
  if (check.limit === null) return 'no limit';
  const word = STANDS_FOR[check.name]?.[check.limit];
  if (word) return word;
  return `${check.is_least ? 'at least' : 'at most'} ${amountText(check.limit)}`;
}

export function Checks({ checks }: { checks: readonly CheckDocument[] }) {
  if (checks.length === 0) return null;
  const broken = checks.filter((one) => !one.has_passed);
  const passed = checks.filter((one) => one.has_passed);
  return (
    <table className="checks">
      <caption>
        {broken.length === 0
          ? `All ${checks.length} checks of the gate pass.`
          : `${broken.length} of ${checks.length} checks of the gate do not pass.`}
      </caption>
      <thead>
        <tr>
          <th scope="col">Check</th>
          <th scope="col">Order</th>
          <th scope="col">Limit</th>
          <th scope="col">Passes</th>
        </tr>
      </thead>
      <tbody>
        {[...broken, ...passed].map((one) => {
          const { label, unit } = limitWords(one.name);
          return (
            <tr key={one.name} data-passed={one.has_passed ? 'yes' : 'no'} title={unit}>
              <th scope="row">{label}</th>
              <td title={one.value === null ? 'not known, or nothing to compare with' : unit}>
                {valueText(one)}
              </td>
              <td>{limitText(one)}</td>
              <td>{one.has_passed ? 'yes' : 'no'}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
