/** What is looked at, how the connection is, and how it is shown. */

import { ConnectionBadge } from '../features/connection/ConnectionBadge';
import { type Condition, type Mode, saysMode } from '../features/connection/condition';
import { panelsToggled, pauseToggled, RATES, rateChosen } from '../ui/displaySlice';
import { useUi, useUiDispatch } from '../ui/state';

interface Props {
  underlying: string;
  mode: Mode | null;
  condition: Condition;
  onSymbols: () => void;
  onConnection: () => void;
  onAlerts: () => void;
  onColumns: () => void;
  onView: () => void;
  onHelp: () => void;
}

export function TopBar(props: Props) {
  const { underlying, mode, condition } = props;
  const dispatch = useUiDispatch();
  const display = useUi((state) => state.display);
  return (
    <header className="top-bar">
      <span className="brand">
        <img src="/favicon.svg" alt="" width="20" height="20" /> voldesk
      </span>
      <button
        type="button"
        className="symbol-button"
        onClick={props.onSymbols}
        title="Choose the underlying, key /"
      >
        {underlying || 'Underlying'} <span aria-hidden="true">▾</span>
      </button>
      {mode && !saysMode(condition, mode) && (
        <span className="mode-word" data-mode={mode}>
          {mode}
        </span>
      )}
      <ConnectionBadge
        condition={condition}
        isPaused={display.isPaused}
        onOpen={props.onConnection}
      />
      <div className="spring" />
      <div className="controls">
        <button
          type="button"
          className="tool"
          aria-pressed={display.isPaused}
          onClick={() => dispatch(pauseToggled())}
          title="Pause what is shown, key Space; data keep coming"
        >
          {display.isPaused ? '▶ Resume' : '❚❚ Pause'}
        </button>
        <label className="tool-choice" title="Updates a second at most">
          <span className="sr-only">Updates a second</span>
          <select
            value={display.rate}
            onChange={(event) => dispatch(rateChosen(Number(event.target.value)))}
          >
            {RATES.map((rate) => (
              <option key={rate} value={rate}>
                {rate} Hz
              </option>
            ))}
          </select>
        </label>
        <button type="button" className="tool" onClick={props.onAlerts} title="Alerts, key L">
          Alerts
        </button>
        <button
          type="button"
          className="tool"
          onClick={props.onColumns}
          title="Choose columns, key C"
        >
          Columns
        </button>
        <button
          type="button"
          className="tool"
          aria-pressed={display.isPanelsShown}
          onClick={() => dispatch(panelsToggled())}
          title="Show or hide the panels, key P"
        >
          Panels
        </button>
        <button
          type="button"
          className="tool"
          onClick={props.onView}
          title="Theme, colours, density; key T goes through the themes"
        >
          View
        </button>
        <button
          type="button"
          className="tool"
          onClick={props.onHelp}
          title="Keys, key ?"
          aria-label="Keys"
        >
          ?
        </button>
      </div>
    </header>
  );
}
