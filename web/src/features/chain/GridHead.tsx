/** The names of the columns, both sides, which stay in view. */

import type { Column } from '../../ui/columns';

function title(column: Column): string {
  return `${column.meaning}, ${column.unit}`;
}

export function GridHead({ columns }: { columns: readonly Column[] }) {
  const count = columns.length;
  const head = (column: Column, at: number, side: 'call' | 'put') => (
    <div
      key={`${side}-${column.id}`}
      role="columnheader"
      aria-colindex={at + 1}
      className={`head-cell ${side}`}
      title={title(column)}
      data-column={column.id}
    >
      {column.label}
    </div>
  );
  return (
    <div role="rowgroup" className="grid-head">
      <div className="grid-sides" aria-hidden="true">
        <span className="side-name call">Calls</span>
        <span className="side-name put">Puts</span>
      </div>
      <div role="row" aria-rowindex={1} className="head-row">
        {columns.map((column, at) => head(column, at, 'call'))}
        <div role="columnheader" aria-colindex={count + 1} className="head-cell strike">
          Strike
        </div>
        {columns.toReversed().map((column, index) => head(column, count + 1 + index, 'put'))}
      </div>
    </div>
  );
}
