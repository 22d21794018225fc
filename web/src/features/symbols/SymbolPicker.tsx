/** What is served, to be searched and chosen. */

import { type KeyboardEvent, useState } from 'react';
import { grouped, known, signed } from '../../format/number';
import type { UnderlyingInfo } from '../../types/rest';
import { Dialog } from '../../ui/Dialog';
import { placeChosen, underlyingChosen } from '../../ui/selectionSlice';
import { useUiDispatch } from '../../ui/state';

interface Props {
  underlyings: readonly UnderlyingInfo[];
  onClose: () => void;
}

/** Say how far the spot is from yesterday's close, else from the day's open, in per cent. */
export function changeText({ spot, day }: UnderlyingInfo): string {
  const base = known(day?.previous_close ?? day?.open);
  return `${signed((known(spot) / base - 1) * 100, 2)}%`;
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
    dispatch(placeChosen('chain'));
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
              <span title={one.day?.previous_close ? 'from the previous close' : 'from the open'}>
                {one.day ? changeText(one) : ''}
              </span>
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
