/** A box for a price: typed, or moved by whole ticks with the arrow keys and the buttons. */

import { type KeyboardEvent, useId } from 'react';
import { steppedPrice } from '../format/decimal';
import { Box } from './boxes';

interface Props {
  label: string;
  hint?: string;
  complaint: string | undefined;
  value: string;
  change: (price: string) => void;
  /** Least step of the price, as text; null while it is not known. */
  tick: string | null;
  isRequired?: boolean;
  placeholder?: string;
}

export function PriceBox(props: Props) {
  const { label, value, change, tick, complaint, isRequired, placeholder } = props;
  const id = useId();
  const step = (steps: number) => {
    const price = tick && steppedPrice(value, tick, steps);
    if (price) change(price);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const steps = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (!steps || !tick) return;
    event.preventDefault();
    step(steps);
  };
  const stepper = (steps: number, sign: string, word: string) => (
    <button
      type="button"
      className="tool step"
      aria-label={`${label} ${word} by one tick`}
      title={tick ? `one tick of ${tick} ${word}` : 'the tick is not known yet'}
      disabled={!tick || value === ''}
      onClick={() => step(steps)}
    >
      {sign}
    </button>
  );
  return (
    <Box {...props} id={id}>
      <span className="price-box">
        {stepper(-1, '−', 'down')}
        <input
          id={id}
          aria-invalid={complaint !== undefined}
          aria-describedby={`${id}-told`}
          autoComplete="off"
          inputMode="decimal"
          maxLength={16}
          placeholder={placeholder}
          required={isRequired}
          value={value}
          onChange={(event) => change(event.target.value)}
          onKeyDown={onKeyDown}
        />
        {stepper(1, '+', 'up')}
      </span>
    </Box>
  );
}
