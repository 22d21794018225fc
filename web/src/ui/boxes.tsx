/** The boxes of a form: each with its name, what it means, and what the server says against it. */

import { type ReactNode, useId } from 'react';

export interface Told {
  label: string;
  hint?: string;
  /** What is said against it; the hint gives way to it. */
  complaint: string | undefined;
}

/** A box around whatever takes the value. */
export function Box({
  label,
  hint = '',
  complaint,
  id,
  children,
}: Told & { id: string; children: ReactNode }) {
  return (
    <div className="box" data-refused={complaint === undefined ? undefined : ''}>
      <label htmlFor={id}>{label}</label>
      {children}
      <span id={`${id}-told`} className="box-told" role={complaint ? 'alert' : undefined}>
        {complaint ?? hint}
      </span>
    </div>
  );
}

interface TextProps extends Told {
  value: string;
  change: (text: string) => void;
  placeholder?: string;
  isNumber?: boolean;
  isRequired?: boolean;
  /** Offered while typing: values with what they mean. */
  offers?: readonly (readonly [value: string, meaning: string])[];
}

/** A box to type into. */
export function TextBox(props: TextProps) {
  const { value, change, placeholder, isNumber, isRequired, offers, complaint } = props;
  const id = useId();
  return (
    <Box {...props} id={id}>
      <input
        id={id}
        aria-invalid={complaint !== undefined}
        aria-describedby={`${id}-told`}
        autoComplete="off"
        inputMode={isNumber ? 'decimal' : undefined}
        list={offers && `${id}-offers`}
        maxLength={64}
        placeholder={placeholder}
        required={isRequired}
        value={value}
        onChange={(event) => change(event.target.value)}
      />
      {offers && (
        <datalist id={`${id}-offers`}>
          {offers.map(([one, meaning]) => (
            <option key={one} value={one}>
              {meaning}
            </option>
          ))}
        </datalist>
      )}
    </Box>
  );
}

interface ChoiceProps<T extends string> extends Told {
  value: T;
  change: (value: T) => void;
  among: readonly (readonly [value: T, text: string])[];
}

/** A box to choose in. */
export function ChoiceBox<T extends string>(props: ChoiceProps<T>) {
  const { value, change, among, complaint } = props;
  const id = useId();
  return (
    <Box {...props} id={id}>
      <select
        id={id}
        aria-invalid={complaint !== undefined}
        aria-describedby={`${id}-told`}
        value={value}
        onChange={(event) => change(event.target.value as T)}
      >
        {among.map(([one, text]) => (
          <option key={one} value={one}>
            {text}
          </option>
        ))}
      </select>
    </Box>
  );
}
