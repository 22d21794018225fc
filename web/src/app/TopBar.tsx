/** What is looked at, how the connection is, and how it is shown. */

import { ConnectionBadge } from '../features/connection/ConnectionBadge';
import { type Condition, type Mode, saysMode } from '../features/connection/condition';
import { StopButton } from '../features/risk/KillSwitch';
import { useStreamRiskQuery } from '../stream/tradingApi';
import type { GateState } from '../types/trading';
import { panelsToggled, pauseToggled, RATES, rateChosen } from '../ui/displaySlice';
import { ModeBadge } from '../ui/ModeBadge';
import { GATE } from '../ui/orderWords';
import { type Place, placeChosen } from '../ui/selectionSlice';
import { useUi, useUiDispatch } from '../ui/state';

const PLACES: readonly [Place, string][] = [
  ['chain', 'Chain'],
  ['trade', 'Trade'],
];

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
  const isChain = useUi((state) => state.selection.place === 'chain');
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
      <Places />
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
        {isChain && <ChainTools onColumns={props.onColumns} />}
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

/** What is chosen about the chain alone. */
function ChainTools({ onColumns }: { onColumns: () => void }) {
  const dispatch = useUiDispatch();
  const isPressed = useUi((state) => state.display.isPanelsShown);
  return (
    <>
      <button type="button" className="tool" onClick={onColumns} title="Choose columns, key C">
        Columns
      </button>
      <button
        type="button"
        className="tool"
        aria-pressed={isPressed}
        onClick={() => dispatch(panelsToggled())}
        title="Show or hide the panels, key P"
      >
        Panels
      </button>
    </>
  );
}

/** The two pages, and whose money is traded. */
function Places() {
  const dispatch = useUiDispatch();
  const place = useUi((state) => state.selection.place);
  const { mode, account, gate } = useStreamRiskQuery(undefined, {
    selectFromResult: ({ data }) => ({
      mode: data?.mode,
      account: data?.account ?? '',
      gate: data?.state,
    }),
  });
  return (
    <nav className="places" aria-label="Pages">
      {PLACES.map(([name, label]) => (
        <button
          key={name}
          type="button"
          className="place"
          aria-current={name === place ? 'page' : undefined}
          title={`${label}, key O goes between the pages`}
          onClick={() => dispatch(placeChosen(name))}
        >
          {label}
        </button>
      ))}
      {mode && <ModeBadge mode={mode} account={account} />}
      {gate && gate !== 'active' && <GateWord gate={gate} />}
      {gate === 'active' && <StopButton onStop={() => dispatch(placeChosen('trade'))} />}
    </nav>
  );
}

function GateWord({ gate }: { gate: GateState }) {
  const [word, meaning] = GATE[gate];
  return (
    <span className="gate-word" data-gate={gate} title={`The gate: ${meaning}`}>
      {word}
    </span>
  );
}
