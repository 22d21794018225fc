/** How the page looks: theme, colours of up and down, density. */

import { Dialog } from '../../ui/Dialog';
import {
  DENSITIES,
  densityChosen,
  PALETTES,
  paletteChosen,
  THEMES,
  themeChosen,
} from '../../ui/displaySlice';
import { useUi, useUiDispatch } from '../../ui/state';

interface ChoiceProps<T extends string> {
  name: string;
  value: T;
  among: readonly T[];
  choose: (value: T) => void;
}

function Choice<T extends string>({ name, value, among, choose }: ChoiceProps<T>) {
  return (
    <fieldset className="choice">
      <legend>{name}</legend>
      {among.map((one) => (
        <button
          key={one}
          type="button"
          className="chip"
          aria-pressed={one === value}
          onClick={() => choose(one)}
        >
          {one}
        </button>
      ))}
    </fieldset>
  );
}

export function ViewChooser({ onClose }: { onClose: () => void }) {
  const dispatch = useUiDispatch();
  const { theme, palette, density } = useUi((state) => state.display);
  return (
    <Dialog title="View" onClose={onClose} className="view">
      <Choice
        name="Theme"
        value={theme}
        among={THEMES}
        choose={(one) => dispatch(themeChosen(one))}
      />
      <Choice
        name="Up and down"
        value={palette}
        among={PALETTES}
        choose={(one) => dispatch(paletteChosen(one))}
      />
      <Choice
        name="Rows"
        value={density}
        among={DENSITIES}
        choose={(one) => dispatch(densityChosen(one))}
      />
    </Dialog>
  );
}
