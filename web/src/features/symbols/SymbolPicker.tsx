/** What is served, to be searched and chosen. */

import { type KeyboardEvent, useState } from 'react';
import { grouped, known } from '../../format/number';
import type { UnderlyingInfo } from '../../types/rest';
import { Dialog } from '../../ui/Dialog';
import { underlyingChosen } from '../../ui/selectionSlice';
import { useUiDispatch } from '../../ui/state';

interface Props {
  underlyings: readonly UnderlyingInfo[];
  onClose: () => void;
}

/** Return those that the text means, those that begin with it first. */
export function found(all: readonly UnderlyingInfo[], text: string): UnderlyingInfo[] {
  const sought = text.trim().toUpperCase();
  const has = all.filter((one) => one.symbol.toUpperCase().includes(sought));
  const begins = (one: UnderlyingInfo) => (one.symbol.toUpperCase().startsWith(sought) ? 0 : 1);
  return has.sort((one, two) => begins(one) - begins(two));
}

export function SymbolPicker({ underlyings, onClose }: Props) {
  const dispatch = useUiDispatch();
  const [text, setText] = useState('');
  const [place, setPlace] = useState(0);
  const hits = found(underlyings, text);
  const choose = (one: UnderlyingInfo | undefined) => {
    if (!one) return;
    dispatch(underlyingChosen(one.symbol));
    onClose();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setPlace(Math.min(hits.length - 1, place + 1));
    else if (event.key === 'ArrowUp') setPlace(Math.max(0, place - 1));
    else if (event.key === 'Enter') choose(hits[place]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Underlying" onClose={onClose} className="symbols">
      <input
        className="search"
        type="search"
        aria-label="Symbol"
        placeholder="Symbol"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setPlace(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul className="symbol-list">
        {hits.map((one, index) => (
          <li key={one.symbol}>
            <button
              type="button"
              data-active={index === place ? '' : undefined}
              onClick={() => choose(one)}
            >
              <strong>{one.symbol}</strong>
              <span>{grouped(known(one.spot), 2)}</span>
              <span>
                {one.contracts} contracts, {one.expiries} expiries
              </span>
              <span>{one.feed}</span>
            </button>
          </li>
        ))}
        {hits.length === 0 && <li className="hint">Nothing of that name is served.</li>}
      </ul>
    </Dialog>
  );
}
