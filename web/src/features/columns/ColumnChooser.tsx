/** Which columns are shown and in what order: ready-made sets, or one's own. */

import { COLUMNS, columnsOf, PRESETS } from '../../ui/columns';
import { Dialog } from '../../ui/Dialog';
import { columnsChosen } from '../../ui/displaySlice';
import { useUi, useUiDispatch } from '../../ui/state';

/** Return a list with one member moved by a step, held to the ends. */
export function moved(ids: readonly string[], id: string, step: number): string[] {
  const rest = ids.filter((one) => one !== id);
  const to = Math.min(rest.length, Math.max(0, ids.indexOf(id) + step));
  return [...rest.slice(0, to), id, ...rest.slice(to)];
}

export function ColumnChooser({ onClose }: { onClose: () => void }) {
  const dispatch = useUiDispatch();
  const ids = useUi((state) => state.display.columns);
  const choose = (next: readonly string[]) => {
    if (next.length) dispatch(columnsChosen(next));
  };
  const shown = columnsOf(ids);
  const hidden = COLUMNS.filter((column) => !ids.includes(column.id));
  const isPreset = (preset: readonly string[]) => preset.join() === ids.join();
  return (
    <Dialog title="Columns" onClose={onClose} className="chooser">
      <div className="presets" role="group" aria-label="Ready-made sets">
        {Object.entries(PRESETS).map(([name, preset]) => (
          <button
            key={name}
            type="button"
            className="chip"
            aria-pressed={isPreset(preset)}
            onClick={() => choose(preset)}
          >
            {name}
          </button>
        ))}
        <button type="button" className="chip" onClick={() => choose(COLUMNS.map((one) => one.id))}>
          All
        </button>
      </div>
      <p className="hint">From the outside to the strike; puts mirror calls.</p>
      <ul className="column-list">
        {shown.map((column, place) => (
          <li key={column.id}>
            <label>
              <input
                type="checkbox"
                checked
                onChange={() => choose(ids.filter((id) => id !== column.id))}
              />
              <span className="column-name">{column.label}</span>
              <span className="column-meaning">
                {column.meaning}, {column.unit}
              </span>
            </label>
            <button
              type="button"
              className="icon-button"
              aria-label={`Move ${column.label} outwards`}
              disabled={place === 0}
              onClick={() => choose(moved(ids, column.id, -1))}
            >
              ↑
            </button>
            <button
              type="button"
              className="icon-button"
              aria-label={`Move ${column.label} to the strike`}
              disabled={place === shown.length - 1}
              onClick={() => choose(moved(ids, column.id, 1))}
            >
              ↓
            </button>
          </li>
        ))}
        {hidden.map((column) => (
          <li key={column.id}>
            <label>
              <input type="checkbox" checked={false} onChange={() => choose([...ids, column.id])} />
              <span className="column-name">{column.label}</span>
              <span className="column-meaning">
                {column.meaning}, {column.unit}
              </span>
            </label>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
